/** The rows and the column that `repro trace` was asked for, and the way behind them. */
import { UsageError } from "../../errors.ts"
import type { Graph } from "../../node.ts"
import type { Records } from "../../provenance/find-records.ts"
import type { Follow } from "../../provenance/lineage.ts"
import { type Narrowed, narrow } from "../../provenance/narrow.ts"
import { numbersBehind, outputsWithRows } from "../../provenance/numbers-behind.ts"
import { cellText, type Picked, pickRows } from "../../provenance/pick-rows.ts"
import { type Rows, readRows } from "../../provenance/rows.ts"
import type { Target } from "../../provenance/target.ts"
import type { StoreLayout } from "../../store/layout.ts"
import type { StoreRecord } from "../../store/record.ts"

export interface Asked {
  readonly target: Target
  readonly rows: ReadonlyArray<string>
  readonly column: string | undefined
}

export interface AskedRows {
  readonly narrowed: Narrowed
  readonly output: string
  readonly picked: Picked
  readonly table: Rows
  /** What was asked for, with its value. */
  readonly title: string
}

interface Context {
  readonly store: StoreLayout
  readonly records: Records
  readonly graph: Graph
  readonly follow: Follow
  /** Columns of a type of artifact that are not shown; undefined where nobody knows. */
  readonly hidden: (type: string) => ReadonlySet<string> | undefined
}

/** Undefined when no rows were asked for. */
export const askedRows = (context: Context, { target, rows, column }: Asked): AskedRows | undefined => {
  if (rows.length === 0 && column === undefined) return undefined
  const [record, ...others] = target.records
  if (record === undefined || others.length > 0)
    throw new UsageError({
      message: `${others.length + 1} results are named, but a row is of one`,
      where: "--row",
      remedy: `Name one of them, such as ${record?.node}.`,
    })
  const { output, table } = tableOf(context, record, target.output)
  const hidden = context.hidden(record.outputs[output]?.type ?? "")
  if (hidden === undefined) throw ofAnotherPipeline(record)
  const picked = pickRows(table, rows, column, hidden)
  const stages = new Map(context.graph.nodes.map(({ stage }) => [stage.name, stage.rows]))
  const origin = (stage: string, name: string) => stages.get(stage)?.[name]
  const narrowed = narrow({ ...context, origin }, record, output, table, picked)
  return { narrowed, output, picked, table, title: titleOf(picked, table) }
}

/** What its rows are made of, and what of them is withheld, its own pipeline knows. */
const ofAnotherPipeline = ({ node, pipeline }: StoreRecord): UsageError =>
  new UsageError({
    message: `${node} is of pipeline "${pipeline}", and nothing like it is in this one`,
    where: "--row",
    remedy: "Name its pipeline with --pipeline, or trace it without --row and --column.",
  })

/** The one output with rows, or the one that was named. */
const tableOf = ({ store, records }: Context, record: StoreRecord, named: string | undefined) => {
  const outputs = Object.entries(record.outputs).filter(([name]) => named === undefined || name === named)
  const found = outputs.map(([name, artifact]) => ({ output: name, table: readRows(store, artifact) }))
  const tables = found.flatMap(({ output, table }) => (typeof table === "string" ? [] : [{ output, table }]))
  const [only] = tables
  if (only !== undefined && tables.length === 1) return only
  const names = tables.map(({ output }) => `${record.node}/${output}`)
  throw new UsageError({
    message:
      tables.length > 1
        ? `${record.node} has ${tables.length} outputs with rows`
        : found.map(({ output, table }) => `${record.node}/${output} ${table}`).join("; "),
    where: "--row",
    remedy: tables.length > 1 ? `Name one of them: ${names.join(", ")}.` : otherTables(store, records, record),
  })
}

const otherTables = (store: StoreLayout, records: Records, record: StoreRecord): string => {
  const own = outputsWithRows(store, record)
  if (own.length > 0) return `These have: ${own.map((name) => `${record.node}/${name}`).join(", ")}.`
  const behind = numbersBehind(store, records, record)
  return behind.length === 0
    ? "Trace it without --row and --column."
    : `Ask one of those whose numbers it was made from: ${behind.join(", ")}.`
}

const [ROWS_SHOWN, LONGEST] = [4, 60] as const

const titleOf = ({ rows, column, withheld }: Picked, { rows: all }: Rows): string => {
  const shown = rows.slice(0, ROWS_SHOWN).map((index) => String(index + 1))
  const numbers = `${rows.length === 1 ? "row" : "rows"} ${shown.join(", ")}${rows.length > ROWS_SHOWN ? ", …" : ""}`
  if (column === undefined) return `${numbers} of ${all.length}, of`
  const values = rows.slice(0, ROWS_SHOWN).map((index) => {
    if (withheld) return "[withheld]"
    const text = cellText(all[index]?.[column.key])
    return text === "" ? "(empty)" : text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text
  })
  return `${values.join(" | ")}${rows.length > ROWS_SHOWN ? " | …" : ""} is ${numbers}, column ${column.title}, of`
}
