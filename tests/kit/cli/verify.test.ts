/** `repro verify`: what is whole passes; what is damaged is found, named with its uses, and mended by the next run. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { until } from "../support/project.ts"
import { reproReadOnly } from "../support/read-only.ts"
import { slowProject } from "../support/slow.ts"
import { objectWith, recordOf, spoilUnseen, writeOver } from "../support/store.ts"
import { wordsProject } from "../support/words.ts"

const TWO = '{"text":"word word"}\n'

it("finds a store whole, and no store to be none", () => {
  const { repro } = wordsProject()
  expect(repro(["verify"])).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("There is no store") })
  repro(["run"])
  const { code, stdout, stderr } = repro(["verify"])
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  expect(stdout).toMatch(/^All whole: 7 objects \(\d+ B\) and 6 records in [\d.]+ s\.\n$/)
})

it("names a damaged object, whose result it is, and how to mend it; the next run does (dvc#9641, dvc#10525)", () => {
  const project = wordsProject()
  const { repro } = project
  repro(["run"])
  const object = objectWith(project, TWO)
  spoilUnseen(project, object, TWO.replace("word w", "wold w"), "write/words=2")
  expect(repro(["plan"]).stdout, "the plan trusts the stamp").toContain("Nothing to do")
  const found = repro(["verify"])
  expect(found.code).toBe(1)
  expect(found.stdout).toContain(
    `damaged    ${object.slice(object.indexOf("objects/"))}\n    its bytes have the digest `,
  )
  expect(found.stdout).toContain("\n    text of write/words=2 (words, profile small)\n")
  expect(found.stdout).toMatch(/1 problem in 7 objects .*\n {2}do: `repro run`/)
  expect(repro(["run"]).stderr).toContain("1 computed")
  expect(repro(["verify"]).code).toBe(0)
  expect(fs.readFileSync(object, "utf8")).toBe(TWO)
})

it("finds flipped, cut, missing and strange files at once, and tells them as JSON", () => {
  const project = wordsProject()
  const { repro, root, write } = project
  repro(["run"])
  const [cut, gone] = [objectWith(project, TWO), objectWith(project, TWO.toUpperCase().replace(/TEXT/, "text"))]
  const missing = objectWith(project, '{"text":"WORD WORD!"}\n')
  expect(gone).toMatch(/none$/)
  fs.truncateSync(cut, 3)
  fs.rmSync(missing)
  write("artifacts/objects/00/notes.txt", "mine")
  const result = repro(["verify", "--format", "json"])
  expect(result.code).toBe(1)
  const { badObjects, strangers } = JSON.parse(result.stdout)
  const digestOf = (file: string): string => file.slice(`${root}/artifacts/objects/`.length).replace("/", "")
  expect(badObjects).toEqual([
    expect.objectContaining({ kind: "damaged", digest: digestOf(cut), marked: true }),
    expect.objectContaining({
      kind: "missing",
      digest: digestOf(missing),
      uses: [{ pipeline: "words", profile: "small", node: "shout/words=2", part: "text" }],
    }),
  ])
  expect(strangers).toEqual(["objects/00/notes.txt"])
})

it("finds records that are torn, of another key, changed by hand, or of a format that it can't read (targets#1579)", () => {
  const project = wordsProject()
  const { repro } = project
  repro(["run"])
  const by = (node: string) => recordOf(project, node)
  const edited = by("write/words=2")
  writeOver(edited.file, { ...edited.record, params: { words: 3 } })
  const renamed = by("shout/words=1")
  const exchanged = by("measure/words=2")
  const newer = by("shout/words=2")
  writeOver(newer.file, { ...newer.record, format: 9 })
  const { outputs } = by("measure/words=1").record
  const files = Object.values(outputs)[0]?.files
  writeOver(exchanged.file, { ...exchanged.record, outputs: { length: { ...exchanged.record.outputs.length, files } } })
  writeOver(renamed.file, { ...renamed.record, key: "0".repeat(64) })
  fs.truncateSync(by("write/words=1").file, 40)
  const { code, stdout } = repro(["verify"])
  expect(code).toBe(1)
  expect(stdout).toContain("it is not whole JSON")
  expect(stdout).toMatch(/of write\/words=2\n {4}what it holds doesn't make its key/)
  expect(stdout).toMatch(/of shout\/words=1\n {4}it has the key of another record/)
  expect(stdout).toMatch(/of shout\/words=2\n {4}it has format 9, which this version can't read/)
  expect(stdout).toMatch(/of measure\/words=2\n {4}the files of its output "length" don't make/)
  expect(stdout).toContain("5 problems in")
  expect(stdout).toContain("do: Remove the files of those records")
})

it("reads records of the older format, and says what it could not check", () => {
  const project = wordsProject()
  project.repro(["run"])
  const { file, record } = recordOf(project, "write/words=1")
  const { engine: _, ...older } = record
  writeOver(file, { ...older, format: 1 })
  expect(project.repro(["run"]).stderr).toContain("Nothing to do")
  const { code, stdout } = project.repro(["verify"])
  expect(code).toBe(0)
  expect(stdout).toContain("1 records are of an older format")
})

it("does not take what a running driver is writing for damage", async () => {
  const { repro, start, write, lines, root } = slowProject()
  write("hold", "")
  const running = start(["run"])
  await until(() => lines("calls.txt").length > 0, "the run begins")
  for (const folder of ["objects/00", "records/00"]) write(`artifacts/${folder}/.4711-0.tmp`, "half a fi")
  expect(repro(["verify"])).toMatchObject({ code: 0, stdout: expect.stringContaining("All whole") })
  fs.rmSync(`${root}/hold`)
  expect((await running.ended).code).toBe(0)
})

it("works on a store that can't be written to", () => {
  const project = wordsProject()
  project.repro(["run"])
  const object = objectWith(project, TWO)
  fs.truncateSync(object, 3)
  const { mtimeMs } = fs.statSync(object)
  const { code, stdout, stderr } = reproReadOnly(project, "artifacts", ["verify"])
  expect(code, stderr).toBe(1)
  expect(stdout).toContain("text of write/words=2")
  if (process.getuid?.() === 0) expect(stdout).toContain("The store can't be written to here")
  expect(fs.statSync(object).mtimeMs === mtimeMs || process.getuid?.() !== 0).toBe(true)
})
