/**
 * Pictures from Vega-Lite specifications: SVG and PNG, the same bytes each time. Text is measured and drawn with the shipped
 * fonts only; those of the machine are never looked at.
 */
import { Resvg } from "@resvg/resvg-js"
import * as vega from "vega"
import * as vegaLite from "vega-lite"
import { SANS, sansFiles } from "./fonts.ts"
import { type Advance, readAdvances } from "./truetype.ts"

/** Pixels of the PNG for each pixel of the SVG. */
export const PNG_SCALE = 2

/** A drawn figure. */
export interface Picture {
  readonly svg: string
  readonly png: Uint8Array
}

/**
 * Draws a specification. Rejects with Vega's message when it can't be compiled or drawn, or when a font is missing.
 * Pictures are drawn one after another: Vega keeps its way of measuring text and its counter of identifiers globally.
 */
export const draw = (spec: vegaLite.TopLevelSpec, root: string): Promise<Picture> => {
  const picture = previous.then(async () => {
    const svg = await toSvg(spec, root)
    return { svg, png: toPng(svg, root) }
  })
  previous = picture.catch(() => undefined)
  return picture
}

let previous: Promise<unknown> = Promise.resolve()

/** Parts of Vega that its types leave out. */
interface VegaGlobals {
  readonly textMetrics: { width: TextWidth }
  readonly resetSVGDefIds: () => void
}

const toSvg = async (spec: vegaLite.TopLevelSpec, root: string): Promise<string> => {
  const compiled = vegaLite.compile(spec, { config: { font: SANS }, logger: strictLogger() }).spec
  const { textMetrics, resetSVGDefIds } = vega as unknown as VegaGlobals
  const own = textMetrics.width
  textMetrics.width = glyphWidths(root)
  resetSVGDefIds()
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger: strictLogger() })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
    textMetrics.width = own
  }
}

interface TextItem {
  readonly fontSize?: number
  readonly fontWeight?: string | number
  readonly limit?: number
}
type TextWidth = (item: TextItem, text: unknown) => number

const glyphWidths = (root: string): TextWidth => {
  const files = sansFiles(root)
  const [regular, bold]: [Advance, Advance] = [readAdvances(files.regular), readAdvances(files.bold)]
  return (item, text) => {
    if (text === null || text === undefined) return 0
    const isBold = item.fontWeight === "bold" || Number(item.fontWeight) >= 600
    return (isBold ? bold : regular)(String(text)) * (item.fontSize ?? 11)
  }
}

/** A warning of Vega is a figure that does not show what was meant: it fails. */
const strictLogger = (): vega.LoggerInterface => {
  const fail = (...parts: ReadonlyArray<unknown>): never => {
    throw new TypeError(parts.map(String).join(" "))
  }
  const logger: vega.LoggerInterface = {
    level: ((level?: number) => (level === undefined ? vega.Warn : logger)) as vega.LoggerInterface["level"],
    error: fail,
    warn: fail,
    info: () => logger,
    debug: () => logger,
  }
  return logger
}

const toPng = (svg: string, root: string): Uint8Array => {
  const files = sansFiles(root)
  const renderer = new Resvg(svg, {
    fitTo: { mode: "zoom", value: PNG_SCALE },
    background: "white",
    font: { loadSystemFonts: false, fontFiles: [files.regular, files.bold], defaultFontFamily: SANS },
  })
  return new Uint8Array(renderer.render().asPng())
}
