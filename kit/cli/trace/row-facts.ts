/** What steps say of the rows that a trace follows: which they are, how they came about, where nobody knows. */

import { placesIn } from "../../code/types.ts"
import { shortList } from "../../provenance/fold.ts"
import type { Narrowed, Part } from "../../provenance/narrow.ts"
import { cellText } from "../../provenance/pick-rows.ts"
import type { Row, Rows } from "../../provenance/rows.ts"
import type { StoreRecord } from "../../store/record.ts"
import type { Fact } from "./facts.ts"

const [ROWS_SHOWN, CELLS_SHOWN, LONGEST] = [6, 20, 32] as const

const partsOf = (narrowed: Narrowed, records: ReadonlyArray<StoreRecord>, output: string): ReadonlyArray<Part> =>
  records.flatMap((record) => narrowed.part(record, output) ?? [])

/** `24 of 228 rows of `, or nothing where all of an output counts. */
export const shareText = (
  narrowed: Narrowed | undefined,
  records: ReadonlyArray<StoreRecord>,
  output: string,
): string => {
  const parts = narrowed === undefined ? [] : partsOf(narrowed, records, output)
  if (parts.length === 0 || parts.length < records.length) return ""
  const sum = (count: (part: Part) => number): number => parts.reduce((total, part) => total + count(part), 0)
  return `${sum(({ rows }) => rows.size)} of ${sum(({ table }) => table.rows.length)} rows of `
}

/** The rows themselves, and by which rules they came about. */
export const rowFacts = (
  narrowed: Narrowed,
  records: ReadonlyArray<StoreRecord>,
  output: string,
  hidden: (type: string) => ReadonlySet<string>,
): ReadonlyArray<Fact> => {
  const parts = partsOf(narrowed, records, output)
  const [first] = parts
  const inputs = Object.values(records[0]?.inputs ?? {}).flat()
  if (first === undefined) return []
  const left = hidden(records[0]?.outputs[output]?.type ?? "")
  return [...listed(parts, left), ...rules(records, first), ...(first.origin || inputs.length === 0 ? [] : [UNKNOWN])]
}

const UNKNOWN: Fact = ["", "which rows of its inputs these are made of is not known, so all of them follow"]

const rules = (records: ReadonlyArray<StoreRecord>, { origin }: Part): ReadonlyArray<Fact> => {
  if (origin === undefined || origin.rules.length === 0) return []
  const places = new Set(records.flatMap(({ code }) => placesIn(code.declarations)))
  const names = origin.rules.map((rule) => (places.has(rule) ? rule : `${rule} (not in the code that made it)`))
  return [["rule", names.join(", ")]]
}

/** The first rows by number; what they all have in common is told once. */
const listed = (parts: ReadonlyArray<Part>, hidden: ReadonlySet<string>): ReadonlyArray<Fact> => {
  const rows = parts.flatMap(({ rows, table }) => [...rows].sort((a, b) => a - b).map((index) => ({ index, table })))
  const common = commonCells(rows.map(({ index, table }) => table.rows[index] as Row))
  const columns = rows[0]?.table.columns.filter(({ key }) => !hidden.has(key)) ?? []
  const told = (row: Row, keys: ReadonlyArray<Rows["columns"][number]>): string =>
    shortList(
      keys.map(({ key, title }) => `${title} ${short(cellText(row[key]))}`),
      CELLS_SHOWN,
    )
  const lines = rows.slice(0, ROWS_SHOWN).map(({ index, table }): Fact => {
    const row = table.rows[index] as Row
    const own = rows.length === 1 ? columns : columns.filter(({ key }) => !common.has(key))
    return ["", `${index + 1}: ${told(row, own)}`]
  })
  const shared = rows.length === 1 ? [] : columns.filter(({ key }) => common.has(key))
  const heads: ReadonlyArray<Fact> =
    shared.length === 0 ? [] : [["", `all: ${told(rows[0]?.table.rows[rows[0].index] as Row, shared)}`]]
  const more: ReadonlyArray<Fact> = rows.length > ROWS_SHOWN ? [["", `and ${rows.length - ROWS_SHOWN} more`]] : []
  return [...heads, ...lines, ...more].map(([, text], index) => [index === 0 ? "rows" : "", text])
}

const commonCells = (rows: ReadonlyArray<Row>): ReadonlySet<string> => {
  const [first = {}, ...rest] = rows
  const same = (key: string): boolean => rest.every((row) => JSON.stringify(row[key]) === JSON.stringify(first[key]))
  return new Set(Object.keys(first).filter(same))
}

const short = (text: string): string => {
  const line = text.replace(/\s+/gu, " ")
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}
