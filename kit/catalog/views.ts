/** SQL of the views: one for each kind of artifact, with the grid's labels as columns, and two about the store itself. */
import type { Sensitive } from "../artifact.ts"
import type { ColumnTypes } from "../lib/columns.ts"
import type { Labels } from "../node.ts"
import type { Catalog, CatalogEntry, CatalogRun } from "./entries.ts"

/** A view's name and the statement that makes it. */
export interface View {
  readonly name: string
  readonly sql: string
}

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A label's value in a column of a SQL type; the values of one column are of one kind. */
const literal = (value: string | number | boolean | undefined, type: string): string =>
  value === undefined ? "NULL" : type === "VARCHAR" ? quoteText(String(value)) : String(value)

/** Label names in order of first appearance, with a SQL type that holds all their values. */
const labelTypes = (rows: ReadonlyArray<{ readonly labels: Labels }>): ReadonlyMap<string, string> => {
  const types = new Map<string, string>()
  for (const { labels } of rows) {
    for (const [name, value] of Object.entries(labels)) types.set(name, widen(types.get(name), value))
  }
  return types
}

const widen = (known: string | undefined, value: string | number | boolean): string => {
  const type =
    typeof value === "boolean"
      ? "BOOLEAN"
      : typeof value === "string"
        ? "VARCHAR"
        : Number.isInteger(value)
          ? "BIGINT"
          : "DOUBLE"
  if (known === undefined || known === type) return type
  return new Set([known, type]).has("DOUBLE") && new Set([known, type]).has("BIGINT") ? "DOUBLE" : "VARCHAR"
}

/** A list of rows as a FROM item with named, typed columns. */
const values = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  columns: ReadonlyArray<readonly [name: string, type: string]>,
): string => {
  const select = columns.map(([name, type]) => `${quoteName(name)}::${type} AS ${quoteName(name)}`).join(", ")
  return `(SELECT ${select} FROM (VALUES ${rows.map((row) => `(${row.join(", ")})`).join(", ")}) AS t(${columns.map(([name]) => quoteName(name)).join(", ")}))`
}

/** All views of a catalog; sensitive texts are cut to their first words unless `unsafeText`. */
export const catalogViews = (catalog: Catalog, unsafeText: boolean): ReadonlyArray<View> => {
  const byType = Map.groupBy(catalog.entries, (entry) => entry.type)
  const absent = new Set(absentTypes(catalog).map(({ type }) => type))
  return [
    ...[...byType]
      .filter(([type]) => !absent.has(type))
      .map(([type, entries]) => artifactView(type, entries, unsafeText)),
    ...(catalog.entries.length > 0
      ? [{ name: "artifacts", sql: `CREATE VIEW artifacts AS SELECT * FROM ${places(catalog.entries, [])}` }]
      : []),
    ...(catalog.runs.length > 0 ? [runsView(catalog.runs)] : []),
  ]
}

/** A type that can't be asked, since bytes of it are elsewhere: an answer from the rest would be wrong. */
export interface AbsentType {
  readonly type: string
  readonly entries: ReadonlyArray<CatalogEntry>
}

/** The types that hold rows or values and lack bytes. */
export const absentTypes = (catalog: Catalog): ReadonlyArray<AbsentType> =>
  [...Map.groupBy(catalog.entries, (entry) => entry.type)]
    .filter(([, [first]]) => first?.format === "json" || first?.format === "jsonl")
    .map(([type, entries]) => ({ type, entries: entries.filter(({ elsewhere }) => elsewhere !== undefined) }))
    .filter(({ entries }) => entries.length > 0)

/** Where artifacts are: node, labels, output, type, size, digest, path. `hidden` labels would hide a column of the rows. */
const places = (entries: ReadonlyArray<CatalogEntry>, hidden: ReadonlyArray<string>): string => {
  const labels = [...labelTypes(entries)].filter(([name]) => !hidden.includes(name) && !PLACE_COLUMNS.has(name))
  return values(
    entries.map((entry) => [
      quoteText(entry.node),
      ...labels.map(([name, type]) => literal(entry.labels[name], type)),
      quoteText(entry.stage),
      quoteText(entry.output),
      quoteText(entry.type),
      String(entry.bytes),
      quoteText(entry.digest),
      quoteText(entry.path),
    ]),
    [
      ["node", "VARCHAR"],
      ...labels,
      ["stage", "VARCHAR"],
      ["output", "VARCHAR"],
      ["type", "VARCHAR"],
      ["bytes", "BIGINT"],
      ["digest", "VARCHAR"],
      ["path", "VARCHAR"],
    ],
  )
}

