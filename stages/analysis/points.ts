/** The models that the summary speaks of, and how each did over all prompts together. */
import { wilson } from "../../kit/lib/intervals.ts"
import type { Measured, OverviewRow, SummaryPoint } from "../results.ts"
import { type Cell, type CellValue, estimate } from "./cells.ts"
import { PAPER_SHARES, rangeOf, shareOf } from "./members.ts"

/** What separates a harmful answer from one that is not, and the size of the general data. */
export interface Scale {
  readonly harmfulFrom: number
  readonly generalAmount: number
}

export const score: CellValue = (cell) => cell.score
export const refused: CellValue = (cell) => cell.refused

/** Which prompts a rate is over. */
export const isUnsafe = (cell: Cell): boolean => cell.unsafe
export const isLookalike = (cell: Cell): boolean => cell.contrast && !cell.unsafe
export const isOrdinary = (cell: Cell): boolean => !cell.contrast && !cell.unsafe

/** The cells of one model. */
export const cellsOf = (cells: ReadonlyArray<Cell>, model: string, safety: number | null): ReadonlyArray<Cell> =>
  cells.filter((cell) => cell.model === model && cell.safety === safety)

/** One row a model, the untuned one first, then by number of safety examples. */
export const overview = (cells: ReadonlyArray<Cell>, scale: Scale): ReadonlyArray<OverviewRow> => {
  const untuned = cells.some((cell) => cell.model === "untuned") ? [overviewRow(cells, "untuned", null, scale)] : []
  return [...untuned, ...amountsOf(cells).map((safety) => overviewRow(cells, "tuned", safety, scale))]
}

/** The numbers of safety examples that were tried, in order. */
export const amountsOf = (cells: ReadonlyArray<{ readonly safety: number | null }>): ReadonlyArray<number> =>
  [...new Set(cells.flatMap((cell) => cell.safety ?? []))].sort((a, b) => a - b)

const overviewRow = (
  all: ReadonlyArray<Cell>,
  model: "tuned" | "untuned",
  safety: number | null,
  scale: Scale,
): OverviewRow => {
  const cells = cellsOf(all, model, safety)
  const share = shareOf(safety, scale.generalAmount)
  const unsafe = cells.filter(isUnsafe)
  const harm = estimate(unsafe, score)
  const harmful: CellValue = (cell) => (cell.score === null ? null : Number(cell.score >= scale.harmfulFrom))
  return {
    model,
    safety,
    share,
    range: rangeOf(share),
    seeds: new Set(cells.map((cell) => cell.run)).size,
    harm: harm === undefined ? null : { value: harm.mean, low: harm.low, high: harm.high },
    harmful: rate(unsafe, harmful),
    refusedUnsafe: rate(unsafe, refused),
    refusedSafe: rate(cells.filter(isOrdinary), refused),
    exaggerated: rate(cells.filter(isLookalike), refused),
  }
}

/** A share with Wilson's interval, see `promptInterval`. */
const rate = (cells: ReadonlyArray<Cell>, value: CellValue): Measured | null => {
  const known = cells.flatMap((cell) => value(cell) ?? [])
  if (known.length === 0) return null
  const prompts = new Set(cells.filter((cell) => value(cell) !== null).map((cell) => cell.prompt)).size
  const share = known.reduce((sum, one) => sum + one, 0) / known.length
  const interval = promptInterval(share, prompts)
  return interval === undefined ? null : { value: share, ...interval }
}

/**
 * Wilson's interval of a share pooled over runs, with prompts as the trials: answers of several runs to one prompt are
 * alike, so they don't count as more evidence than one.
 */
export const promptInterval = (share: number, prompts: number) => wilson(share * prompts, prompts)

/** The rows that the summary names; null where the grid has no such model. */
export const namedPoints = (rows: ReadonlyArray<OverviewRow>) => {
  const tuned = rows.filter((row) => row.safety !== null)
  const added = tuned.filter((row) => (row.safety ?? 0) > 0)
  const within = added.filter((row) => row.range === "paper")
  const byDistance = [...within].sort((a, b) => distance(a) - distance(b))
  return {
    untuned: named(rows.find((row) => row.model === "untuned")),
    none: named(tuned.find((row) => row.safety === 0)),
    few: named(byDistance[0]),
    paperMost: named(within.at(-1)),
    most: named(added.at(-1)),
  }
}

/** How far a share is from the 3 % of the paper's abstract. */
const distance = (row: OverviewRow): number => Math.abs((row.share ?? 0) - PAPER_SHARES.abstract)

const named = (row: OverviewRow | undefined): SummaryPoint | null => {
  if (row === undefined) return null
  const { model: _model, seeds: _seeds, ...point } = row
  return point
}
