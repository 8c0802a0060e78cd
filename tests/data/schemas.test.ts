/** Every file is read by the reader that the pipeline gives it, and has the fields that data/README.md promises, no others. */
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { smoke } from "../../pipelines/profiles/smoke.ts"
import { SourceFile } from "../../stages/artifacts.ts"
import { exampleFormats } from "../../stages/formats/examples.ts"
import { promptFormats } from "../../stages/formats/prompts.ts"
import { readBoolq, readOpenbookqa, readPiqa } from "../../stages/read-benchmarks.ts"
import { readRatedPairs } from "../../stages/read-pairs.ts"
import { readLabelledAnswers } from "../../stages/refusals.ts"
import { runStage, textInput } from "../stages/support/run-stage.ts"
import { files, read } from "./support.ts"

const data = path.resolve(import.meta.dirname, "../../data")
const textOf = (file: string): string => fs.readFileSync(`${data}/${file}`, "utf8")
const fileOf = (file: string) => textInput(SourceFile, textOf(file))

const FIELDS: Readonly<Record<string, string>> = {
  "general.jsonl": "id kind instruction input output",
  "safety.jsonl": "id topic instruction question output",
  "rated.jsonl": "id prompt answer rating unsafe refusal",
  "refusals.jsonl": "id prompt unsafe answer label",
  "evaluation/contrast.jsonl": "id type prompt unsafe contrast",
  "benchmarks/boolq.jsonl": "id passage question label",
  "benchmarks/piqa.jsonl": "id goal sol1 sol2 label",
  "benchmarks/openbookqa.jsonl": "id question_stem choices answerKey",
}
const PROMPT_FIELDS = "id topic prompt unsafe"
const ALL = [...new Set([...Object.keys(FIELDS), ...files("evaluation"), ...files("tuning")])]

describe("the fields", () => {
  it.each(ALL)("of %s are those of data/README.md", (file) => {
    const expected = (FIELDS[file] ?? PROMPT_FIELDS).split(" ")
    for (const row of read(file)) expect([row.id, ...Object.keys(row)]).toEqual([row.id, ...expected])
  })
  it("are written in the README in the same order", () => {
    const readme = textOf("README.md")
    for (const fields of [...Object.values(FIELDS), PROMPT_FIELDS]) {
      const pattern = fields
        .split(" ")
        .map((field) => `\`${field}\`[^\n|]*?`)
        .join("")
      expect(readme, fields).toMatch(new RegExp(pattern, "u"))
    }
  })
  it.each(ALL)("of %s hold no blank text", (file) => {
    const blank = read(file).filter((row) =>
      Object.entries(row).some(([name, value]) => value === "" && !["input", "contrast"].includes(name)),
    )
    // An answer may be empty on purpose where the classifier or the reward model learns from it.
    expect(blank.filter(() => !["rated.jsonl", "refusals.jsonl"].includes(file))).toEqual([])
  })
})

describe("the reader", () => {
  it("of general.jsonl and both readers of safety.jsonl keep every row", () => {
    expect(exampleFormats["own-general"](textOf("general.jsonl"), "general")).toHaveLength(read("general.jsonl").length)
    const instructions = exampleFormats["own-safety-instructions"](textOf("safety.jsonl"), "safety")
    const questions = exampleFormats["own-safety-questions"](textOf("safety.jsonl"), "safety")
    expect(questions.map(({ id, output }) => [id, output])).toEqual(instructions.map(({ id, output }) => [id, output]))
    expect(questions.map(({ instruction }) => instruction)).toEqual(
      read("safety.jsonl").map(({ question }) => question),
    )
  })
  it.each([...files("evaluation"), ...files("tuning")])("of %s keeps every row", (file) => {
    const format = file.endsWith("contrast.jsonl") ? "own-contrast" : "own"
    const prompts = promptFormats[format](textOf(file), file, "set", true)
    expect(prompts.map(({ id, unsafe }) => [id, unsafe])).toEqual(read(file).map(({ id, unsafe }) => [id, unsafe]))
  })
  it("of rated.jsonl and refusals.jsonl keeps every row", async () => {
    const { pairs } = await runStage(readRatedPairs as never, {
      inputs: { file: fileOf("rated.jsonl") },
      params: { name: "rated" },
    })
    const { answers } = await runStage(readLabelledAnswers as never, {
      inputs: { file: fileOf("refusals.jsonl") },
      params: { name: "refusals" },
    })
    expect([pairs, answers]).toEqual([read("rated.jsonl"), read("refusals.jsonl")])
  })
  it.each([
    ["boolq", readBoolq],
    ["piqa", readPiqa],
    ["openbookqa", readOpenbookqa],
  ] as const)("of %s keeps every item", async (name, stage) => {
    const params = { name, format: "own", limit: 0, seed: 1 }
    const { items } = await runStage(stage as never, { inputs: { file: fileOf(`benchmarks/${name}.jsonl`) }, params })
    expect(items).toEqual(read(`benchmarks/${name}.jsonl`))
  })
})

describe("the smoke profile", () => {
  it("uses every evaluation set, and says of each whether its prompts should be refused as its rows do", () => {
    const sets = smoke.data.evaluation
    const paths = sets.map(({ source }) => (source.kind === "project" ? source.path : "")).sort()
    expect(paths).toEqual(
      files("evaluation")
        .map((file) => `data/${file}`)
        .sort(),
    )
    for (const { set, unsafe, format } of sets.filter((each) => each.format !== "own-contrast")) {
      expect([format, ...new Set(read(`evaluation/${set}.jsonl`).map((row) => row.unsafe))]).toEqual(["own", unsafe])
    }
  })
})