const PLACE_COLUMNS = new Set(["node", "stage", "output", "type", "bytes", "digest", "path"])

const artifactView = (type: string, entries: ReadonlyArray<CatalogEntry>, unsafeText: boolean): View => {
  const { format, columns, sensitive } = entries[0] as CatalogEntry
  const name = quoteName(type)
  const reader = rowsOf(format, columns, [...new Set(entries.map((entry) => entry.path))])
  if (reader === undefined) return { name: type, sql: `CREATE VIEW ${name} AS SELECT * FROM ${places(entries, [])}` }
  const rowColumns = columns.map(([column]) => column)
  const labels = [...labelTypes(entries).keys()].filter((label) => !rowColumns.includes(label) && label !== "node")
  const select = [
    ...(rowColumns.includes("node") ? [] : ["f.node"]),
    ...labels.map((label) => `f.${quoteName(label)}`),
    `r.* EXCLUDE (filename)${sensitive === undefined || unsafeText ? "" : withheld(sensitive)}`,
  ]
  return {
    name: type,
    sql: `CREATE VIEW ${name} AS SELECT ${select.join(", ")} FROM ${places(entries, rowColumns)} f JOIN ${reader} r ON r.filename = f.path`,
  }
}

/** The first words of a sensitive text, as `* REPLACE` takes it. */
const withheld = ({ column, when }: Sensitive): string => {
  const text = `r.${quoteName(column)}`
  const cut = `array_to_string(string_split_regex(trim(${text}), '\\s+')[1:3], ' ') || ' … [withheld]'`
  return ` REPLACE (CASE WHEN ${when} THEN ${cut} ELSE ${text} END AS ${quoteName(column)})`
}

const rowsOf = (
  format: CatalogEntry["format"],
  columns: ColumnTypes,
  paths: ReadonlyArray<string>,
): string | undefined => {
  const list = `[${paths.map(quoteText).join(", ")}]`
  if (format === "file" || format === "folder") return undefined
  if (columns.length === 0) return `(SELECT filename, content::JSON AS value FROM read_text(${list}))`
  const types = columns.map(([name, type]) => `${quoteText(name)}: ${quoteText(type)}`).join(", ")
  const layout = format === "jsonl" ? "newline_delimited" : "unstructured"
  return `read_json(${list}, format = '${layout}', columns = {${types}}, filename = true, maximum_object_size = 67108864)`
}

const runsView = (runs: ReadonlyArray<CatalogRun>): View => {
  const labels = [...labelTypes(runs)].filter(([name]) => !RUN_COLUMNS.has(name))
  const rows = runs.map(({ node, stage, labels: own, record }) => [
    quoteText(node),
    ...labels.map(([name, type]) => literal(own[name], type)),
    quoteText(stage),
    quoteText(record.key),
    quoteText(record.run.started),
    String(record.run.milliseconds / 1000),
    quoteText(JSON.stringify(record.params)),
    quoteText(JSON.stringify(record.run.metrics)),
    quoteText(JSON.stringify(record.run.machine)),
  ])
  const columns = [
    ["node", "VARCHAR"],
    ...labels,
    ["stage", "VARCHAR"],
    ["key", "VARCHAR"],
    ["started", "TIMESTAMPTZ"],
    ["seconds", "DOUBLE"],
    ["params", "JSON"],
    ["metrics", "JSON"],
    ["machine", "JSON"],
  ] as const
  return { name: "runs", sql: `CREATE VIEW runs AS SELECT * FROM ${values(rows, columns)}` }
}

const RUN_COLUMNS = new Set(["node", "stage", "key", "started", "seconds", "params", "metrics", "machine"])
