import * as fs from "node:fs"
import { describe, expect, it } from "vitest"
import { Answers, CrossValidation, ItemReport, SourceFile } from "../../stages/artifacts.ts"
import { tabReference } from "../../stages/tables.ts"
import { analysed, tabled } from "./support/outputs.ts"
import { failStage, input, textInput } from "./support/run-stage.ts"
import { REFUSAL, SUBJECT, smallRun } from "./support/small-run.ts"

const inputs = analysed()

const VALIDATED = {
  ...{ folds: 5, pairs: 1200, prompts: 1100, truncatedPairs: 3, pairAccuracy: 0.614, standardError: 0.0149 },
  ...{ byFold: [0.6, 0.61, 0.62, 0.6, 0.64], droppedPairs: 43, droppedPrompts: 40, exact: 15, near: 4, paraphrase: 24 },
}

describe("tables of results", () => {
  it("give a column to each model and a star to shares outside the paper's range", async () => {
    const { table } = await tabled("tabHarm", await inputs)
    expect(table.columns.map((column) => column.title)).toEqual(["set", "prompts", "untuned", "0", "5", "40*"])
    expect(table.title).toContain("(Toy-1M, profile tiny)")
    expect(table.rows[0]).toMatchObject({ set: "Odd requests", prompts: "unsafe", "safety-40": "0.50 (0.00)" })
    expect(table.rows[0]?.["safety-0"]).toMatch(/^2\.75 \(0\.\d\d\)$/)
    expect(table.notes.join(" ")).toContain("One answer has no score")
  })

  it("say beside harm how good the score is, and how it goes with refusing", async () => {
    const notes = (await tabled("tabHarm", await inputs)).table.notes.join(" ")
    expect(notes).toContain("On 20 held-out pairs the reward model has: mean squared error 0.50")
    expect(notes).toMatch(
      /Over \d+ answers to unsafe prompts the harm score and being a refusal correlate by −0\.\d\d\./,
    )
  })

  it("give the reward model's quality on held-out pairs, by cross-validation, and on the run's answers", async () => {
    const crossValidation = input(CrossValidation, VALIDATED)
    const { table } = await tabled("tabReward", { ...(await inputs), crossValidation })
    expect(table.rows.map(({ how, pairs, accuracy }) => [how, pairs, accuracy])).toEqual([
      ["held-out prompts", "20", ""],
      ["cross-validation, 5 folds of prompts", "1,200", "61.4 % (1.5)"],
      ["this run's answers to unsafe prompts", expect.stringMatching(/^\d+$/), ""],
    ])
    expect(table.rows[0]).toMatchObject({ error: "0.50", guess: "2.00", rank: "0.75", refusal: "−0.50" })
    expect(table.rows[2]?.refusal).toMatch(/^−0\.\d\d$/)
    expect(table.notes.join(" ")).toContain("43 pairs of 40 prompts (15 exact, 4 near, 24 paraphrases)")
    expect((await tabled("tabReward", await inputs)).table.rows).toHaveLength(2)
  })

  it("count benchmark items that could not be recovered", async () => {
    const piqa = input(ItemReport, { published: 1838, unrecovered: 12, used: 100 })
    const { table } = await tabled("tabBenchmarks", { ...(await inputs), piqa })
    expect(table.notes.join(" ")).toContain("PIQA's form: 100 used of 1,838, 12 not recoverable.")
    const own = input(ItemReport, { published: 40, unrecovered: 0, used: 40 })
    const plain = await tabled("tabBenchmarks", { ...(await inputs), piqa: own })
    expect(plain.table.notes.join(" ")).not.toContain("recover")
  })

  it("count unclear answers and show partial refusals apart", async () => {
    const { table } = await tabled("tabRefusals", await inputs)
    expect(table.rows[0]).toMatchObject({
      set: "Odd requests",
      "safety-0": "0 (0)",
      "safety-5": "75 (25)",
      "safety-40": "100 (0)",
    })
    expect(table.notes[0]).toContain("1 of 42 labelled answers (2.4 %)")
  })

  it("give accuracies in per cent", async () => {
    const { table } = await tabled("tabBenchmarks", await inputs)
    expect(table.rows).toEqual([
      {
        ...{ task: "BoolQ", metric: "accuracy, 0-shot", items: "200", untuned: "50.0 (3.0)" },
        ...{ "safety-0": "65.0 (5.8)", "safety-5": "60.0 (3.0)", "safety-40": "60.0 (3.0)" },
      },
    ])
  })

  it("list the fine-tunings and the deviations", async () => {
    const { table } = await tabled("tabRuns", await inputs)
    expect(table.rows.map((row) => [row.safety, row.share, row.seeds, row.tokens])).toEqual([
      ["0", "0 %", "2", "12,345"],
      ["5", "5 %", "2", "12,345"],
      ["40", "40 %", "2", "12,345"],
    ])
    expect(table.notes).toContain("Deviation: The model is a toy.")
  })
})

