/** fig-benchmarks: accuracy on the benchmarks by number of safety examples, a panel for each task. */
import type { TopLevelSpec } from "vega-lite"
import { taskTitle } from "../analysis/wording.ts"
import type { BenchmarkRow } from "../results.ts"
import { linePanels } from "./lines.ts"
import { type FigureSubject, figure, PERCENT_AXIS, referenceLine } from "./theme.ts"

/** What a panel's title says of the metric, short enough to stand above a narrow panel. */
const PANEL_METRICS: Readonly<Record<string, string>> = { acc: "", acc_norm: ", normalised" }

/** Intervals are the mean ± 1.96 standard errors. */
export const benchmarkFigure = (rows: ReadonlyArray<BenchmarkRow>, subject: FigureSubject): TopLevelSpec => {
  const values = rows.map((row) => {
    const half = 1.96 * row.standardError
    const { task, metric, shots, items, model, safety, share, range, chance } = row
    const panel = `${taskTitle(row.task)}${PANEL_METRICS[row.metric] ?? `, ${row.metric}`}`
    const place = { panel, task, metric, shots, items, model, safety, share, range }
    return { ...place, chance, value: row.mean, low: row.mean - half, high: row.mean + half }
  })
  const y = { axis: { title: "accuracy", ...PERCENT_AXIS } }
  const known = values.some(({ chance }) => chance !== null)
  const filter = "datum.model === 'tuned' && datum.safety === 0 && datum.chance !== null"
  const guessing = known ? [referenceLine("chance", "guessing", filter)] : []
  const shots = [...new Set(rows.map((row) => row.shots))].sort((a, b) => a - b).join(" or ")
  const items = [...new Set(rows.map((row) => row.items))].sort((a, b) => a - b).join(", ")
  const notes = [
    `${shots}-shot accuracy with 95 % intervals: the items' sampling error and the spread between runs`,
    `${items} items a task; "normalised" divides each answer's log-probability by its length`,
  ]
  return figure(
    "Benchmarks by number of safety examples",
    subject,
    notes,
    linePanels(values, { y, under: guessing, shares: false, height: 132 }),
  )
}
