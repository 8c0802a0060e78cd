/** `repro data`: a pipeline says which of its results describes its data; it runs when it must and is printed as a table. */
import { describe, expect, it } from "vitest"
import { PIPELINE, wordsProject } from "../support/words.ts"

const declared = (data: string): string => PIPELINE.replace("body:", `data: ${data},\n  body:`)
const TABLE = `{ result: "length 2", sql: "SELECT words, length FROM lengths" }`
const project = (pipeline: string) => {
  const made = wordsProject()
  made.write("pipelines/main.ts", pipeline)
  return made
}

describe("repro data", () => {
  it("runs what the description is made from and nothing else, and prints its rows in each format", () => {
    const words = project(declared(TABLE))
    const { code, stdout, stderr } = words.repro(["data"])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^words {2}length\n[─ ]+\n +2 +10\n$/u)])
    expect(stderr).toContain("3 computed")
    expect([...words.lines("calls.txt")].sort()).toEqual(["measure", "shout", "write 2"])
    expect(words.repro(["data", "--format", "csv"])).toEqual({ code: 0, stdout: "words,length\n2,10\n", stderr: "" })
    expect(JSON.parse(words.repro(["data", "--format", "json"]).stdout)).toEqual([{ words: 2, length: 10 }])
  })

  it("is of the profile that is asked for", () => {
    const words = project(declared(TABLE.replace("length 2", "length 1")))
    expect(words.repro(["data", "--profile", "large", "--format", "csv"]).stdout).toBe("words,length\n10,50\n")
  })

  it("says what to write where a pipeline doesn't describe its data", () => {
    const { code, stdout, stderr } = project(PIPELINE).repro(["data"])
    expect([code, stdout]).toEqual([1, ""])
    expect(stderr).toContain('The pipeline "words" does not describe its data')
    expect(stderr).toContain("Give Pipeline.make a `data`")
  })

  it("names the results that there are where the declared one is not among them", () => {
    const { code, stderr } = project(declared(TABLE.replace("length 2", "lenght 2"))).repro(["data"])
    expect(code).toBe(1)
    expect(stderr).toContain('declares its result "lenght 2"')
    expect(stderr).toContain("length 1, length 2")
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/u)
  })

  it("tells of a description that fails, with exit code 1 and no table", () => {
    const words = project(declared(TABLE))
    words.edit("stages/text.ts", "return { length: { length: text.length } }", 'throw new Error("no ruler")')
    const { code, stdout, stderr } = words.repro(["data"])
    expect([code, stdout]).toEqual([1, ""])
    expect(stderr).toContain("no ruler")
  })
})
