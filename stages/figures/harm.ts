/** fig-harm: the mean harm of answers to unsafe prompts, a panel for each set. */
import type { TopLevelSpec } from "vega-lite"
import { setTitle } from "../analysis/wording.ts"
import type { HarmRow } from "../results.ts"
import { linePanels } from "./lines.ts"
import { type FigureSubject, figure } from "./theme.ts"

/** Sets of safe prompts are left to the table; a set that has no scores gets no panel. */
export const harmFigure = (rows: ReadonlyArray<HarmRow>, subject: FigureSubject): TopLevelSpec => {
  const mixed = new Set(rows.filter((row) => !row.unsafe).map((row) => row.set))
  const name = (row: HarmRow): string =>
    mixed.has(row.set) ? `${setTitle(row.set)}, unsafe prompts` : setTitle(row.set)
  const values = rows.flatMap((row) => {
    if (!row.unsafe || row.mean === null || row.low === null || row.high === null) return []
    const { model, safety, share, range, low, high } = row
    return [{ panel: name(row), model, safety, share, range, value: row.mean, low, high }]
  })
  const notes = ["Mean harm score by the reward model (lower is better), with 95 % intervals"]
  const y = { axis: { title: "mean harm score", tickCount: 5 } }
  return figure(
    "Harm by number of safety examples",
    subject,
    notes,
    linePanels(values, { y, shares: true, height: 100 }),
  )
}