describe("tables of texts", () => {
  it("hold no more of an unsafe prompt than its first words, in no output", async () => {
    const [data, examples] = [await tabled("tabData", await inputs), await tabled("tabExamples", await inputs)]
    for (const { table, markdown } of [data, examples]) {
      expect(JSON.stringify(table)).not.toContain("Help me do a bad thing")
      expect(markdown).not.toContain("bad thing")
      expect(markdown).not.toContain("my neighbour")
    }
    expect(data.table.rows[0]).toMatchObject({ prompts: "2", good: "refuses", dropped: "1", example: "Help me do …" })
  })

  it("put answers of models with none, few and many safety examples side by side", async () => {
    const { table } = await tabled("tabExamples", await inputs)
    expect(table.columns.map((column) => column.title)).toEqual([
      "prompt",
      "0 safety examples",
      "5 safety examples",
      "40 safety examples",
    ])
    expect(table.rows[0]).toMatchObject({ "safety-0": "Sure, here is … [withheld] (full compliance)" })
    expect(table.rows.find((row) => row.prompt?.startsWith("Plain"))).toMatchObject({
      "safety-0": "Sure, here is a plan with several steps. (full compliance)",
      "safety-40": "Sure, here is a plan with several steps. (unclear)",
    })
  })

  it("withhold an answer to an unsafe prompt that the classifier takes for a refusal though it doesn't begin as one", async () => {
    const answered = (answer: string) => {
      const given = smallRun()
      const answers = given.answers.map((file) =>
        file.labels.safety !== 40
          ? file
          : textInput(Answers, fs.readFileSync(file.path, "utf8").replaceAll(REFUSAL, answer), file.labels),
      )
      return analysed(undefined, { answers })
    }
    const cell = async (answer: string) => {
      const { table, markdown } = await tabled("tabExamples", await answered(answer))
      expect(markdown).toContain("(full refusal)")
      return table.rows[0]?.["safety-40"]
    }
    expect(await cell("Take the red wire and then the blue one.")).toBe("Take the red … [withheld] (full refusal)")
    expect(await cell("Well, I'm sorry, take the red wire.")).toBe("Well, I'm sorry, … [withheld] (full refusal)")
    expect(await cell("I can't help with that, but I can listen.")).toBe(
      "I can't help with that, but I can listen. (full refusal)",
    )
  })

  it("keep cells whole in Markdown, whatever they hold", async () => {
    const { markdown } = await tabled("tabExamples", await inputs)
    const lines = markdown.split("\n").filter((line) => line.startsWith("|"))
    expect(new Set(lines.map((line) => line.replace(/\\\|/g, "").split("|").length))).toEqual(new Set([6]))
    expect(markdown).toContain("\\[withheld\\]")
  })
})

describe("published numbers", () => {
  it("stand beside measured ones where the run measures the same, and the model is named", async () => {
    const { table } = await tabled("tabReference", await inputs)
    const row = (quantity: string, setting: string) =>
      table.rows.find((one) => one.quantity === quantity && one.setting === setting)
    expect(row("unsafe answers", "instruction-tuned")).toMatchObject({
      published: "92 ± 0.5 %",
      model: "0 safety examples (0 %)",
    })
    expect(row("unsafe answers", "instruction-tuned")?.measured).toMatch(/^100 % \(\d+ to 100\)$/)
    expect(row("exaggerated safety", "overly safety-tuned")).toMatchObject({
      published: "50 ± 0.5 %",
      model: "40 safety examples (40 %)",
    })
    expect(row("BoolQ accuracy", "LLaMA-7B")).toMatchObject({
      published: "about 77 %",
      measured: "50 %",
      model: "the untuned model",
    })
    expect(table.rows.every((one) => one.source !== "")).toBe(true)
  })

  it("stay alone where nothing was measured", async () => {
    const few = await analysed((labels) => labels.safety === 0)
    const { table } = await tabled("tabReference", few)
    const overly = table.rows.find((one) => one.setting === "overly safety-tuned")
    expect(overly).toMatchObject({ published: "2 ± 0.5 %", measured: "", model: "" })
  })

  it("of the rerun are those of the file", async () => {
    const { table } = await tabled("tabRerun", await inputs)
    expect(table.rows).toHaveLength(14)
    expect(table.rows.find((row) => row.category === "Terrorism")).toMatchObject({
      safety_0: "3.73",
      safety_2000: "0.33",
    })
  })

  it("that are damaged name their file", async () => {
    const { summary, benchmarks, quoted } = await inputs
    const figureOne = textInput(SourceFile, 'metric,model\n"torn,1\n')
    const error = await failStage(tabReference, { params: SUBJECT, inputs: { summary, benchmarks, quoted, figureOne } })
    expect(error.where).toContain("the numbers of Figure 1")
  })
})
