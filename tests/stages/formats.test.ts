/** Foreign files become rows of one shape; what is wrong with a file is said with its name and line. */
import { describe, expect, it } from "vitest"
import type { StageError } from "../../kit/errors.ts"
import { Examples, SourceFile } from "../../stages/artifacts.ts"
import { readBoolq } from "../../stages/read-benchmarks.ts"
import { joinExamples, readExamples } from "../../stages/read-examples.ts"
import { readRatedPairs } from "../../stages/read-pairs.ts"
import { readPrompts } from "../../stages/read-prompts.ts"
import { readLabelledAnswers } from "../../stages/refusals.ts"
import { failStage, input, runStage, textInput } from "./support/run-stage.ts"

const lines = (...rows: ReadonlyArray<unknown>): string =>
  rows.map((row) => `${typeof row === "string" ? row : JSON.stringify(row)}\n`).join("")

const examplesCall = (format: string, text: string) => ({
  inputs: { file: textInput(SourceFile, text) },
  params: { name: "data/x.jsonl", format },
})
const examples = async (format: string, text: string): Promise<unknown> =>
  (await runStage(readExamples as never, examplesCall(format, text))).examples
const broken = (format: string, text: string): Promise<StageError> =>
  failStage(readExamples, examplesCall(format, text))

const own = { id: "a-1", kind: "list", instruction: "Do", input: "", output: "Done" }

describe("a malformed file", () => {
  it("names file and line of what is no JSON; blank lines count as lines", async () => {
    const error = await broken("own-general", lines(own, "", '{"id": "b"'))
    expect(error.where).toBe("data/x.jsonl, line 3")
    expect(error.message).toMatch(/^This is not JSON/)
    expect(error.remedy).not.toBe("")
  })

  it.each(["id", "kind", "instruction", "input", "output"])(
    "names the line and the field %s that is missing",
    async (field) => {
      const { [field]: _, ...rest } = own as Record<string, string>
      const error = await broken("own-general", lines({ ...own, id: "z" }, rest))
      expect(error.where).toBe("data/x.jsonl, line 2")
      expect(error.message).toContain(`"${field}"`)
    },
  )

  it("names the line of a field of the wrong type, and of a line that is no object", async () => {
    for (const row of [{ ...own, output: 7 }, ["a"], null, "7"]) {
      expect((await broken("own-general", lines(own, row))).where).toBe("data/x.jsonl, line 2")
    }
  })

  it("names an id that occurs twice, and both rows", async () => {
    const error = await broken("own-general", lines(own, { ...own, id: "b" }, own))
    expect(error.message).toBe('The id "a-1" occurs twice: rows 1 and 3')
    expect(error.where).toBe("data/x.jsonl")
  })

  it.each(["", "\n \n"])("is refused when it is empty (%j)", async (text) => {
    expect((await broken("own-general", text)).message).toBe("The set is empty")
    expect((await broken("alpaca-general", "[]")).message).toBe("The set is empty")
  })

  it("of one JSON array names the element, or that it is no array", async () => {
    const row = { instruction: "Do", input: "", output: "Done" }
    const error = await broken("alpaca-safety", JSON.stringify([row, { ...row, output: null }]))
    expect(error.where).toBe("data/x.jsonl, element 2")
    expect((await broken("alpaca-safety", JSON.stringify(row))).message).toMatch(/one JSON array/)
  })

  it.each([
    [readPrompts, { format: "own", set: "s", unsafe: true }, { id: "a", topic: "t", prompt: "p", unsafe: "yes" }],
    [readRatedPairs, {}, { id: "a", prompt: "p", answer: "x", rating: 5, unsafe: true, refusal: true }],
    [readLabelledAnswers, {}, { id: "a", prompt: "p", unsafe: true, answer: "x", label: "unclear" }],
    [readBoolq, { format: "own", limit: 0, seed: 1 }, { id: "a", passage: "p", question: "q", label: 2 }],
  ])("is named by every reader", async (stage, params, row) => {
    const inputs = { file: textInput(SourceFile, lines(row)) }
    const error = await failStage(stage, { inputs, params: { name: "data/x.jsonl", ...params } })
    expect(error.where).toBe("data/x.jsonl, line 1")
  })
})

describe("a format", () => {
  const safety = { id: "s", topic: "crime", instruction: "Do harm.", question: "How is harm done?", output: "No." }
  const common = { topic: "", input: "" }
  it.each([
    [
      "own-general",
      lines(own),
      { id: "a-1", source: "general", topic: "list", instruction: "Do", input: "", output: "Done" },
    ],
    [
      "own-safety-instructions",
      lines(safety),
      { id: "s", source: "safety", topic: "crime", instruction: "Do harm.", output: "No." },
    ],
    [
      "own-safety-questions",
      lines(safety),
      { id: "s", source: "safety", instruction: "How is harm done?", output: "No." },
    ],
    [
      "alpaca-safety",
      JSON.stringify([{ instruction: "Do harm.", input: "", output: "No.", text: "x" }]),
      { ...common, id: "safety-0001", source: "safety", instruction: "Do harm.", output: "No." },
    ],
    [
      "alpaca-general",
      JSON.stringify([{ instruction: "Add", input: "1 1", output: "2" }]),
      { id: "general-0001", source: "general", input: "1 1" },
    ],
    [
      "alpaca-eval-outputs",
      JSON.stringify([{ dataset: "vicuna", instruction: "Do", output: "Done", generator: "m" }]),
      { id: "alpaca-eval-0001", source: "general", topic: "vicuna", input: "" },
    ],
    [
      "stanford-alpaca-seeds",
      lines({
        id: "seed_task_0",
        name: "n",
        instruction: "Do",
        instances: [
          { input: "i", output: "first" },
          { input: "", output: "second" },
        ],
      }),
      { id: "seed_task_0", source: "general", topic: "n", input: "i", output: "first" },
    ],
  ])("%s becomes examples", async (format, text, expected) => {
    expect(await examples(format, text)).toMatchObject([expected])
  })

  it("of seed tasks refuses a task without an instance", async () => {
    const error = await broken("stanford-alpaca-seeds", lines({ id: "t", name: "n", instruction: "Do", instances: [] }))
    expect(error.where).toBe("data/x.jsonl, line 1")
  })

  it("keeps text as it is: line breaks, quotes, letters of any script", async () => {
    const odd = { ...own, output: 'a\u2028b "c" \\n\n  d  ñ 漢字 🙂' }
    expect(await examples("own-general", `\uFEFF${lines(odd).replace("\n", "\r\n")}`)).toMatchObject([
      { output: odd.output },
    ])
  })
})

describe("several sources", () => {
  const part = (...ids: ReadonlyArray<string>) =>
    input(
      Examples,
      ids.map((id) => ({ id, source: "general", topic: "", instruction: id, input: "", output: "o" })),
    )
  it("are joined in order, and may not share an id", async () => {
    const joined = await runStage(joinExamples as never, { inputs: { parts: [part("b", "a"), part("c")] }, params: {} })
    expect((joined.examples as ReadonlyArray<{ id: string }>).map(({ id }) => id)).toEqual(["b", "a", "c"])
    const error = await failStage(joinExamples, { inputs: { parts: [part("a"), part("b", "a")] }, params: {} })
    expect(error.message).toMatch(/"a" occurs twice/)
  })
})
