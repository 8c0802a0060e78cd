/** A store that was damaged from outside, through the real command line. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, makeProject } from "../support/project.ts"
import { objectWith, spoilUnseen } from "../support/store.ts"
import { oneStage, wordsProject } from "../support/words.ts"

const TWO = '{"text":"word word"}\n'

const DAMAGES: ReadonlyArray<readonly [what: string, state: string, damage: (file: string) => void]> = [
  ["deleted", "missing", (file) => fs.rmSync(file)],
  [
    "flipped with its time put back",
    "damaged",
    (file) => {
      const { atime, mtime } = fs.statSync(file)
      fs.chmodSync(file, 0o644)
      fs.writeFileSync(file, TWO.replace("word w", "wold w"))
      fs.utimesSync(file, atime, mtime)
    },
  ],
  ["cut short", "damaged", (file) => fs.truncateSync(file, 4)],
]

it.each(DAMAGES)(
  "finds an object that was %s, names it, and makes it anew (dvc#9641, dvc#10525)",
  (_, state, damage) => {
    const project = wordsProject()
    const { repro, lines } = project
    repro(["run"])
    const object = objectWith(project, TWO)
    damage(object)
    const plan = repro(["plan"])
    expect(plan.stdout).toMatch(new RegExp(`run +write/words=2\\n +output ${state}: text`))
    expect(plan.stdout).toContain("1 would run")
    const run = repro(["run"])
    expect(run).toMatchObject({ code: 0 })
    expect(run.stderr).toContain("1 computed, 2 found done, 3 cached of 6 nodes")
    expect(fs.readFileSync(object, "utf8")).toBe(TWO)
    expect(lines("calls.txt").slice(6)).toEqual(["write 2"])
    expect(repro(["run"]).stderr).toContain("Nothing to do")
  },
)

it("does not remake what nothing reads any more", () => {
  const project = wordsProject()
  project.repro(["run"])
  fs.rmSync(objectWith(project, TWO))
  expect(project.repro(["run", "measure"]).stderr).toContain("Nothing to do")
})

it("remakes what was not needed as soon as something reads it again", () => {
  const project = wordsProject()
  project.repro(["run"])
  fs.rmSync(objectWith(project, TWO))
  project.edit("pipelines/main.ts", 'words: [1, 2], mark: "!"', 'words: [1, 2], mark: "?"')
  const result = project.repro(["run", "measure"])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  expect(project.lines("calls.txt").slice(6)).toContain("write 2")
  expect(fs.readFileSync(objectWith(project, TWO), "utf8")).toBe(TWO)
})

it("never hands damaged bytes to a stage, though they were damaged after planning", () => {
  const definition = `const give_ = { params: Schema.Struct({}), outputs: { value: Value } }
  export const give = Stage.make("give", { ...give_, inputs: {}, run: () => Effect.succeed({ value: { value: "right" } }) })
  export const spoil = Stage.make("spoil", { ...give_, inputs: { value: Value }, run: ({ inputs, root }) => Effect.sync(() => {
    if (fs.existsSync(root + "/spoil")) {
      fs.chmodSync(inputs.value.path, 0o644)
      fs.writeFileSync(inputs.value.path, '{"value":"wrong"}\\n')
    }
    return { value: { value: "done" } }
  }) })
  export const take = Stage.make("take", { ...give_, inputs: { value: Value, after: Value },
    run: ({ inputs }) => Effect.map(inputs.value.read, (value) => ({ value })) })`
  const call = `{
    const { value } = give({}, {})
    return { value: take({ value, after: spoil({ value }, {}).value }, {}).value }
  }`
  const { repro, write, root, read } = makeProject(oneStage(definition, call))
  write("spoil", "")
  const spoilt = repro(["run"])
  expect(spoilt.code).toBe(1)
  expect(spoilt.stderr).toContain("error: An object is damaged: value of give no longer has the digest")
  fs.rmSync(`${root}/spoil`)
  expect(repro(["run"])).toMatchObject({ code: 0 })
  expect(JSON.parse(read("artifacts/view/one/small/take/value.json"))).toEqual({ value: "right" })
})

it("makes anew what a disk spoilt without moving its stamps, once a stage was about to read it", () => {
  const project = wordsProject()
  project.repro(["run"])
  spoilUnseen(project, objectWith(project, TWO), TWO.replace("word w", "wold w"), "write/words=2")
  project.edit("pipelines/main.ts", 'words: [1, 2], mark: "!"', 'words: [1, 2], mark: "?"')
  const spoilt = project.repro(["run"])
  expect(spoilt.code).toBe(1)
  expect(spoilt.stderr).toContain("error: An object is damaged: text of write/words=2")
  expect(project.repro(["run"])).toMatchObject({ code: 0 })
  expect(fs.readFileSync(objectWith(project, TWO), "utf8")).toBe(TWO)
})

it("leaves the store unharmed when files in the view are edited or deleted, and mends them (dvc#9641)", () => {
  const project = wordsProject()
  const { repro, root, read, write, lines } = project
  repro(["run"])
  const view = "artifacts/view/words/small/write/words=2/text.json"
  write(view, "edited")
  expect(fs.readFileSync(objectWith(project, TWO), "utf8")).toBe(TWO)
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(read(view)).toBe(TWO)
  expect(repro(["query", "--format", "csv", "SELECT text FROM texts WHERE node = 'write/words=2'"]).stdout).toBe(
    "text\nword word\n",
  )
  fs.rmSync(`${root}/artifacts/view`, { recursive: true })
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(read(view)).toBe(TWO)
  expect(lines("calls.txt")).toHaveLength(6)
})

it("takes torn records for absent and lost heads for no more than lost names (targets#1579)", () => {
  const { repro, root, lines } = wordsProject()
  repro(["run"])
  fs.rmSync(`${root}/artifacts/heads`, { recursive: true })
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(repro(["query", "--format", "csv", "SELECT count(*) AS n FROM lengths"]).stdout).toBe("n\n2\n")
  const records = filesUnder(`${root}/artifacts/records`)
  expect(records).toHaveLength(6)
  fs.truncateSync(`${root}/artifacts/records/${records[0]}`, 50)
  expect(repro(["run"]).stderr).toContain("1 computed")
  expect(lines("calls.txt")).toHaveLength(7)
})

it("may lose its caches at any time (tango#413)", () => {
  const { repro, root } = wordsProject()
  repro(["run"])
  fs.rmSync(`${root}/.cache`, { recursive: true })
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  fs.writeFileSync(`${root}/.cache/code/digests.json`, "{torn")
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("may lie elsewhere, and move with its folder", () => {
  const { repro, root, lines } = wordsProject()
  repro(["run", "--store", "first place"])
  fs.renameSync(`${root}/first place`, `${root}/second 'place'`)
  expect(repro(["run", "--store", "second 'place'"]).stderr).toContain("Nothing to do")
  const sql = "SELECT sum(length)::INT AS n FROM lengths"
  expect(repro(["query", "--format", "csv", sql], { REPRO_STORE: "second 'place'" }).stdout).toBe("n\n15\n")
  expect(lines("calls.txt")).toHaveLength(6)
})

it("of a newer format is refused by every command", () => {
  const { repro, write } = wordsProject()
  write("artifacts/format", "2\n")
  for (const command of [["run"], ["plan"], ["ls"], ["show", "write/words=1"], ["query", "SELECT 1"]]) {
    const result = repro(command)
    expect(result.code).toBe(1)
    expect(result.stderr).toContain("The store has format 2; this version reads format 1")
  }
})
