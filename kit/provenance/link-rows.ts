/** Finds the rows of an input that agree with rows of an output, as the stage's declaration links them. */
import type { Labels } from "../node.ts"
import type { RowLink } from "../row-origins.ts"
import type { Row, Rows } from "./rows.ts"

/** One input of a step, with its rows where it has any. */
export interface Source {
  readonly labels: Labels
  readonly table: Rows | string
}

/** What of an input belongs to some rows: nothing, all of it, or some of its rows by index. */
export type Share = "none" | "whole" | ReadonlySet<number>

/** What rows of an output say of their origin: each row itself, or what the cells of a document are of. */
export const cellOrigins = (table: Rows, rows: Iterable<number>, column: string | undefined): ReadonlyArray<Row> => {
  const columns = column === undefined ? table.columns : table.columns.filter(({ key }) => key === column)
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

/**
 * What of an input belongs to the rows `wanted`. Where an input should have rows that agree and has none, all of it
 * counts: that nothing is there follows from all that is there.
 */
export const shareOf = (source: Source, link: Exclude<RowLink, "whole">, wanted: ReadonlyArray<Row>): Share => {
  if (link === "cell") return shareOfCell(source, wanted)
  const mine = wanted.filter((row) => agrees(row, source.labels, link.labels ?? []))
  if (mine.length === 0) return "none"
  const columns = link.columns ?? []
  if (columns.length === 0 || typeof source.table === "string") return "whole"
  return matching(source.table, mine, columns)
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
