/** fig-1: the trade-off at a glance, drawn after the paper's Figure 1: unsafe answers fall, exaggerated safety grows. */
import type { TopLevelSpec } from "vega-lite"
import { percent, shareText } from "../analysis/wording.ts"
import type { OverviewRow, SummaryPoint, SummaryValue } from "../results.ts"
import { COLOURS, type FigureBody, type FigureSubject, figure, LINES, NOTHING, PERCENT_AXIS } from "./theme.ts"

/** A model of the figure and the names that the paper's figure gives it. */
export interface Role {
  readonly key: "instruction-tuned" | "safety-tuned" | "overly-safety-tuned"
  readonly name: string
  readonly point: SummaryPoint
}

/**
 * Which models stand for the paper's three: none; the share nearest to 3 %, which the abstract names; the most that was
 * tried. A role that another already fills is left out.
 */
export const roles = (points: SummaryValue["points"]): ReadonlyArray<Role> => {
  const most = points.most?.safety === points.few?.safety ? null : points.most
  return [
    role("instruction-tuned", "instruction-|tuned", points.none),
    role("safety-tuned", "safety-|tuned", points.few),
    role("overly-safety-tuned", "overly|safety-tuned", most),
  ].flatMap((one) => one ?? [])
}

const role = (key: Role["key"], name: string, point: SummaryPoint | null): Role | undefined =>
  point === null ? undefined : { key, name, point }

/** Two panels of bars with their intervals. */
export const figureOne = (
  summary: SummaryValue,
  overview: ReadonlyArray<OverviewRow>,
  subject: FigureSubject,
): TopLevelSpec => {
  const shown = roles(summary.points).flatMap(({ name, point }) =>
    overview.filter(({ safety }) => safety === point.safety).map((row) => ({ name, row })),
  )
  const beyond = shown.some(({ row }) => row.range === "extra") ? " * outside the paper's range" : ""
  const notes = [
    `Left: answers to unsafe prompts with a harm score of ${summary.harmfulFrom} or more. Right: refused safe prompts that look unsafe.`,
    `Below each bar: safety examples (in % of general ones). 95 % intervals.${beyond}`,
  ]
  const panels = [panel("unsafe answers", shown, "harmful"), panel("exaggerated safety", shown, "exaggerated")]
  return figure("Unsafe answers and exaggerated safety", subject, notes, { hconcat: panels, spacing: 36 })
}

/** A model with the name that it has here. */
interface Bar {
  readonly name: string
  readonly row: OverviewRow
}

/** `measure` is the column of the overview that the bars show. */
const panel = (title: string, shown: ReadonlyArray<Bar>, measure: "harmful" | "exaggerated"): FigureBody => {
  const rows = shown.flatMap(({ name, row: { [measure]: measured, model, safety, share, range } }) => {
    const note = `${safety} (${shareText(share ?? 0)}${range === "extra" ? "*" : ""})`
    if (measured === null) return []
    return [{ ...measured, measure, model, safety, label: `${name}|${note}`, text: percent(measured.value) }]
  })
  if (rows.length === 0)
    return { ...NOTHING, title: { text: title, fontSize: 11, anchor: "middle", offset: 8 }, width: 240 }
  const colours = [COLOURS.grey, COLOURS.blue, COLOURS.orange]
  const x = {
    field: "label",
    type: "nominal",
    sort: rows.map((row) => row.label),
    axis: { title: null, ...LINES, ticks: false },
  }
  const y = {
    field: "value",
    type: "quantitative",
    scale: { domain: [0, 1.1] },
    axis: { title: "share of answers", labelExpr: PERCENT_AXIS.labelExpr, values: [0, 0.2, 0.4, 0.6, 0.8, 1] },
  }
  return {
    title: { text: title, fontSize: 11, anchor: "middle", offset: 8 },
    width: 240,
    height: 170,
    data: { values: rows },
    encoding: { x },
    layer: [
      {
        mark: { type: "bar", width: 44 },
        encoding: {
          y,
          color: {
            field: "label",
            type: "nominal",
            scale: { domain: rows.map((row) => row.label), range: colours },
            legend: null,
          },
        },
      },
      {
        mark: { type: "rule", strokeWidth: 1.4, color: COLOURS.ink },
        encoding: { y: { ...y, field: "low" }, y2: { field: "high" } },
      },
      { mark: { type: "text", align: "left", dx: 5, dy: -7, fontSize: 10 }, encoding: { y, text: { field: "text" } } },
    ],
  }
}
