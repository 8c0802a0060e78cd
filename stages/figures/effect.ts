/** fig-effect: refusals of unsafe prompts, of safe ones that look unsafe and of ordinary ones, by number of safety examples. */
import type { TopLevelSpec } from "vega-lite"
import type { ComparedRow } from "../results.ts"
import { type LineRow, linePanels } from "./lines.ts"
import { type FigureSubject, figure, PERCENT_AXIS } from "./theme.ts"

const PANELS = [
  ["unsafe prompts", "refusedUnsafe"],
  ["safe prompts that look unsafe", "refusedLookalike"],
  ["ordinary prompts", "refusedOrdinary"],
] as const

/** `measure` is the column of the compared models that a point comes from. */
interface EffectRow extends LineRow {
  readonly measure: string
  readonly recipe: string | null
}

/** One panel for each kind of prompt; a kind that was not asked gets none. */
export const effectFigure = (rows: ReadonlyArray<ComparedRow>, subject: FigureSubject): TopLevelSpec => {
  const values = PANELS.flatMap(([name, field]) =>
    rows.flatMap((row): ReadonlyArray<EffectRow> => {
      const measured = row[field]
      if (measured === null) return []
      const { recipe, safety, share, range } = row
      const { value, low, high } = measured
      const panel = `${name} (n = ${measured.prompts})`
      return [{ panel, measure: field, recipe, model: "tuned", safety, share, range, value, low, high }]
    }),
  )
  const runs = Math.max(0, ...rows.map((row) => row.runs))
  const notes = [`Share refused, full and partial, over ${runs} runs, with 95 % intervals over runs and prompts`]
  const y = { axis: { title: "share refused", ...PERCENT_AXIS }, scale: { domain: [0, 1] } }
  return figure(
    "Refusals by number of safety examples",
    subject,
    notes,
    linePanels(values, { y, shares: true, height: 130 }),
  )
}
