/** `ls`, `show` and `explain`: what a person learns of a node; and stages whose params, inputs or files are unusual. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { makeProject } from "../support/project.ts"
import { oneStage, wordsProject } from "../support/words.ts"
import { python, workerProject } from "../support/worker.ts"

it("ls, show and explain tell a node's state before and after it ran", () => {
  const { repro } = wordsProject()
  expect(repro(["ls", "write"]).stdout).toMatch(/^node +state +took +size\n.*\nwrite\/words=1 +run/)
  expect(repro(["show", "write/words=1"]).stdout).toContain("text         texts (not made yet)")
  repro(["run", "shout/words=1"])
  const listed = repro(["ls"]).stdout
  expect(listed).toMatch(/write\/words=1 +cached +[\d.]+ s +16 B/)
  expect(listed).toMatch(/measure\/words=2 +waits/)
  const shown = repro(["show", "shout/words=1"]).stdout
  for (const text of [
    "stage   shout (stages/text.ts)",
    "state   up to date",
    '"mark": "!"',
    "text of write/words=1",
    "repro stage shout/words=1 --profile small",
  ]) {
    expect(shown).toContain(text)
  }
  expect(repro(["explain", "shout/words=1"]).stdout).toContain("shout/words=1 is up to date.")
  expect(repro(["explain", "measure/words=2"]).stdout).toMatch(
    /measure\/words=2 waits:\n(.*\n)*before it:\n +run +write\/words=2\n +new/,
  )
})

it("show --prepare lays out a task that runs by hand, and refuses what it can't", () => {
  const { repro, root, write } = workerProject({ value: "by hand" })
  const printed = repro(["show", "act", "--prepare", "my task"], { REPRO_WORKER_PYTHON: python })
  expect(printed).toMatchObject({ code: 0 })
  expect(printed.stdout).toContain("-m repro_worker.run 'my task'")
  const task = JSON.parse(fs.readFileSync(`${root}/my task/task.json`, "utf8"))
  expect(task).toEqual({
    version: 1,
    task: "act",
    params: { value: "by hand" },
    inputs: {},
    outputs: { value: "outputs/value.json" },
  })
  expect(repro(["show", "act", "--prepare", "my task"]).stderr).toContain("The folder is not empty")
  write("pipelines/other.ts", "")
  const here = wordsProject().repro(["show", "write/words=1", "--prepare", "x"])
  expect(here).toMatchObject({ code: 1 })
  expect(here.stderr).toContain("runs inside the kit, not as a task")
})

it("a stage gets its params decoded, and what it observes counts (calkit#587)", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({ day: Schema.DateTimeUtcFromString, file: Schema.String }), inputs: {}, outputs: { value: Value },
    observe: ({ file }, root) => fs.readFileSync(root + "/" + file, "utf8"),
    run: ({ params, root }) => Effect.sync(() => ({
      value: { value: DateTime.formatIsoDateUtc(params.day) + " " + fs.readFileSync(root + "/" + params.file, "utf8") },
    })),
  })`
  const head = 'import * as DateTime from "effect/DateTime"'
  const call = '({ value: give({}, { day: DateTime.makeUnsafe("2026-01-02T03:04:05Z"), file: "seen.txt" }).value })'
  const { repro, read, write } = makeProject(oneStage(definition, call, head))
  write("seen.txt", "one")
  expect(repro(["run"])).toMatchObject({ code: 0 })
  expect(JSON.parse(read("artifacts/view/one/small/give/value.json")).value).toBe("2026-01-02 one")
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  write("seen.txt", "two")
  expect(repro(["explain", "give"]).stdout).toContain("environment changed: observed file one → two")
  repro(["run"])
  expect(JSON.parse(read("artifacts/view/one/small/give/value.json")).value).toBe("2026-01-02 two")
})

it("a stage reads optional, many and folder inputs, and bytes come back as they were", () => {
  const definition = `const Bytes = Artifact.file("bytes", { extension: ".bin" })
  const Files = Artifact.folder("files")
  export const give = Stage.make("give", {
    params: Schema.Struct({ n: Schema.Int }), inputs: {}, outputs: { bytes: Bytes, files: Files },
    run: ({ params }) => Effect.succeed({ bytes: new Uint8Array([0, 255, params.n]), files: { "b/c.txt": "é", "a.txt": "", } }),
  })
  export const take = Stage.make("take", {
    params: Schema.Struct({}),
    inputs: { all: Artifact.many(Bytes), files: Files, more: Artifact.optional(Files), none: Artifact.optional(Bytes) },
    outputs: { value: Value },
    run: ({ inputs }) => Effect.gen(function* () {
      const all = yield* Effect.all(inputs.all.map((file) => file.read))
      const files = yield* inputs.files.read
      return { value: { value: JSON.stringify({
        all: all.map((bytes) => [...bytes]), labels: inputs.all.map(({ labels }) => labels.n), none: inputs.none === undefined,
        more: inputs.more !== undefined, files: Object.entries(files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]),
      }) } }
    }),
  })`
  const call = `{
    const made = grid({ n: [3, 1, 2] }, ({ n }) => give({}, { n }))
    return { value: take({ all: made.map(({ bytes }) => bytes), files: made[0].files, more: made[1].files }, {}).value }
  }`
  const { repro, read, edit } = makeProject(oneStage(definition, call))
  const result = repro(["run"])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(JSON.parse(read("artifacts/view/one/small/take/value.json")).value)).toEqual({
    all: [
      [0, 255, 1],
      [0, 255, 2],
      [0, 255, 3],
    ],
    labels: [1, 2, 3],
    none: true,
    more: true,
    files: [
      ["a.txt", ""],
      ["b/c.txt", "é"],
    ],
  })
  expect(read("artifacts/view/one/small/give/n=2/files/b/c.txt")).toBe("é")
  edit("pipelines/main.ts", "[3, 1, 2]", "[1, 2, 3]")
  expect(repro(["plan"]).stdout).toContain("Nothing to do")
})

it("findings of a pipeline are printed after a run, from what is there", () => {
  const { repro, edit } = wordsProject()
  edit(
    "pipelines/main.ts",
    "workerLock",
    'findings: [{ title: "Lengths", sql: "SELECT words, length FROM lengths ORDER BY words" }],\n  workerLock',
  )
  for (let time = 0; time < 2; time++)
    expect(repro(["run"]).stdout).toMatch(/Lengths\nwords +length\n.*\n +1 +5\n +2 +10\n/)
})

it("explain says what an up-to-date node's key rests on, and how two nodes differ", () => {
  const { repro } = wordsProject()
  repro(["run", "shout"])
  const { stdout } = repro(["explain", "shout/words=1"])
  for (const line of [
    /^shout\/words=1 is up to date\.\n {2}key {4}[0-9a-f]{64}\n {2}made {3}20/,
    /\n {2}stage {6}shout\n {2}params {5}\{"mark":"!"\}\n {2}inputs {5}text: text of write\/words=1, [0-9a-f]{12}\n/,
    /\n {2}code {7}stages\/text\.ts: Text, shout\n {2}packages {3}(\S+ \S+, )*effect \d/,
    /\n {2}variables {2}none\n {2}outputs {4}text: json \.json\n {2}engine {5}format \d+\n$/,
  ])
    expect(stdout).toMatch(line)
  expect(repro(["explain", "write/words=2", "--against", "write/words=1"]).stdout).toBe(
    "From write/words=1 to write/words=2:\n  - param changed: words 1 → 2\n",
  )
  expect(repro(["explain", "write/words=1", "--against", "write/words=1"]).stdout).toContain("is the same work as")
  expect(repro(["explain", "write/words=1", "--against", "measure/words=1"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("measure/words=1 has no result to compare with"),
  })
})
