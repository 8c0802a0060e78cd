/**
 * What all figures share: type, palette, titles that name model and profile, and the axis of safety examples. Colours are of
 * Okabe and Ito's palette, which people with any kind of colour vision can tell apart; shapes repeat what colours say.
 */
import type { TopLevelSpec } from "vega-lite"
import { SANS } from "../../kit/lib/fonts.ts"
import { shareText } from "../analysis/wording.ts"

export const COLOURS = {
  blue: "#0072B2",
  orange: "#D55E00",
  green: "#009E73",
  grey: "#6B6B6B",
  ink: "#222222",
} as const

/** What a figure is of. */
export interface FigureSubject {
  readonly profile: string
  readonly model: string
}

/** A part of a specification: what can stand beside `title` and `config` at its top. */
export type FigureBody = Readonly<Record<string, unknown>>

/** A whole specification: title, a subtitle that names model and profile, and notes below it. */
export const figure = (
  title: string,
  subject: FigureSubject,
  notes: ReadonlyArray<string>,
  body: FigureBody,
): TopLevelSpec =>
  ({
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    title: { text: title, subtitle: [`${subject.model}, profile ${subject.profile}`, ...notes] },
    padding: 8,
    ...body,
    config: CONFIG,
  }) as unknown as TopLevelSpec

/** What stands where nothing was measured. */
export const NOTHING: FigureBody = {
  width: 300,
  height: 40,
  data: { values: [{}] },
  mark: { type: "text", color: COLOURS.grey, fontSize: 11 },
  encoding: { text: { value: "not measured in this run" } },
}

const CONFIG = {
  font: SANS,
  background: "white",
  view: { stroke: null },
  title: {
    anchor: "start",
    fontSize: 13,
    color: COLOURS.ink,
    subtitleFontSize: 10,
    subtitleColor: "#444444",
    subtitleLineHeight: 14,
    subtitlePadding: 5,
    offset: 14,
  },
  axis: {
    labelFontSize: 9.5,
    titleFontSize: 10,
    titleFontWeight: "normal",
    labelColor: COLOURS.ink,
    titleColor: COLOURS.ink,
    gridColor: "#E6E6E6",
    domainColor: "#888888",
    tickColor: "#888888",
    titlePadding: 8,
  },
  header: { labelFontSize: 10.5, labelFontWeight: "bold", labelColor: COLOURS.ink, titleFontSize: 10 },
  legend: {
    titleFontWeight: "normal",
    labelFontSize: 10,
    titleFontSize: 10,
    labelColor: COLOURS.ink,
    labelLimit: 320,
    symbolSize: 55,
  },
} as const

/** A point of the grid, as the figures place it. */
export interface Placed {
  readonly safety: number | null
  readonly share: number | null
  readonly range: "paper" | "extra" | "untuned"
}

/** The axis label of a model: examples over share. A bar stands where a new line begins, see `LINES`. */
const amountLabel = (row: Placed): string =>
  row.safety === null ? "un-|tuned" : `${row.safety}|${shareText(row.share ?? 0).replace(" ", "")}`

/** An axis label of several lines. */
export const LINES = { labelExpr: "split(datum.label, '|')", labelAngle: 0, labelLineHeight: 11.5 } as const

/** Labels in the order of the axis: the untuned model first. */
export const amountLabels = (rows: ReadonlyArray<Placed>): ReadonlyArray<string> => [
  ...new Set([...rows].sort((a, b) => (a.safety ?? -1) - (b.safety ?? -1)).map(amountLabel)),
]

/** What of an axis differs between figures. */
interface AmountAxisOptions {
  /** Whether shares stand below the numbers of examples. */
  readonly shares?: boolean
  readonly scale?: FigureBody
}

/** The x channel of figures by number of safety examples; rows need a field `amount`. */
export const amountAxis = (rows: ReadonlyArray<Placed>, options: AmountAxisOptions = {}): FigureBody => ({
  field: "amount",
  type: "ordinal",
  sort: amountLabels(rows),
  scale: options.scale ?? { type: "point", padding: 0.6 },
  axis: {
    ...LINES,
    ...(options.shares === false
      ? {
          title: "safety examples",
          labelExpr: `test(/^[0-9]/, datum.label) ? split(datum.label, '|')[0] : ${LINES.labelExpr}`,
        }
      : { title: "safety examples (% of general)" }),
    labelFontSize: 9,
    grid: false,
  },
})

/** An axis of fractions in per cent, from none to all. */
export const PERCENT_AXIS = { labelExpr: "format(100 * datum.value, '.0f') + ' %'", tickCount: 5 } as const

const RANGES = {
  untuned: { label: "untuned model", shape: "square" },
  paper: { label: "within the paper's range (0 or 0.5–10 %)", shape: "circle" },
  extra: { label: "outside it (extra)", shape: "diamond" },
} as const

const rangesOf = (rows: ReadonlyArray<Placed>) =>
  (["paper", "extra", "untuned"] as const)
    .filter((range) => rows.some((row) => row.range === range))
    .map((range) => RANGES[range])

/** The shape channel: circles within the paper's range, diamonds outside it, a square untuned; needs a field `rangeLabel`. */
export const rangeShape = (rows: ReadonlyArray<Placed>): FigureBody => {
  const ranges = rangesOf(rows)
  return {
    field: "rangeLabel",
    type: "nominal",
    scale: { domain: ranges.map((range) => range.label), range: ranges.map((range) => range.shape) },
    legend: {
      title: null,
      orient: "bottom",
      direction: "horizontal",
      encode: {
        symbols: { update: { stroke: { value: COLOURS.ink }, fill: { value: "white" }, strokeWidth: { value: 1.4 } } },
      },
    },
  }
}

/** The colour channel that sets the untuned model apart. The value without a condition is the one that legends show. */
export const modelColour: FigureBody = {
  condition: { test: "datum.model === 'tuned'", value: COLOURS.blue },
  value: COLOURS.grey,
}

/** The fields that axis and shape need, added to a row. */
export const placed = <Row extends Placed>(row: Row) => ({
  ...row,
  amount: amountLabel(row),
  rangeLabel: RANGES[row.range].label,
})

/** A horizontal dashed line at a field's value where the filter holds, named in the legend. */
export const referenceLine = (field: string, name: string, filter: string): FigureBody => ({
  transform: [{ filter }],
  mark: { type: "rule", color: COLOURS.grey },
  encoding: {
    y: { field, type: "quantitative" },
    strokeDash: {
      datum: name,
      type: "nominal",
      scale: { domain: [name], range: [[4, 3]] },
      legend: { title: null, orient: "bottom", symbolType: "stroke", symbolSize: 250 },
    },
  },
})
