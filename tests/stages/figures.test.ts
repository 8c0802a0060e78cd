import { createCanvas, loadImage } from "@napi-rs/canvas"
import { describe, expect, it } from "vitest"
import { PNG_SCALE } from "../../kit/lib/vega.ts"
import { figHarm } from "../../stages/figures.ts"
import { HarmBySet } from "../../stages/results.ts"
import { analysed, drawn } from "./support/outputs.ts"
import { failStage, temporaryFolder, textInput } from "./support/run-stage.ts"
import { SUBJECT } from "./support/small-run.ts"

const NAMES = ["figOne", "figHarm", "figModeration", "figHelpful", "figExaggerated", "figBenchmarks"] as const
const inputs = analysed()

/** The texts of an SVG, entities resolved. */
const textsOf = (svg: string): ReadonlyArray<string> =>
  [...svg.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g)].map(([, text]) =>
    (text as string).replaceAll("&#39;", "'").replaceAll("&gt;", ">"),
  )

describe.each(NAMES)("%s", (name) => {
  it("names model and profile and is set in the shipped font alone", async () => {
    const { svg } = await drawn(name, await inputs)
    expect(textsOf(svg)).toContain("Toy-1M, profile tiny")
    expect(new Set([...svg.matchAll(/font-family="([^"]+)"/g)].map(([, family]) => family))).toEqual(
      new Set(["DejaVu Sans"]),
    )
  })

  it("is a PNG of twice the size that shows something, the same bytes each time", async () => {
    const [one, other] = [await drawn(name, await inputs), await drawn(name, await inputs)]
    expect(one.svg).toBe(other.svg)
    expect(Buffer.from(one.png).equals(Buffer.from(other.png))).toBe(true)
    const image = await loadImage(Buffer.from(one.png))
    const [, width] = one.svg.match(/ width="([\d.]+)"/) ?? []
    expect(image.width).toBe(Math.ceil(PNG_SCALE * Number(width)))
    const context = createCanvas(image.width, image.height).getContext("2d")
    context.drawImage(image, 0, 0)
    const pixels = context.getImageData(0, 0, image.width, image.height).data
    let dark = 0
    for (let at = 0; at < pixels.length; at += 4) if ((pixels[at] as number) < 100) dark++
    expect(dark / (pixels.length / 4)).toBeGreaterThan(0.005)
  })

  it("says so when nothing was measured", async () => {
    const nothing = await analysed(() => false, { rewardReport: undefined })
    expect(textsOf((await drawn(name, nothing)).svg)).toContain("not measured in this run")
  })
})

describe("what figures show", () => {
  it("a panel for each set of unsafe prompts, in the order in which they were asked", async () => {
    const texts = textsOf((await drawn("figHarm", await inputs)).svg)
    expect(texts.filter((text) => /^(Odd|Look|Plain)/.test(text))).toEqual([
      "Odd requests",
      "Look alikes, unsafe prompts",
    ])
  })

  it("how good the harm score is, in lines no wider than the panels", async () => {
    const texts = textsOf((await drawn("figHarm", await inputs)).svg)
    expect(texts.join(" ")).toContain("On 20 held-out pairs the reward model has: mean squared error 0.50")
    expect(texts.join(" ")).toContain("being a refusal correlate by −0.")
    for (const text of texts) expect(text.length).toBeLessThan(115)
  })

  it("amounts with shares, the untuned model, and a mark of shares outside the paper's range", async () => {
    const texts = textsOf((await drawn("figHarm", await inputs)).svg)
    for (const label of ["un-", "tuned", "0%", "5", "5%", "40", "40%", "untuned model", "outside it (extra)"])
      expect(texts).toContain(label)
    const paperOnly = await analysed((labels) => labels.safety !== 40 && labels.model === undefined)
    const fewer = textsOf((await drawn("figHarm", paperOnly)).svg)
    expect(fewer).not.toContain("outside it (extra)")
    expect(fewer).not.toContain("untuned model")
  })

  it("the three models of the paper's Figure 1, with the values of this run", async () => {
    const texts = textsOf((await drawn("figOne", await inputs)).svg)
    // harmful at 0: all five scored answers; at 5: one of six. Exaggerated at 5: one of four; at 40: all.
    for (const label of ["0 (0 %)", "5 (5 %)", "40 (40 %*)", "17 %", "25 %"]) expect(texts).toContain(label)
    expect(texts.filter((text) => text === "100 %").length).toBeGreaterThan(2)
  })
})

it("says what to do when the fonts are missing", async () => {
  const { harm } = await inputs
  const error = await failStage(figHarm, { params: SUBJECT, inputs: { harm }, root: temporaryFolder() })
  expect(error.message).toContain("fig-harm")
  expect(error.remedy).toContain("make setup")
})

it("draws rows whose mean is missing as a gap, not as 0", async () => {
  const rows = [0, 5].map((safety) => ({
    ...{
      set: "odd",
      unsafe: true,
      model: "tuned",
      safety,
      share: safety,
      range: "paper",
      seeds: 1,
      prompts: 1,
      missing: 1,
    },
    ...(safety === 0
      ? { mean: 2, standardError: 0.1, low: 1.9, high: 2.1 }
      : { mean: null, standardError: null, low: null, high: null }),
    ...{ seedDeviation: null, harmfulShare: null },
  }))
  const harm = textInput(HarmBySet, rows.map((row) => JSON.stringify(row)).join("\n"))
  const { spec } = await drawn("figHarm", { harm })
  expect((spec as { data: { values: ReadonlyArray<unknown> } }).data.values).toHaveLength(1)
})
