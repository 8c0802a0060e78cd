/** What steps say of the rows that a trace follows: which they are, how they came about, where nobody knows. */

import { placesIn } from "../../code/types.ts"
import { shortList } from "../../provenance/fold.ts"
import type { Step } from "../../provenance/lineage.ts"
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
  steps: ReadonlyArray<Step>,
  output: string,
  hidden: (type: string) => ReadonlySet<string> | undefined,
): ReadonlyArray<Fact> => {
  const records = steps.map(({ record }) => record)
  const [first] = partsOf(narrowed, records, output)
  if (first === undefined) return []
  const left = hidden(records[0]?.outputs[output]?.type ?? "")
  const unknown = records.some((record) => narrowed.isUnknown(record, output)) && steps.some(readsRows)
  const rows = left === undefined ? [] : listed(narrowed, records, output, left)
  return [...rows, ...rules(records, first), ...(unknown ? [UNKNOWN] : [])]
}

const readsRows = ({ inputs }: Step): boolean =>
  inputs.some(({ input, from }) => ["json", "jsonl"].includes(from?.outputs[input.output]?.format ?? ""))

const UNKNOWN: Fact = ["", "which rows of its inputs these are made of is not known, so all of them follow"]

const rules = (records: ReadonlyArray<StoreRecord>, { origin }: Part): ReadonlyArray<Fact> => {
  if (origin === undefined || origin.rules.length === 0) return []
  const places = new Set(records.flatMap(({ code }) => placesIn(code.declarations)))
  const names = origin.rules.map((rule) => (places.has(rule) ? rule : `${rule} (not in the code that made it)`))
  return [["rule", names.join(", ")]]
}

/** The first rows by number; what they all have in common is told once. */
const listed = (
  narrowed: Narrowed,
  records: ReadonlyArray<StoreRecord>,
  output: string,
  hidden: ReadonlySet<string>,
): ReadonlyArray<Fact> => {
  const own = ownLabels(records)
  const rows = records.flatMap((record) => {
    const { rows, table } = narrowed.part(record, output) ?? { rows: [], table: undefined }
    const of = own(record)
    return table === undefined ? [] : [...rows].sort((a, b) => a - b).map((index) => ({ index, table, of }))
  })
  const common = commonCells(rows.map(({ index, table }) => table.rows[index] as Row))
  const columns = rows[0]?.table.columns.filter(({ key }) => !hidden.has(key)) ?? []
  const told = (row: Row, keys: ReadonlyArray<Rows["columns"][number]>): string =>
    shortList(
      keys.map(({ key, title }) => `${title} ${short(cellText(row[key]))}`),
      CELLS_SHOWN,
    )
  const lines = rows.slice(0, ROWS_SHOWN).map(({ index, table, of }): Fact => {
    const row = table.rows[index] as Row
    const different = rows.length === 1 ? columns : columns.filter(({ key }) => !common.has(key))
    return ["", [`${index + 1}${of}`, ...(different.length === 0 ? [] : [told(row, different)])].join(": ")]
  })
  const shared = rows.length === 1 ? [] : columns.filter(({ key }) => common.has(key))
  const heads: ReadonlyArray<Fact> =
    shared.length === 0 ? [] : [["", `all: ${told(rows[0]?.table.rows[rows[0].index] as Row, shared)}`]]
  const more: ReadonlyArray<Fact> = rows.length > ROWS_SHOWN ? [["", `and ${rows.length - ROWS_SHOWN} more`]] : []
  return [...heads, ...lines, ...more].map(([, text], index) => [index === 0 ? "rows" : "", text])
}

/** By which labels a step differs from the others, as ` of seed 2`. */
const ownLabels = (records: ReadonlyArray<StoreRecord>): ((record: StoreRecord) => string) => {
  const names = [...new Set(records.flatMap(({ labels }) => Object.keys(labels)))]
  const different = names.filter((name) => new Set(records.map(({ labels }) => labels[name])).size > 1)
  return ({ labels }) => {
    const told = different.flatMap((name) => (labels[name] === undefined ? [] : [`${name} ${labels[name]}`]))
    return told.length === 0 ? "" : ` of ${told.join(", ")}`
  }
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
