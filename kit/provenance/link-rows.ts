/** Finds the rows of an input that agree with rows of an output, as the stage's declaration links them. */
import type { Labels } from "../node.ts"
import type { AgreeingLink, Among, AskedColumns, RowLink } from "../row-origins.ts"
import type { Row, Rows } from "./rows.ts"

/** One input of a step, with its rows where it has any. */
export interface Source {
  readonly labels: Labels
  readonly table: Rows | string
}

/** What of an input belongs to some rows: nothing, all of it, or some of its rows by index. */
export type Share = "none" | "whole" | ReadonlySet<number>

/** What rows of an output say of their origin: each row itself, or what the cells of a document are of. */
export const cellOrigins = (table: Rows, rows: Iterable<number>, asked: AskedColumns): ReadonlyArray<Row> => {
  const columns = asked === undefined ? table.columns : table.columns.filter(({ key }) => asked.has(key))
  return [...rows].flatMap((index) => columns.map(({ of }) => ({ ...table.origins[index], ...of })))
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** Labels that are named must agree; one that an input lacks says nothing. */
const agrees = (row: Row, labels: Labels, names: ReadonlyArray<string>): boolean =>
  names.every((name) => !Object.hasOwn(labels, name) || same(row[name], labels[name]))

/** The rows of `table` that have in `columns` what one of `wanted` has. */
const matching = (table: Rows, wanted: ReadonlyArray<Row>, columns: ReadonlyArray<string>): ReadonlySet<number> => {
  const id = (row: Row): string => JSON.stringify(columns.map((name) => row[name] ?? null))
  const ids = new Set(wanted.map(id))
  return new Set(table.rows.flatMap((row, index) => (ids.has(id(row)) ? [index] : [])))
}

/** Whether an input has a part in a row at all. */
const concerns = (row: Row, { labels }: Source, link: AgreeingLink): boolean =>
  [row, ...(link.beside === undefined ? [] : [{ ...row, ...link.beside }])].some((one) =>
    agrees(one, labels, link.labels ?? []),
  ) &&
  (link.columns ?? []).every((name) => Object.hasOwn(row, name)) &&
  Object.entries(link.when ?? {}).every(([name, value]) => same(row[name], value))

/** Whether an input has a part in any of the columns that are asked for. */
export const concernsColumns = (link: RowLink, asked: AskedColumns): boolean =>
  typeof link === "string" ||
  link.cells === undefined ||
  asked === undefined ||
  link.cells.some((cell) => asked.has(cell))

/**
 * What of an input belongs to the rows `wanted`, of which some columns may be `asked` for. Where an input should have
 * rows that agree and has none, all of it counts: that nothing is there follows from all that is there.
 */
export const shareOf = (
  source: Source,
  link: Exclude<RowLink, "whole">,
  wanted: ReadonlyArray<Row>,
  asked?: AskedColumns,
): Share => {
  if (link === "cell") return shareOfCell(source, wanted)
  const mine = wanted.filter((row) => concerns(row, source, link))
  if (mine.length === 0) return "none"
  const { columns = [], among } = link
  if (typeof source.table === "string") return "whole"
  if (among !== undefined) return shareAmong(source.table, mine, among, asked)
  return columns.length === 0 ? "whole" : matching(source.table, mine, columns)
}

const shareAmong = (
  { rows }: Rows,
  wanted: ReadonlyArray<Row>,
  among: Among<ReadonlyArray<Row>, Row>,
  asked: AskedColumns,
): Share => {
  const pick = among(rows)
  const found = new Set(wanted.flatMap((row) => pick(row, asked)))
  return new Set(rows.flatMap((row, index) => (found.has(row) ? [index] : [])))
}

const shareOfCell = ({ labels, table }: Source, wanted: ReadonlyArray<Row>): Share => {
  const mine = wanted.filter((of) => agrees(of, labels, Object.keys(of)))
  if (mine.length === 0) return "none"
  if (typeof table === "string") return "whole"
  const known = new Set(table.columns.map(({ key }) => key))
  const found = new Set<number>()
  for (const of of mine) {
    const columns = Object.keys(of).filter((name) => known.has(name) && !Object.hasOwn(labels, name))
    if (columns.length === 0) return "whole"
    for (const index of matching(table, [of], columns)) found.add(index)
  }
  return found
}

/** The columns of an input that the value of some rows comes from; undefined where nothing narrows them. */
export const columnsBehind = (link: RowLink, wanted: ReadonlyArray<Row>): AskedColumns => {
  const name = typeof link === "string" ? undefined : link.columnIn
  if (name === undefined) return undefined
  const columns = wanted.map((row) => row[name])
  return columns.every((column) => typeof column === "string") ? new Set(columns) : undefined
}
