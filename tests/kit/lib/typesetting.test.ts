import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { createCanvas, GlobalFonts } from "@napi-rs/canvas"
import { afterAll, describe, expect, it } from "vitest"
import type { StageError } from "../../../kit/errors.ts"
import { sansFiles } from "../../../kit/lib/fonts.ts"
import { readAdvances } from "../../../kit/lib/truetype.ts"
import { compilePdf } from "../../../kit/lib/typst.ts"
import { draw } from "../../../kit/lib/vega.ts"

const ROOT = path.resolve(import.meta.dirname, "../../..")
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "typesetting-test-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

describe("widths of text", () => {
  it("are those of a real text engine with the same font", () => {
    GlobalFonts.registerFromPath(sansFiles(ROOT).regular, "Measured")
    const context = createCanvas(10, 10).getContext("2d")
    context.font = "100px Measured"
    context.fontKerning = "none"
    const advance = readAdvances(sansFiles(ROOT).regular)
    for (const text of ["iiii", "WWWW", "0.5–10 % (extra)", "ünïcode λ − ≥"]) {
      expect(100 * advance(text)).toBeCloseTo(context.measureText(text).width, 0)
    }
  })

  it("are refused for what is no font", () => {
    expect(() => readAdvances(path.join(ROOT, "package.json"))).toThrow("package.json is no TrueType font")
  })
})

describe("pictures", () => {
  const spec = {
    data: { values: [{ a: "x", b: 1 }] },
    mark: "bar",
    encoding: { x: { field: "a", type: "nominal" }, y: { field: "b", type: "quantitative" } },
  }

  it("have the same bytes each time, and text in the PNG without the system's fonts", async () => {
    const [one, other] = [await draw(spec as never, ROOT), await draw(spec as never, ROOT)]
    expect(one.svg).toBe(other.svg)
    expect(Buffer.from(one.png).equals(Buffer.from(other.png))).toBe(true)
    const blank = await draw({ ...spec, config: { axis: { labels: false, title: null } } } as never, ROOT)
    expect(one.png.length).toBeGreaterThan(blank.png.length)
  })

  it("do not disturb each other when they are drawn at once", async () => {
    const encoding = { ...spec.encoding, color: { field: "b", type: "quantitative" } }
    const gradient = { ...spec, encoding } as never
    const alone = await draw(gradient, ROOT)
    const together = await Promise.all([draw(gradient, ROOT), draw(spec as never, ROOT), draw(gradient, ROOT)])
    expect(alone.svg).toContain("linearGradient")
    expect(together[0].svg).toBe(alone.svg)
    expect(together[2].svg).toBe(alone.svg)
  })

  it("fail on a warning instead of showing something else than was meant", async () => {
    await expect(
      draw({ ...spec, encoding: { x: { field: "a", type: "nominal" }, radius3: {} } } as never, ROOT),
    ).rejects.toThrow()
  })
})

describe("Typst", () => {
  const compile = (files: Record<string, string>) => {
    const scratch = fs.mkdtempSync(path.join(folder, "typst-"))
    return compilePdf({ main: "main.typ", files }, { scratch, root: ROOT, source: "paper" })
  }
  const failure = (files: Record<string, string>): StageError => {
    try {
      compile(files)
    } catch (error) {
      return error as StageError
    }
    throw new Error("it compiled")
  }

  it("names file, line and column of a mistake, in an included file too", () => {
    const error = failure({ "main.typ": '#include "part.typ"', "part.typ": '= A\n\n#(1 + "a")' })
    expect(error.where).toBe("paper/part.typ:3:3")
    expect(error.message).toContain("cannot add integer and string")
  })

  it("fails on a font that is not there", () => {
    expect(failure({ "main.typ": '#set text(font: "No Such Font")\nhello' }).message).toContain("unknown font family")
  })

  it("gives the same bytes from different folders", () => {
    const [one, other] = [compile({ "main.typ": "= Hello\nWorld" }), compile({ "main.typ": "= Hello\nWorld" })]
    expect(one.pages).toBe(1)
    expect(Buffer.from(one.bytes).equals(Buffer.from(other.bytes))).toBe(true)
  })
})
