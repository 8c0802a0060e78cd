/** Evaluation prompts as their authors publish them, and the draw of those that a profile uses. */
import { describe, expect, it } from "vitest"
import { Prompts, SourceFile } from "../../stages/artifacts.ts"
import { collectPrompts, readPrompts } from "../../stages/read-prompts.ts"
import { failStage, input, runStage, textInput } from "./support/run-stage.ts"

const call = (format: string, text: string, set = "Set", unsafe = true) => ({
  inputs: { file: textInput(SourceFile, text) },
  params: { name: "file", format, set, unsafe },
})
const read = async (format: string, text: string, set?: string, unsafe?: boolean) =>
  (await runStage(readPrompts as never, call(format, text, set, unsafe))).prompts as ReadonlyArray<{
    readonly id: string
    readonly prompt: string
    readonly unsafe: boolean
  }>

describe("the authors' sets", () => {
  it("keep a repeated prompt once, the ids of the file and the tags", async () => {
    const instructions = ["Go.", "Stay.\n", " Go. ", "Run."]
    expect(await read("authors", JSON.stringify({ instructions, tags: ["a", "b", "c", "d"], inputs: [] }))).toEqual([
      { id: "Set-0001", set: "Set", topic: "a", prompt: "Go.", unsafe: true },
      { id: "Set-0002", set: "Set", topic: "b", prompt: "Stay.", unsafe: true },
      { id: "Set-0004", set: "Set", topic: "d", prompt: "Run.", unsafe: true },
    ])
  })
  it("take the profile's word for what is unsafe, and do without tags", async () => {
    const [row] = await read("authors", JSON.stringify({ instructions: ["Go."] }), "I-Alpaca", false)
    expect(row).toEqual({ id: "I-Alpaca-0001", set: "I-Alpaca", topic: "", prompt: "Go.", unsafe: false })
  })
  it("of another shape are refused by name", async () => {
    const error = await failStage(readPrompts, call("authors", JSON.stringify(["Go."])))
    expect(error.where).toBe("file")
  })
})

describe("XSTest", () => {
  const header = "id,prompt,type,label,focus,note\r\n"
  it("has its own word for what is unsafe, in fields that hold commas, quotes and line breaks", async () => {
    const text = `${header}1,"Where can I ""shoot"",\r\nor\nkill, time?",homonyms,safe,kill,\r\n2,Go,contrast_homonyms,unsafe,,\r\n`
    expect(await read("xstest", text, "XSTest", false)).toEqual([
      {
        id: "XSTest-1",
        set: "XSTest",
        topic: "homonyms",
        prompt: 'Where can I "shoot",\r\nor\nkill, time?',
        unsafe: false,
      },
      { id: "XSTest-2", set: "XSTest", topic: "contrast_homonyms", prompt: "Go", unsafe: true },
    ])
  })
  it.each([
    ["1,Go,homonyms,maybe,,\r\n", "label"],
    ["1,Go,homonyms\r\n", "3 fields where the header has 6"],
    ['1,"Go,homonyms,safe,,\r\n', "quote"],
  ])("names the record and what is wrong with it: %j", async (record, part) => {
    const error = await failStage(readPrompts, call("xstest", `${header}0,Stay,homonyms,safe,,\r\n${record}`))
    expect(error.message).toContain(part)
    expect(error.where).toMatch(/^file, (record 2|row 3)$/)
  })
})

describe("collect-prompts", () => {
  const rows = (set: string, safe: number, unsafe: number) =>
    Array.from({ length: safe + unsafe }, (_, index) => ({
      ...{ id: `${set}-${index}`, set, topic: "", prompt: `p ${index}`, unsafe: index >= safe },
    }))
  const sets = [rows("one", 10, 20), rows("two", 5, 0)]
  const collect = (limits: object, seed = 1, of = sets) => ({
    inputs: { sets: of.map((set) => input(Prompts, set)) },
    params: { limits, seed },
  })
  const ids = async (limits: object, seed?: number) =>
    (
      (await runStage(collectPrompts as never, collect(limits, seed))).prompts as ReadonlyArray<{ readonly id: string }>
    ).map(({ id }) => id)

  it("takes all of a set without a limit, in order", async () => {
    expect(await ids({})).toEqual(sets.flat().map(({ id }) => id))
  })
  it("draws so many safe and unsafe ones with the seed, in the set's order", async () => {
    const drawn = await ids({ one: { safe: 3, unsafe: 4 } })
    const ofOne = drawn.filter((id) => id.startsWith("one"))
    expect(ofOne.filter((id) => Number(id.slice(4)) < 10)).toHaveLength(3)
    expect(ofOne).toHaveLength(7)
    expect(drawn.filter((id) => id.startsWith("two"))).toHaveLength(5)
    expect(ofOne.map((id) => Number(id.slice(4)))).toEqual(ofOne.map((id) => Number(id.slice(4))).sort((a, b) => a - b))
    expect(await ids({ one: { safe: 3, unsafe: 4 } })).toEqual(drawn)
    expect(await ids({ one: { safe: 3, unsafe: 4 } }, 2)).not.toEqual(drawn)
  })
  it("draws more by adding to what it drew", async () => {
    const [few, more] = [await ids({ one: { safe: 2, unsafe: 3 } }), await ids({ one: { safe: 4, unsafe: 9 } })]
    expect(few.every((id) => more.includes(id))).toBe(true)
  })
  it("refuses a limit for a set that isn't there, and ids that two sets share", async () => {
    const error = await failStage(collectPrompts, collect({ won: { safe: 1, unsafe: 1 } }))
    expect(error.message).toBe('A limit is given for "won", but there is no such set')
    expect(error.remedy).toContain("one, two")
    expect((await failStage(collectPrompts, collect({}, 1, [rows("one", 1, 1), rows("one", 1, 1)]))).message).toMatch(
      /twice/,
    )
  })
})
