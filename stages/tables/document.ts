/** Building blocks of tables for people: columns by number of safety examples, and Markdown. */
import type { TableValue } from "../results.ts"

type Column = TableValue["columns"][number]

/** A column of text. */
export const text = (key: string, title: string): Column => ({ key, title, align: "left" })

/** A column of numbers. */
export const numbers = (key: string, title: string): Column => ({ key, title, align: "right" })

/** What every table must name. */
export interface TableSubject {
  readonly profile: string
  readonly model: string
}

/** The title of a table, with the model and the profile that its numbers are of. */
export const titled = (title: string, subject: TableSubject): string =>
  `${title} (${subject.model}, profile ${subject.profile})`

/** A model as a table has it: a column of its own. */
export interface Placed {
  readonly safety: number | null
  readonly range: "paper" | "extra" | "untuned"
}

const keyOf = (row: Placed): string => (row.safety === null ? "untuned" : `safety-${row.safety}`)

/** A column for each model: untuned, then by number of safety examples; a star marks shares outside the paper's range. */
export const amountColumns = (rows: ReadonlyArray<Placed>): ReadonlyArray<Column> => {
  const models = new Map(rows.map((row) => [keyOf(row), row]))
  return [...models.values()]
    .sort((a, b) => (a.safety ?? -1) - (b.safety ?? -1))
    .map((row) => ({
      ...numbers(keyOf(row), row.safety === null ? "untuned" : `${row.safety}${row.range === "extra" ? "*" : ""}`),
      of: { safety: row.safety },
    }))
}

/** What the star means, when a column has one. */
export const starNote = (rows: ReadonlyArray<Placed>): ReadonlyArray<string> =>
  rows.some((row) => row.range === "extra")
    ? ["* A share of safety examples outside the paper's range (0 or 0.5 to 10 %)."]
    : []

type Origin = NonNullable<TableValue["origins"]>[number]

/** How rows with a cell for each model are laid out. */
interface PivotRules<Row> {
  /** The columns of the source that a group is told by. */
  readonly by: ReadonlyArray<keyof Row & string>
  /** The first cells of a group. */
  readonly head: (row: Row) => Readonly<Record<string, string>>
  readonly cell: (row: Row) => string
}

/** One row for each group, one cell for each model; a model without a value gets an empty cell. */
export const pivot = <Row extends Placed>(
  rows: ReadonlyArray<Row>,
  { by, head, cell }: PivotRules<Row>,
): Required<Pick<TableValue, "rows" | "origins">> => {
  const groups = new Map<string, { readonly cells: Record<string, string>; readonly origin: Origin }>()
  for (const row of rows) {
    const origin = Object.fromEntries(by.map((name) => [name, row[name] as Origin[string]]))
    const key = JSON.stringify(origin)
    const group = groups.get(key) ?? { cells: { ...head(row) }, origin }
    groups.set(key, group)
    group.cells[keyOf(row)] = cell(row)
  }
  const found = [...groups.values()]
  return { rows: found.map(({ cells }) => cells), origins: found.map(({ origin }) => origin) }
}

/** The table as GitHub-flavoured Markdown, with its title above and its notes below. */
export const markdown = (table: TableValue): string => {
  const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
  const rule = table.columns.map((column) => (column.align === "right" ? "---:" : "---"))
  const body = table.rows.map((row) => line(table.columns.map((column) => escapeCell(row[column.key] ?? ""))))
  const notes = table.notes.map((note) => `\n${escapeText(note)}\n`)
  const lines = [line(table.columns.map((column) => escapeCell(column.title))), line(rule), ...body]
  return `**${escapeText(table.title)}**\n\n${lines.join("\n")}\n${notes.join("")}`
}

/** Text that Markdown and HTML leave as it is. */
const escapeText = (value: string): string =>
  value.replace(/[\\`*_{}[\]#<>~|]/g, (character) => (character === "<" ? "&lt;" : `\\${character}`))

const escapeCell = (value: string): string => escapeText(value).replace(/\s*[\r\n]+\s*/g, " ")
