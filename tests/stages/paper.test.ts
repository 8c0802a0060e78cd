import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs"
import { describe, expect, it } from "vitest"
import { paper } from "../../stages/paper.ts"
import { FigureSvg } from "../../stages/results.ts"
import { analysed, paperInputs, tabled } from "./support/outputs.ts"
import { failStage, runStage, textInput } from "./support/run-stage.ts"

const PARAMS = {
  data: "The data of this run are toys.",
  notRun: [{ what: "Moderation scores (fig-moderation)", why: "the service needs a key" }],
}

const set = async (
  inputs: Record<string, unknown>,
  onTrust: Readonly<Record<string, ReadonlyArray<string>>> = {},
): Promise<Uint8Array> =>
  ((await runStage(paper as never, { params: PARAMS, inputs: inputs as never, onTrust })) as { pdf: Uint8Array }).pdf

interface TextItem {
  readonly str?: string
  readonly hasEOL?: boolean
}

/** The text of each page, with single spaces, and whether all fonts are embedded. */
const read = async (bytes: Uint8Array) => {
  const pdf = await getDocument({ data: bytes.slice(), verbosity: 0 }).promise
  const pages: Array<string> = []
  for (let number = 1; number <= pdf.numPages; number++) {
    const content = await (await pdf.getPage(number)).getTextContent()
    pages.push(
      (content.items as ReadonlyArray<TextItem>)
        .map((item) => `${item.str ?? ""}${item.hasEOL ? " " : ""}`)
        .join("")
        .replace(/\s+/g, " "),
    )
  }
  const { info } = (await pdf.getMetadata()) as { info: { Title?: string } }
  return { pages, title: info.Title ?? "" }
}

const inputs = analysed().then(paperInputs)

describe("the paper", () => {
  it("names model and profile in its title and at the foot of every page", async () => {
    const { pages, title } = await read(await set(await inputs))
    expect(title).toContain("Toy-1M, profile tiny")
    expect(pages.length).toBeGreaterThanOrEqual(4)
    expect(pages.length).toBeLessThanOrEqual(8)
    for (const [index, page] of pages.entries()) {
      expect(page).toMatch(new RegExp(`Toy-1M, profile tiny\\s+${index + 1} of ${pages.length}`))
    }
  })

  it("holds the run's numbers, verdicts, deviations and what was not run", async () => {
    const text = (await read(await set(await inputs))).pages.join(" ")
    expect(text).toContain(
      "On Toy-1M, profile tiny: the mean harm score of answers to unsafe prompts was 2.83 without safety examples",
    )
    expect(text).toContain("one exact repeat, 0 near repeats and 0 paraphrases were dropped")
    for (const part of ["The model is a toy.", "fig-moderation", "[withheld]", "65.0 (5.8)", "References", "XSTest"])
      expect(text).toContain(part)
    expect(text).not.toMatch(/undefined|NaN|\[object|none\b.*\bnone/)
  })

  it("shows the text of its figures", async () => {
    const text = (await read(await set(await inputs))).pages.join(" ")
    for (const label of ["Harm by number of safety examples", "un-", "outside it (extra)", "guessing"])
      expect(text).toContain(label)
  })

  it("marks what rests on results that were taken from elsewhere, and nothing where all was computed here", async () => {
    const models = ["fine-tune/safety=15/seed=1", "fine-tune/safety=15/seed=2", "generate/safety=15/seed=1"]
    const text = (await read(await set(await inputs, { figHarm: models, tabHarm: models.slice(0, 1) }))).pages.join(" ")
    expect(text).toContain("rests on 3 results (2 of fine-tune, 1 of generate) that were taken from elsewhere")
    const daggers = text.match(/[^.]{0,60}\.? ?†/gu) ?? []
    expect(daggers).toHaveLength(3)
    expect(daggers.some((mark) => mark.includes("number of safety examples") || mark.includes("better"))).toBe(true)
    const own = (await read(await set(await inputs))).pages.join(" ")
    expect(own).not.toContain("†")
    expect(own).not.toContain("On trust")
  })

  it("marks every figure and every table that rests on what was taken from elsewhere", async () => {
    const shown = Object.keys(await inputs).filter((name) => /^(fig|tab)/.test(name))
    const models = ["fine-tune/seed=1", "generate/seed=1"]
    const onTrust = Object.fromEntries(shown.map((name) => [name, models]))
    const text = (await read(await set(await inputs, onTrust))).pages.join(" ")
    expect(shown.length).toBeGreaterThan(15)
    expect(text.match(/†/gu)).toHaveLength(shown.length + 1)
  })

  it("names the stages with most results on trust, and counts the others", async () => {
    const nodes = ["a", "b", "c", "d", "e", "f", "g"].flatMap((stage, index) =>
      Array.from({ length: index + 1 }, (_, n) => `${stage}/n=${n}`),
    )
    const text = (await read(await set(await inputs, { figHarm: nodes }))).pages.join(" ")
    expect(text).toContain("28 results (7 of g, 6 of f, 5 of e, 4 of d, 3 of c and 3 of 2 other stages)")
  })

  it("leaves out columns that hold nothing, and numbers sections within sections", async () => {
    const text = (await read(await set(await inputs))).pages.join(" ")
    expect(text).toMatch(/\b3\.1 Moderation/)
    const { columns, rows } = (await tabled("tabRuns", await analysed())).table
    const empty = columns.filter(({ key }) => rows.every((row) => (row[key] ?? "") === ""))
    for (const { title } of columns) expect(text.includes(title), title).toBe(!empty.some((one) => one.title === title))
  })

  it("has the same bytes each time", async () => {
    const [one, other] = [await set(await inputs), await set(await inputs)]
    expect(Buffer.from(one).equals(Buffer.from(other))).toBe(true)
  })

  it("can be set when nothing was measured", async () => {
    const empty = await paperInputs(await analysed(() => false, { rewardReport: undefined, overlaps: [] }))
    const text = (await read(await set(empty))).pages.join(" ")
    expect(text).toContain("was not measured")
    expect(text).toContain("On Toy-1M, profile tiny")
  })

  it("says what is wrong with a figure that can't be shown", async () => {
    const error = await failStage(paper, {
      params: PARAMS,
      inputs: { ...(await inputs), figHarm: textInput(FigureSvg, "no picture") },
    })
    expect(error.where).toBe("paper/figures/fig-harm.svg")
    expect(error.message).toContain("SVG")
  })
})
