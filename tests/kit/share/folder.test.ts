import * as fs from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { filesUnder, type TestProject, temporaryFolder } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"
import { authored, objectOf, objects, overwrite, recordOf } from "./support/share-project.ts"

const cleanups: Array<() => void> = []
const later = (remove: () => void): void => void cleanups.push(remove)
afterAll(() => {
  for (const remove of cleanups) remove()
})

let author: TestProject
let remote: string

beforeAll(() => {
  author = authored(later)
  remote = `${temporaryFolder(later)}/shared results`
  const pushed = author.repro(["push", remote])
  expect(pushed).toMatchObject({ code: 0 })
  expect(pushed.stdout).toContain("sent 6 records and 7 objects")
})

/** A copy of the remote that a test may spoil. */
const copied = (): string => {
  const copy = `${temporaryFolder()}/copy`
  fs.cpSync(remote, copy, { recursive: true })
  return copy
}

describe("a folder as a remote", () => {
  it("gets only what it lacks, and nothing of what is true on one machine only", () => {
    const before = filesUnder(remote)
    const again = author.repro(["push", remote])
    expect(again.stdout).toContain("sent 0 records and 0 objects")
    expect(filesUnder(remote)).toEqual(before)
    const text = JSON.stringify(recordOf(remote, "shout/words=1").record)
    expect(text).not.toContain("stamp")
    expect(text).not.toContain(author.root)
  })

  it("gives a fresh store all that matches; results are on trust, and bytes that nothing needs stay there", () => {
    const reviewer = wordsProject()
    const planned = reviewer.repro(["plan", "--from", remote])
    expect(planned.stdout).toContain("0 would run, 0 wait for those, 2 would be fetched, 4 on trust")
    expect(reviewer.exists("artifacts/records")).toBe(false)
    const ran = reviewer.repro(["run", "--from", remote])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stderr).toContain(`On trust from ${remote}: write ×2, shout ×2, measure ×2.`)
    expect(ran.stderr).toContain("the bytes of 4 nodes stay elsewhere")
    expect(reviewer.lines("calls.txt")).toEqual([])
    expect(objects(`${reviewer.root}/artifacts`)).toHaveLength(2)
    expect(reviewer.read("artifacts/view/words/small/measure/words=1/length.json")).toBe(
      author.read("artifacts/view/words/small/measure/words=1/length.json"),
    )
    expect(reviewer.repro(["ls"]).stdout).toMatch(/write\/words=1 +elsewhere/)
    expect(reviewer.repro(["show", "measure/words=1"]).stdout).toContain("on trust: pulled from")

    reviewer.edit("stages/text.ts", "length: text.length }", "length: text.length + 1 }")
    const changed = reviewer.repro(["run"])
    expect(changed).toMatchObject({ code: 0 })
    expect(reviewer.lines("calls.txt")).toEqual(["measure", "measure"])
    expect(changed.stderr).toContain("Made here: measure ×2.")
    expect(objects(`${reviewer.root}/artifacts`)).not.toContain(objectOf(remote, "write/words=1").slice(-65))
    expect(reviewer.repro(["show", "measure/words=1"]).stdout).toContain("rests on 2 pulled results")
    const asked = reviewer.repro(["query", "SELECT * FROM texts"])
    expect(asked).toMatchObject({ code: 1 })
    expect(asked.stderr).toContain('"texts" can\'t be asked: bytes of 2 artifacts of it are elsewhere')
    expect(asked.stderr).toContain("repro pull")
    expect(reviewer.repro(["query", "SELECT count(*) FROM lengths"]).code).toBe(0)
  })

  it("is no longer trusted where the work was done here with the same result", () => {
    const reviewer = wordsProject()
    reviewer.repro(["run", "--from", remote])
    const rerun = reviewer.repro(["stage", "shout/words=1"])
    expect(rerun.stdout).toContain("It was on trust, and is no longer")
    expect(recordOf(`${reviewer.root}/artifacts`, "shout/words=1").record.pulled).toBeUndefined()
    expect(recordOf(`${reviewer.root}/artifacts`, "shout/words=2").record.pulled?.from).toBe(remote)
  })

  it("computes what does not match, and takes what matches again below it", () => {
    const other = wordsProject()
    other.edit("stages/text.ts", "text: repeat(params.words)", 'text: repeat(params.words) + ""')
    const ran = other.repro(["run", "--from", remote])
    expect(ran).toMatchObject({ code: 0 })
    expect(other.lines("calls.txt").toSorted()).toEqual(["write 1", "write 2"])
    expect(ran.stderr).toContain(`On trust from ${remote}: shout ×2, measure ×2.`)
    expect(ran.stderr).toContain("Made here: write ×2.")
  })

  it("is refused what does not match its digest, and what is refused is never taken as good", () => {
    const spoiled = copied()
    const object = objectOf(spoiled, "measure/words=1")
    const bytes = fs.readFileSync(object)
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 1
    overwrite(object, bytes)
    const reviewer = wordsProject()
    const pulled = reviewer.repro(["pull", spoiled, "measure/words=1"])
    expect(pulled).toMatchObject({ code: 1 })
    expect(pulled.stderr).toContain("is not what its digest says")
    expect(pulled.stderr).toContain("do: Mend or remove it there")
    expect(objects(`${reviewer.root}/artifacts`)).toEqual([])
    expect(filesUnder(`${reviewer.root}/artifacts/incoming`)).toEqual([])
    expect(reviewer.repro(["pull", remote, "measure/words=1"])).toMatchObject({ code: 0 })
  })

  it("has nothing behind a link that leads to itself, which a push names and never takes for a file", () => {
    const spoiled = copied()
    const object = objectOf(spoiled, "measure/words=1")
    fs.rmSync(object)
    fs.symlinkSync(object, object)
    const reviewer = wordsProject()
    const pulled = reviewer.repro(["pull", spoiled])
    expect(pulled, pulled.stderr).toMatchObject({ code: 0 })
    expect(pulled.stderr).toContain("Not there, or made from what is not there: measure/words=1.")
    const pushed = author.repro(["push", spoiled])
    expect(pushed).toMatchObject({ code: 1 })
    expect(pushed.stderr).toMatch(/objects\/.* is no file\n[\s\S]*do: Remove it there, then push again/)
    expect(author.repro(["push", `/tmp/${"p".repeat(300)}`]).stderr).toContain("A name is longer than")
  })

  it("can't pass off a record as that of another key, nor name files outside the store", () => {
    const spoiled = copied()
    const [one, two] = [recordOf(spoiled, "write/words=1"), recordOf(spoiled, "write/words=2")]
    overwrite(one.file, JSON.stringify({ ...two.record, key: one.record.key }))
    const output = two.record.outputs.text as object
    overwrite(two.file, JSON.stringify({ ...two.record, outputs: { text: { ...output, digest: "../../../evil" } } }))
    const reviewer = wordsProject()
    const ran = reviewer.repro(["run", "--from", spoiled])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stderr).toContain("refused: the record of write/words=1")
    expect(ran.stderr).toContain("what it holds does not make its key")
    expect(ran.stderr).toContain("refused: the record of write/words=2")
    expect(reviewer.lines("calls.txt").toSorted()).toEqual(["write 1", "write 2"])
  })

  it("says what to do where there is nothing, or where runs are made", () => {
    const nothing = author.repro(["pull", `${remote}/nowhere`])
    expect(nothing).toMatchObject({ code: 1 })
    expect(nothing.stderr).toMatch(/There is no folder .*nowhere[\s\S]*do: Check the path/)
    const store = author.repro(["push", "artifacts"])
    expect(store.stderr).toContain("is a store in which runs are made")
    expect(author.repro(["pull", "gopher://x"]).stderr).toContain("A place that begins with gopher:// is not known")
  })

  it("keeps the first of two results of the same work", () => {
    const spoiled = copied()
    const { file, record } = recordOf(spoiled, "measure/words=1")
    const other = recordOf(spoiled, "measure/words=2").record.outputs
    overwrite(file, JSON.stringify({ ...record, outputs: other }))
    const before = fs.readFileSync(file, "utf8")
    const pushed = author.repro(["push", spoiled])
    expect(pushed.stderr).toContain("Another result of the same work lies there and stays: measure/words=1")
    expect(fs.readFileSync(file, "utf8")).toBe(before)
  })
})
