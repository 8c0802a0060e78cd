/** A panel of lines by number of safety examples: what fig-harm and fig-benchmarks repeat for each set or task. */
import {
  amountAxis,
  amountLabels,
  COLOURS,
  type FigureBody,
  modelColour,
  NOTHING,
  type Placed,
  placed,
  rangeShape,
} from "./theme.ts"

/** A row that a panel draws: `value` with its interval. */
export interface LineRow extends Placed {
  readonly panel: string
  readonly model: "tuned" | "untuned"
  readonly value: number
  readonly low: number
  readonly high: number
}

/** How the panels look. */
export interface PanelOptions {
  readonly y: FigureBody
  readonly height: number
  /** Whether the axis gives shares below the numbers of examples; without them panels can be narrower. */
  readonly shares: boolean
  /** Lines under the data, such as what guessing gives. */
  readonly under?: ReadonlyArray<FigureBody>
}

/** Pixels: the width of a figure, the gap between its panels, and the room for a label with a share and without one. */
const [FIGURE_WIDTH, COLUMN_GAP, SHARE_WIDTH, AMOUNT_WIDTH] = [600, 22, 29, 22]

/** One panel for each distinct `panel`, in the order of the rows, with one scale for all. */
export const linePanels = <Row extends LineRow>(rows: ReadonlyArray<Row>, options: PanelOptions): FigureBody => {
  if (rows.length === 0) return NOTHING
  const x = amountAxis(rows, { shares: options.shares })
  const y = { field: "value", type: "quantitative", ...options.y }
  const labels = (options.shares ? SHARE_WIDTH : AMOUNT_WIDTH) * amountLabels(rows).length
  const columns = Math.max(1, Math.min(3, Math.floor(FIGURE_WIDTH / labels)))
  const panels = [...new Set(rows.map((row) => row.panel))]
  return {
    data: { values: rows.map(placed) },
    facet: { field: "panel", type: "nominal", sort: panels, header: { title: null } },
    columns,
    // A shared axis would be drawn in the last row for a panel that isn't there too.
    ...(panels.length % columns === 0 ? {} : { resolve: { axis: { x: "independent" } } }),
    spacing: { row: 18, column: COLUMN_GAP },
    spec: {
      width: Math.max(labels, Math.floor(FIGURE_WIDTH / columns) - COLUMN_GAP),
      height: options.height,
      layer: [
        ...(options.under ?? []),
        {
          mark: { type: "rule", strokeWidth: 1.3 },
          encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color: modelColour },
        },
        {
          transform: [{ filter: "datum.model === 'tuned'" }],
          mark: { type: "line", strokeWidth: 1.5, color: COLOURS.blue },
          encoding: { x, y },
        },
        {
          mark: { type: "point", size: 42, fill: "white", strokeWidth: 1.5, opacity: 1 },
          encoding: { x, y, shape: rangeShape(rows), stroke: modelColour },
        },
      ],
    },
  }
}
