/** Values by model, seed and prompt: what means and differences are bootstrapped from. */
import { type Crossed, crossedBootstrap, type Estimate } from "../../kit/lib/intervals.ts"

/** What one model with one seed scored on one prompt. */
export interface Cell {
  readonly model: "tuned" | "untuned"
  readonly safety: number | null
  readonly seed: number | null
  readonly set: string
  readonly unsafe: boolean
  readonly contrast: boolean
  readonly prompt: string
  readonly score: number | null
  readonly refused: number | null
}

export type CellValue = (cell: Cell) => number | null

/** Cells of one model or another, laid out by seed and by prompt. Seeds and prompts are in a fixed order. */
interface Layout {
  readonly seeds: ReadonlyArray<number | null>
  readonly values: ReadonlyArray<ReadonlyMap<string, number>>
}

const layOut = (cells: ReadonlyArray<Cell>, value: CellValue): Layout => {
  const bySeed = new Map<number | null, Map<string, number>>()
  for (const cell of cells) {
    const row = bySeed.get(cell.seed) ?? new Map<string, number>()
    bySeed.set(cell.seed, row)
    const known = value(cell)
    if (known !== null) row.set(cell.prompt, known)
  }
  const seeds = [...bySeed.keys()].sort((a, b) => (a ?? -1) - (b ?? -1))
  return { seeds, values: seeds.map((seed) => bySeed.get(seed) as ReadonlyMap<string, number>) }
}

const prompts = (cells: ReadonlyArray<Cell>): ReadonlyArray<string> =>
  [...new Set(cells.map((cell) => cell.prompt))].sort()

/** The mean of a value over prompts, then over seeds, with its interval. */
export const estimate = (cells: ReadonlyArray<Cell>, value: CellValue): Estimate | undefined => {
  const order = prompts(cells)
  return crossedBootstrap(layOut(cells, value).values.map((row) => order.map((prompt) => row.get(prompt))))
}

/**
 * The mean difference between two models, later minus earlier, on the prompts that both have, seed by seed. None when they
 * share no seed or no prompt.
 */
export const difference = (
  earlier: ReadonlyArray<Cell>,
  later: ReadonlyArray<Cell>,
  value: CellValue,
): Estimate | undefined => {
  const order = prompts(earlier)
  const [before, after] = [layOut(earlier, value), layOut(later, value)]
  const pairs: Crossed = before.seeds.flatMap((seed, index) => {
    const other = after.values[after.seeds.indexOf(seed)]
    if (other === undefined) return []
    return [order.map((prompt) => subtract(other.get(prompt), before.values[index]?.get(prompt)))]
  })
  return crossedBootstrap(pairs)
}

const subtract = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a - b
