/** Crates judged by roc-validator against the profile Provenance Run Crate 0.5, at the required level, offline. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { beforeAll, expect, it, onTestFinished } from "vitest"
import { makeProject, type TestProject } from "../../kit/support/project.ts"
import { oneStage, wordsProject } from "../../kit/support/words.ts"
import { python, WORKER_FILES } from "../../kit/support/worker.ts"
import { prepareValidator, unpack, validate } from "./validator.ts"

beforeAll(prepareValidator)

/** A folder whose name a URI does not escape: the validator takes crates in other places for something else. */
const plainFolder = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "crate-"))
  onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
  return folder
}

const PASSED = { passed: true, problems: [] }

const judged = ({ repro }: TestProject, name: string, ...args: ReadonlyArray<string>) => {
  const folder = plainFolder()
  const made = repro(["crate", `${folder}/${name}`, ...args])
  expect(made, made.stderr).toMatchObject({ code: 0 })
  const crate = name.endsWith(".zip") ? unpack(`${folder}/${name}`, `${folder}/unpacked`) : `${folder}/${name}`
  return { crate, verdict: validate(crate, `${folder}/report.json`) }
}

/** Worker tasks, folders, many, optional and no inputs, names and params with all that a URI escapes. */
const mixedProject = (): TestProject => {
  const definition = `const Files = Artifact.folder("files")
  export const act = Stage.worker("act", {
    task: "act", entry: "repro_worker.tasks:act", params: Schema.Record(Schema.String, Schema.Unknown), inputs: {},
    outputs: { value: Artifact.json("acts", Schema.Struct({ value: Schema.String })) },
  })
  export const lay = Stage.make("lay out", {
    params: Schema.Struct({ n: Schema.Number, list: Schema.Array(Schema.String), name: Schema.NullOr(Schema.String) }),
    inputs: { values: Artifact.many(Value), more: Artifact.optional(Value) }, outputs: { files: Files, value: Value },
    run: () => Effect.succeed({ files: { "a b/ü #1.txt": "one", "c?.txt": "two" }, value: { value: "" } }),
  })
  export const give = Stage.make("give", {
    params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
    run: () => Effect.succeed({ value: { value: "same" } }),
  })`
  const call = `(() => {
    const values = grid({ "an axis": ["a b", "ü/#?", "100%"], on: [true, false] }, () => give({}, {}).value)
    const { files, value } = lay({ values }, { n: 0.5, list: ["x", "y"], name: null })
    return { files, value, act: act({}, { value: "\\u0007 <b> & \\"quoted\\"", deep: { deeper: [1, 2] } }).value }
  })()`
  return makeProject({ ...WORKER_FILES, ...oneStage(definition, call) })
}

it.each([
  ["a folder with all bytes", "crate", ["--with-data"]],
  ["a folder with the results' bytes alone", "crate", []],
  ["a zip file", "crate.zip", ["--with-data"]],
  ["the way to one node", "crate", ["shout/words=2", "--with-data"]],
])("passes: %s", (_, name, args) => {
  const project = wordsProject()
  expect(project.repro(["run"]).code).toBe(0)
  expect(judged(project, name, ...args).verdict).toEqual(PASSED)
})

it("passes: tasks of a worker, folders, and names that a URI escapes", () => {
  const project = mixedProject()
  const ran = project.repro(["run"], { REPRO_WORKER_PYTHON: python })
  expect(ran, ran.stderr).toMatchObject({ code: 0 })
  expect(judged(project, "crate", "--with-data").verdict).toEqual(PASSED)
})

it("fails when a file that the crate tells of is taken out of it: the validator looks", () => {
  const project = wordsProject()
  project.repro(["run"])
  const { crate, verdict } = judged(project, "crate", "--with-data")
  expect(verdict).toEqual(PASSED)
  fs.rmSync(`${crate}/artifacts/write/words=1/text.json`)
  expect(validate(crate, `${crate}.json`).passed).toBe(false)
})
