/**
 * Widths of text from a TrueType file, so that a picture is laid out with the glyphs that it is drawn with. Reads the
 * four tables that hold advances and the map from characters to glyphs (OpenType 1.9); kerning is left out.
 */
import * as fs from "node:fs"

/** Width of a text, in units of the font size: 1.0 is as wide as the font is high. */
export type Advance = (text: string) => number

/** How a file with TrueType outlines begins: version 1.0, or Apple's "true". */
const VERSIONS = new Set([0x00010000, 0x74727565])

/** Reads a font file. Throws what the file system throws, or a TypeError when it is no TrueType font. */
export const readAdvances = (file: string): Advance => {
  const bytes = fs.readFileSync(file)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12 || !VERSIONS.has(view.getUint32(0))) throw new TypeError(`${file} is no TrueType font`)
  const table = tables(view, file)
  const unitsPerEm = view.getUint16(table("head") + 18)
  const measured = view.getUint16(table("hhea") + 34)
  const [glyph, widths] = [glyphOf(view, table("cmap")), table("hmtx")]
  const width = (character: string): number =>
    view.getUint16(widths + 4 * Math.min(glyph(character.codePointAt(0) as number), measured - 1))
  return (text) => [...text].reduce((sum, character) => sum + width(character), 0) / unitsPerEm
}

/** The first four bytes of a font with TrueType outlines. */
const SCALER = 0x00010000

const tables = (view: DataView, file: string): ((tag: string) => number) => {
  if (view.byteLength < 12 || view.getUint32(0) !== SCALER) throw new TypeError(`${file} is no TrueType font`)
  const offsets = new Map<string, number>()
  for (let index = 0; index < view.getUint16(4); index++) {
    const entry = 12 + 16 * index
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(entry + byte)))
    offsets.set(tag, view.getUint32(entry + 8))
  }
  return (tag) => {
    const offset = offsets.get(tag)
    if (offset === undefined) throw new TypeError(`${file} is no TrueType font: it has no table "${tag}"`)
    return offset
  }
}

/** The glyph of a character by the Windows Unicode subtable (format 4, the Basic Multilingual Plane); 0 if it has none. */
const glyphOf = (view: DataView, cmap: number): ((code: number) => number) => {
  const subtable = windowsSubtable(view, cmap)
  const segments = view.getUint16(subtable + 6) / 2
  const ends = subtable + 14
  const starts = ends + 2 * segments + 2
  const deltas = starts + 2 * segments
  const ranges = deltas + 2 * segments
  return (code) => {
    for (let segment = 0; segment < segments; segment++) {
      if (view.getUint16(ends + 2 * segment) < code) continue
      const start = view.getUint16(starts + 2 * segment)
      if (start > code) return 0
      const delta = view.getUint16(deltas + 2 * segment)
      const place = ranges + 2 * segment
      const range = view.getUint16(place)
      if (range === 0) return (code + delta) & 0xffff
      const glyph = view.getUint16(place + range + 2 * (code - start))
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff
    }
    return 0
  }
}

const windowsSubtable = (view: DataView, cmap: number): number => {
  for (let index = 0; index < view.getUint16(cmap + 2); index++) {
    const entry = cmap + 4 + 8 * index
    const subtable = cmap + view.getUint32(entry + 4)
    const isWindowsUnicode = view.getUint16(entry) === 3 && view.getUint16(entry + 2) === 1
    if (isWindowsUnicode && view.getUint16(subtable) === 4) return subtable
  }
  throw new TypeError("the font has no Windows Unicode character map")
}
