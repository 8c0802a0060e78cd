/** Benchmark items recovered from LLM-Adapters' prompts: what is not beyond doubt is counted, never guessed. */
import { describe, expect, it } from "vitest"
import { SourceFile } from "../../stages/artifacts.ts"
import { readBoolq, readClosedBookBoolq, readOpenbookqa, readPiqa } from "../../stages/read-benchmarks.ts"
import { failStage, runStage, textInput } from "./support/run-stage.ts"

interface Read {
  readonly items: ReadonlyArray<Record<string, unknown>>
  readonly report: { readonly published: number; readonly unrecovered: number; readonly used: number }
}
const call = (text: string, params: object) => ({
  inputs: { file: textInput(SourceFile, text) },
  params: { name: "items", format: "llm-adapters", limit: 0, seed: 1, ...params },
})
const read = async (stage: unknown, rows: ReadonlyArray<object>, params = {}): Promise<Read> =>
  (await runStage(stage as never, call(JSON.stringify(rows), params))) as unknown as Read

const piqa = (goal: string, sol1: string, sol2: string, answer = "solution2") => ({
  instruction: `Please choose the correct solution to the question: ${goal}\n\nSolution1: ${sol1}\n\nSolution2: ${sol2}\n\nAnswer format: solution1/solution2`,
  answer,
})
const openbookqa = (stem: string, choices: ReadonlyArray<string>, answer = "answer3") => ({
  instruction: `Please choose the correct answer to the question: ${stem}\n\n${choices.map((text, index) => `Answer${index + 1}: ${text}`).join(" ")}\n\nAnswer format: answer1/answer2/answer3/answer4`,
  answer,
})
const boolq = (question: string, answer = "true") => ({
  instruction: `Please answer the following question with true or false, question: ${question}?\n\nAnswer format: true/false`,
  answer,
})

describe("PIQA", () => {
  it("is recovered, line breaks and colons included", async () => {
    const { items, report } = await read(readPiqa, [
      piqa("Goal: open\nit?", "a: b", "c\n\nd"),
      piqa("g", "a", "b", "solution1"),
    ])
    expect(items).toEqual([
      { id: "piqa-0001", goal: "Goal: open\nit?", sol1: "a: b", sol2: "c\n\nd", label: 1 },
      { id: "piqa-0002", goal: "g", sol1: "a", sol2: "b", label: 0 },
    ])
    expect(report).toEqual({ published: 2, unrecovered: 0, used: 2 })
  })
  it.each([
    ["another wording", { ...piqa("g", "a", "b"), instruction: "Which is right?" }],
    ["no key", piqa("g", "a", "b", "both")],
    ["a marker that stands twice", piqa("g", "a\n\nSolution2: x", "b")],
  ])("counts %s as not recovered, and the ids of the others stay theirs", async (_, odd) => {
    const { items, report } = await read(readPiqa, [odd, piqa("g", "a", "b")])
    expect(items.map(({ id }) => id)).toEqual(["piqa-0002"])
    expect(report).toEqual({ published: 2, unrecovered: 1, used: 1 })
  })
})

describe("OpenBookQA", () => {
  it("is recovered with its four choices and the letter of the right one", async () => {
    const { items } = await read(readOpenbookqa, [openbookqa("The sun is", ["a star", "red", "far: very", "1"])])
    const choices = { text: ["a star", "red", "far: very", "1"], label: ["A", "B", "C", "D"] }
    expect(items).toEqual([{ id: "openbookqa-0001", question_stem: "The sun is", choices, answerKey: "C" }])
  })
  it("counts what has fewer choices, another key, or a choice that looks like the next one's start", async () => {
    const rows = [
      openbookqa("s", ["a", "b", "c"]),
      openbookqa("s", ["a", "b", "c", "d"], "answer5"),
      openbookqa("s", ["a", "b Answer2: x", "c", "d"]),
      openbookqa("s", ["a", "b", "c", "d"]),
    ]
    expect((await read(readOpenbookqa, rows)).report).toEqual({ published: 4, unrecovered: 3, used: 1 })
  })
})

describe("BoolQ", () => {
  it("comes without passages as another task, one question mark taken off", async () => {
    const { items, report } = await read(readClosedBookBoolq, [
      boolq("is it so"),
      boolq("is it?", "false"),
      boolq("x", "yes"),
    ])
    expect(items).toEqual([
      { id: "boolq-0001", question: "is it so", label: 1 },
      { id: "boolq-0002", question: "is it?", label: 0 },
    ])
    expect(report).toEqual({ published: 3, unrecovered: 1, used: 2 })
  })
})

describe("every benchmark", () => {
  const many = Array.from({ length: 50 }, (_, index) => boolq(`is it ${index}`))
  it("is drawn to its limit with the seed, 0 for all", async () => {
    const ids = async (params: object) => (await read(readClosedBookBoolq, many, params)).items.map(({ id }) => id)
    expect(await ids({})).toHaveLength(50)
    const drawn = await ids({ limit: 12 })
    expect(new Set(drawn).size).toBe(12)
    expect(await ids({ limit: 12 })).toEqual(drawn)
    expect(await ids({ limit: 12, seed: 2 })).not.toEqual(drawn)
    expect((await ids({ limit: 20 })).slice(0, 12)).toEqual(drawn)
    expect((await read(readClosedBookBoolq, many, { limit: 12 })).report).toEqual({
      published: 50,
      unrecovered: 0,
      used: 12,
    })
  })
  it("that gives no item is refused", async () => {
    const text = JSON.stringify([boolq("x", "perhaps")])
    expect((await failStage(readClosedBookBoolq, call(text, {}))).message).toBe("The set is empty")
  })
  it("of our own is read as it is", async () => {
    const item = { id: "b-1", passage: "p", question: "q", label: 1 }
    const { items } = await runStage(readBoolq as never, call(`${JSON.stringify(item)}\n`, { format: "own" }))
    expect(items).toEqual([item])
  })
})
