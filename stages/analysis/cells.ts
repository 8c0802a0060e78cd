/** Values by model, run and prompt: what means and differences are bootstrapped from. */
import type { Database } from "../../kit/lib/duckdb.ts"
import { type Crossed, crossedBootstrap, type Estimate } from "../../kit/lib/intervals.ts"
import cellsSql from "../sql/cells.sql" with { type: "text" }

/** What one model of one run scored on one prompt. `run` joins the seeds of draw and training; the untuned model's is empty. */
export interface Cell {
  readonly model: "tuned" | "untuned"
  readonly safety: number | null
  readonly recipe: string | null
  readonly run: string
  readonly seed: number | null
  readonly set: string
  readonly unsafe: boolean
  readonly contrast: boolean
  readonly prompt: string
  readonly score: number | null
  readonly refused: number | null
}

/** The cells of the inputs that were loaded. */
export const readCells = async (database: Database): Promise<ReadonlyArray<Cell>> =>
  (await database.query(cellsSql)) as ReadonlyArray<unknown> as ReadonlyArray<Cell>

export type CellValue = (cell: Cell) => number | null

/** Cells of one model or another, laid out by run and by prompt. Runs and prompts are in a fixed order. */
interface Layout {
  readonly runs: ReadonlyArray<string>
  readonly values: ReadonlyArray<ReadonlyMap<string, number>>
}

const layOut = (cells: ReadonlyArray<Cell>, value: CellValue): Layout => {
  const byRun = new Map<string, Map<string, number>>()
  for (const cell of cells) {
    const row = byRun.get(cell.run) ?? new Map<string, number>()
    byRun.set(cell.run, row)
    const known = value(cell)
    if (known !== null) row.set(cell.prompt, known)
  }
  const runs = [...byRun.keys()].sort()
  return { runs, values: runs.map((run) => byRun.get(run) as ReadonlyMap<string, number>) }
}

const prompts = (cells: ReadonlyArray<Cell>): ReadonlyArray<string> =>
  [...new Set(cells.map((cell) => cell.prompt))].sort()

/** The mean of a value over prompts, then over runs, with its interval. */
export const estimate = (cells: ReadonlyArray<Cell>, value: CellValue): Estimate | undefined => {
  const order = prompts(cells)
  return crossedBootstrap(layOut(cells, value).values.map((row) => order.map((prompt) => row.get(prompt))))
}

/**
 * The mean difference between two models, later minus earlier, on the prompts that both have, run by run. None when they
 * share no run or no prompt.
 */
export const difference = (
  earlier: ReadonlyArray<Cell>,
  later: ReadonlyArray<Cell>,
  value: CellValue,
): Estimate | undefined => {
  const order = prompts(earlier)
  const [before, after] = [layOut(earlier, value), layOut(later, value)]
  const pairs: Crossed = before.runs.flatMap((run, index) => {
    const other = after.values[after.runs.indexOf(run)]
    if (other === undefined) return []
    return [order.map((prompt) => subtract(other.get(prompt), before.values[index]?.get(prompt)))]
  })
  return crossedBootstrap(pairs)
}

const subtract = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a - b
