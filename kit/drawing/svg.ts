/** A drawing as SVG: self-contained, in the project's font, readable on white and on paper. */
import { SANS, sansFiles } from "../lib/fonts.ts"
import { readAdvances } from "../lib/truetype.ts"
import type { BoxKind, Drawing } from "./drawing.ts"
import { DETAIL_SIZE, detailOf, layout, type PlacedArrow, type PlacedBox, type Point, TITLE_SIZE } from "./layout.ts"

const FILL: Readonly<Record<BoxKind, string>> = { source: "#e8f0f7", here: "#ffffff", worker: "#fdf1dc" }
const STROKE: Readonly<Record<BoxKind, string>> = { source: "#5b7f9f", here: "#8a8f94", worker: "#c48a2a" }
const RESULT = "#2b7a4b"
const INK = "#1c2b36"
const FAINT = "#5c6770"
const ARROW = "#9aa3aa"

const LEGEND_HEIGHT = 34
const TITLE_HEIGHT = 30

const escaped = (text: string): string =>
  text
    .replace(/[^\P{Cc}\n]/gu, "�")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")

const round = (value: number): number => Math.round(value * 10) / 10

/** The SVG's text; `root` is the project's, for its font. */
export const svgOf = (drawing: Drawing, root: string): string => {
  const files = sansFiles(root)
  const [bold, regular] = [readAdvances(files.bold), readAdvances(files.regular)]
  const placed = layout(drawing, bold, regular)
  const legend = legendOf(regular)
  const heading = headingOf(drawing)
  const width = Math.ceil(Math.max(placed.width, legend.width, regular(heading) * TITLE_SIZE + 40))
  const height = Math.ceil(placed.height + TITLE_HEIGHT + LEGEND_HEIGHT)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="'${SANS}', Verdana, sans-serif" fill="${INK}">
<title>${escaped(heading)}</title>
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0.5 8 4 0 7.5z" fill="${ARROW}"/></marker></defs>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<text x="20" y="24" font-size="${TITLE_SIZE}" fill="${FAINT}">${escaped(heading)}</text>
<g transform="translate(0 ${TITLE_HEIGHT})">
${[...placed.arrows.map(arrowOf), ...placed.boxes.map(boxOf)].join("\n")}
</g>
<g transform="translate(0 ${height - LEGEND_HEIGHT})" font-size="${DETAIL_SIZE}">${legend.svg}</g>
</svg>`
}

const headingOf = ({ pipeline, profile, nodes }: Drawing): string =>
  `${pipeline}, profile ${profile}: ${nodes} ${nodes === 1 ? "node" : "nodes"}`

const boxOf = ({ box, x, y, width, height }: PlacedBox): string => {
  const detail = detailOf(box)
  const stroke = box.result ? `stroke="${RESULT}" stroke-width="2.5"` : `stroke="${STROKE[box.kind]}"`
  const lines =
    detail === ""
      ? `<text text-anchor="middle" x="${round(x)}" y="${round(y + TITLE_SIZE * 0.36)}" font-size="${TITLE_SIZE}" font-weight="bold">${escaped(box.title)}</text>`
      : `<text text-anchor="middle" x="${round(x)}" y="${round(y - 4)}" font-size="${TITLE_SIZE}" font-weight="bold">${escaped(box.title)}</text><text text-anchor="middle" x="${round(x)}" y="${round(y + 13)}" font-size="${DETAIL_SIZE}" fill="${FAINT}">${escaped(detail)}</text>`
  const tip = `${box.title}${detail === "" ? "" : ` ${detail}`}${box.recurs ? ", some read from others of them" : ""}`
  return `<g><title>${escaped(tip)}</title><rect x="${round(x - width / 2)}" y="${round(y - height / 2)}" width="${width}" height="${height}" rx="${box.kind === "source" ? height / 2 : 5}" fill="${FILL[box.kind]}" ${stroke}/>${lines}</g>`
}

const arrowOf = ({ arrow, points }: PlacedArrow): string => {
  const tip = `${arrow.types.join(", ")}${arrow.wires > 1 ? ` (${arrow.wires})` : ""}`
  const width = arrow.wires > 1 ? 1.8 : 1.1
  return `<path d="${smooth(points)}" fill="none" stroke="${ARROW}" stroke-width="${width}" marker-end="url(#tip)"><title>${escaped(tip)}</title></path>`
}

/** A curve from the first point to the last that bends at those between: quadratic pieces that meet at the middles. */
const smooth = (points: ReadonlyArray<Point>): string => {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (first === undefined || last === undefined) return ""
  const at = ({ x, y }: Point): string => `${round(x)} ${round(y)}`
  const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })
  const bends = rest.slice(0, -1).map((point, index) => `Q${at(point)} ${at(middle(point, rest[index + 1] as Point))}`)
  return `M${at(first)} ${bends.join(" ")} L${at(last)}`
}

const LEGEND: ReadonlyArray<readonly [text: string, fill: string, stroke: string, round: boolean]> = [
  ["source", FILL.source, STROKE.source, true],
  ["computed in the kit", FILL.here, STROKE.here, false],
  ["task of the worker", FILL.worker, STROKE.worker, false],
  ["result", "#ffffff", RESULT, false],
]

const legendOf = (regular: (text: string) => number): { readonly svg: string; readonly width: number } => {
  let x = 20
  const items = LEGEND.map(([text, fill, stroke, rounded]) => {
    const item = `<rect x="${x}" y="4" width="22" height="14" rx="${rounded ? 7 : 3}" fill="${fill}" stroke="${stroke}" stroke-width="${stroke === RESULT ? 2.5 : 1}"/><text x="${x + 28}" y="15" fill="${FAINT}">${text}</text>`
    x += Math.ceil(28 + regular(text) * DETAIL_SIZE + 22)
    return item
  })
  return { svg: items.join(""), width: x }
}
