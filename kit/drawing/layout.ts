/** Where the boxes and arrows of a drawing lie: layers from left to right, by dagre. */
import { layout as arrange, Graph } from "@dagrejs/dagre"
import type { Advance } from "../lib/truetype.ts"
import type { Arrow, Box, Drawing } from "./drawing.ts"

export interface Point {
  readonly x: number
  readonly y: number
}

/** A box with its centre and size, in pixels. */
export interface PlacedBox extends Point {
  readonly box: Box
  readonly width: number
  readonly height: number
}

export interface PlacedArrow {
  readonly arrow: Arrow
  readonly points: ReadonlyArray<Point>
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly boxes: ReadonlyArray<PlacedBox>
  readonly arrows: ReadonlyArray<PlacedArrow>
}

/** Font sizes of a box's first and second line. */
export const TITLE_SIZE = 13
export const DETAIL_SIZE = 11

const PADDING = 12
const LOWEST = 34
const TALLEST = 48

/** A box's second line: how many nodes, on which axes. */
export const detailOf = ({ count, axes }: Box): string =>
  count === 1 ? "" : `× ${count}${axes === "" ? "" : ` by ${axes}`}`

/** Places everything; `bold` and `regular` measure the two lines of a box. */
export const layout = (drawing: Drawing, bold: Advance, regular: Advance): Layout => {
  const graph = new Graph()
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 64, edgesep: 10 })
  for (const box of drawing.boxes) {
    const detail = detailOf(box)
    const width = Math.max(bold(box.title) * TITLE_SIZE, regular(detail) * DETAIL_SIZE)
    graph.setNode(box.id, { width: Math.ceil(width + 2 * PADDING), height: detail === "" ? LOWEST : TALLEST })
  }
  for (const { from, to } of drawing.arrows) graph.setEdge(from, to, {})
  arrange(graph)
  const boxes = drawing.boxes.map((box) => ({ box, ...(graph.node(box.id) as Omit<PlacedBox, "box">) }))
  const arrows = drawing.arrows.map((arrow) => ({
    arrow,
    points: (graph.edge(arrow.from, arrow.to) as { readonly points: ReadonlyArray<Point> }).points,
  }))
  return within(boxes, arrows)
}

/** Space around everything. */
const MARGIN = 20

/** Moves all so that nothing lies outside the picture: arrows may bend beyond the boxes. */
const within = (boxes: ReadonlyArray<PlacedBox>, arrows: ReadonlyArray<PlacedArrow>): Layout => {
  const points = arrows.flatMap((arrow) => arrow.points)
  const xs = [...boxes.flatMap(({ x, width }) => [x - width / 2, x + width / 2]), ...points.map(({ x }) => x)]
  const ys = [...boxes.flatMap(({ y, height }) => [y - height / 2, y + height / 2]), ...points.map(({ y }) => y)]
  const [left, right, top, bottom] = [
    smallest(xs),
    -smallest(xs.map((x) => -x)),
    smallest(ys),
    -smallest(ys.map((y) => -y)),
  ]
  const move = ({ x, y }: Point): Point => ({ x: x - left + MARGIN, y: y - top + MARGIN })
  return {
    width: right - left + 2 * MARGIN,
    height: bottom - top + 2 * MARGIN,
    boxes: boxes.map((box) => ({ ...box, ...move(box) })),
    arrows: arrows.map(({ arrow, points: bends }) => ({ arrow, points: bends.map(move) })),
  }
}

const smallest = (numbers: ReadonlyArray<number>): number =>
  numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
