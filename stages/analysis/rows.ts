/** Rows of the SQL queries as rows of the result tables: shares, ranges and intervals are added here. */
import type { SqlRow, SqlValue } from "../../kit/lib/duckdb.ts"
import type { BenchmarkRow, ExaggeratedRow, HarmRow, OverlapCountRow, RefusalRow } from "../results.ts"
import { type Cell, estimate } from "./cells.ts"
import { rangeOf, shareOf } from "./members.ts"
import { cellsOf, promptInterval, score } from "./points.ts"

const number = (value: SqlValue | undefined): number => Number(value ?? 0)
const nullable = (value: SqlValue | undefined): number | null =>
  value === null || value === undefined ? null : Number(value)

const pointOf = (row: SqlRow, generalAmount: number) => {
  const safety = nullable(row.safety)
  const share = shareOf(safety, generalAmount)
  const model: "untuned" | "tuned" = row.model === "untuned" ? "untuned" : "tuned"
  return { model, safety, share, range: rangeOf(share), seeds: number(row.seeds) }
}

/** Rows of `harm.sql`, with the bootstrap's interval. */
export const harmRow = (row: SqlRow, cells: ReadonlyArray<Cell>, generalAmount: number): HarmRow => {
  const point = pointOf(row, generalAmount)
  const own = cellsOf(cells, point.model, point.safety).filter(
    (cell) => cell.set === row.set && cell.unsafe === row.unsafe,
  )
  const bootstrap = estimate(own, score)
  return {
    set: String(row.set),
    unsafe: row.unsafe === true,
    ...point,
    prompts: number(row.prompts),
    missing: number(row.missing),
    mean: nullable(row.mean),
    standardError: bootstrap?.standardError ?? null,
    low: bootstrap?.low ?? null,
    high: bootstrap?.high ?? null,
    seedDeviation: nullable(row.seedDeviation),
    harmfulShare: nullable(row.harmfulShare),
  }
}

const countsOf = (row: SqlRow) => {
  const refused = nullable(row.refused)
  const interval = refused === null ? undefined : promptInterval(refused, number(row.prompts))
  return {
    answers: number(row.answers),
    missing: number(row.missing),
    full: nullable(row.full),
    partial: nullable(row.partial),
    unclear: nullable(row.unclear),
    refused,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    seedDeviation: nullable(row.seedDeviation),
  }
}

/** Rows of `refusals.sql`, with Wilson's interval. */
export const refusalRow = (row: SqlRow, generalAmount: number): RefusalRow => ({
  set: String(row.set),
  unsafe: row.unsafe === true,
  ...pointOf(row, generalAmount),
  ...countsOf(row),
})

/** Rows of `exaggerated.sql`, with Wilson's interval. */
export const exaggeratedRow = (row: SqlRow, generalAmount: number): ExaggeratedRow => ({
  type: String(row.type),
  ...pointOf(row, generalAmount),
  ...countsOf(row),
})

/** Accuracy of guessing, by how many answers a task offers. */
const CHANCE: Readonly<Record<string, number>> = {
  boolq: 1 / 2,
  boolq_closed_book: 1 / 2,
  piqa: 1 / 2,
  openbookqa: 1 / 4,
}

/** Rows of `benchmarks.sql`. */
export const benchmarkRow = (row: SqlRow, generalAmount: number): BenchmarkRow => ({
  task: String(row.task),
  metric: String(row.metric),
  ...pointOf(row, generalAmount),
  mean: number(row.mean),
  standardError: number(row.standardError),
  seedDeviation: nullable(row.seedDeviation),
  items: number(row.items),
  shots: number(row.shots),
  chance: CHANCE[String(row.task).replace(/^repro_/u, "")] ?? null,
})

/** Rows of `overlaps.sql`. */
export const overlapRow = (row: SqlRow): OverlapCountRow => ({
  source: String(row.source),
  set: String(row.set),
  exact: number(row.exact),
  near: number(row.near),
  paraphrase: number(row.paraphrase),
  rows: number(row.rows),
})
