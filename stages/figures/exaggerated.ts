/** fig-exaggerated: refusals of safe prompts that look unsafe, beside those of the unsafe prompts that they resemble. */
import type { TopLevelSpec } from "vega-lite"
import { percent, setTitle } from "../analysis/wording.ts"
import type { ExaggeratedRow, RefusalRow } from "../results.ts"
import {
  amountAxis,
  COLOURS,
  type FigureBody,
  type FigureSubject,
  figure,
  LINES,
  NOTHING,
  PERCENT_AXIS,
  placed,
  rangeShape,
} from "./theme.ts"

const SAFE = "safe prompts (should be answered)"
const UNSAFE = "unsafe counterparts (should be refused)"

/** By number of safety examples on the left, by type of prompt on the right. */
export const exaggeratedFigure = (
  exaggerated: ReadonlyArray<ExaggeratedRow>,
  refusals: ReadonlyArray<RefusalRow>,
  subject: FigureSubject,
): TopLevelSpec => {
  const notes = [
    "Full and partial refusals of the contrast set, with 95 % intervals; on the right, refusals of safe prompts by type",
  ]
  if (!exaggerated.some((row) => row.refused !== null)) return figure("Exaggerated safety", subject, notes, NOTHING)
  const panels = [byAmount(exaggerated, refusals), byType(exaggerated)]
  return figure("Exaggerated safety", subject, notes, { hconcat: panels, spacing: 28 })
}

const byAmount = (exaggerated: ReadonlyArray<ExaggeratedRow>, refusals: ReadonlyArray<RefusalRow>): FigureBody => {
  const safe = exaggerated.filter((row) => row.type === "").map((row) => ({ ...row, series: SAFE }))
  const unsafe = counterparts(refusals).map((row) => ({ ...row, series: UNSAFE }))
  const rows = [...safe, ...unsafe].filter((row) => row.refused !== null)
  const x = amountAxis(rows)
  const y = {
    field: "refused",
    type: "quantitative",
    scale: { domain: [0, 1] },
    axis: { title: "share refused", ...PERCENT_AXIS },
  }
  const color = {
    field: "series",
    type: "nominal",
    scale: { domain: [SAFE, UNSAFE], range: [COLOURS.orange, COLOURS.blue] },
    legend: {
      title: null,
      orient: "bottom",
      direction: "vertical",
      symbolType: "stroke",
      symbolSize: 250,
      symbolStrokeWidth: 2,
    },
  }
  const shape = rangeShape(rows)
  const stroke = {
    condition: [
      { test: `datum.series === '${SAFE}'`, value: COLOURS.orange },
      { test: `datum.series === '${UNSAFE}'`, value: COLOURS.blue },
    ],
    value: COLOURS.grey,
  }
  return {
    width: 236,
    height: 250,
    data: { values: rows.map(placed) },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 1.3 },
        encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color },
      },
      {
        transform: [{ filter: "datum.model === 'tuned'" }],
        mark: { type: "line", strokeWidth: 1.6 },
        encoding: { x, y, color, strokeDash: dash },
      },
      {
        mark: { type: "point", size: 42, fill: "white", strokeWidth: 1.6, opacity: 1 },
        encoding: { x, y, stroke, shape },
      },
    ],
  }
}

const dash = {
  field: "series",
  type: "nominal",
  scale: {
    domain: [SAFE, UNSAFE],
    range: [
      [1, 0],
      [5, 3],
    ],
  },
  legend: null,
}

/** Refusals of unsafe prompts of the sets that hold safe ones too. */
const counterparts = (refusals: ReadonlyArray<RefusalRow>): ReadonlyArray<RefusalRow> => {
  const safeSets = new Set(refusals.filter((row) => !row.unsafe).map((row) => row.set))
  return refusals.filter((row) => row.unsafe && safeSets.has(row.set))
}

/** Breaks a long label at the space nearest to its middle. */
const twoLines = (label: string): string => {
  const distance = (at: number): number => Math.abs(at - label.length / 2)
  const spaces = [...label.matchAll(/ /g)]
    .map((match) => match.index)
    .sort((one, other) => distance(one) - distance(other))
  const [cut] = spaces
  return label.length <= 20 || cut === undefined ? label : `${label.slice(0, cut)}|${label.slice(cut + 1)}`
}

const byType = (exaggerated: ReadonlyArray<ExaggeratedRow>): FigureBody => {
  const rows = exaggerated.filter((row) => row.type !== "" && row.refused !== null)
  const values = rows.map((row) => ({
    ...placed(row),
    name: twoLines(
      `${setTitle(row.type.replaceAll("_", "-").replaceAll("|", "/"))} (${Math.round(row.answers / row.seeds)})`,
    ),
    text: percent(row.refused ?? 0).replace(" %", ""),
  }))
  const x = amountAxis(rows, { scale: { type: "band" } })
  const y = {
    field: "name",
    type: "nominal",
    sort: [...new Set(values.map((row) => row.name))],
    axis: { title: null, ...LINES, labelLineHeight: 10.5, labelFontSize: 9, ticks: false, domain: false },
  }
  return {
    width: { step: 28 },
    height: { step: 25 },
    data: { values },
    encoding: { x, y },
    layer: [
      {
        mark: { type: "rect", stroke: "white" },
        encoding: {
          color: {
            field: "refused",
            type: "quantitative",
            scale: { domain: [0, 1], range: ["#F7F7F7", COLOURS.orange] },
            legend: {
              title: "share refused, in % (number of prompts)",
              labelExpr: "100 * datum.value",
              values: [0, 0.5, 1],
              orient: "bottom",
              gradientLength: 180,
              titleLimit: 320,
            },
          },
        },
      },
      { mark: { type: "text", fontSize: 9.5 }, encoding: { text: { field: "text" }, color: { value: COLOURS.ink } } },
    ],
  }
}
