/** Files that are edited while a run goes on: no result is recorded under code that didn't make it. */
import { expect, it } from "vitest"
import { makeProject, type TestProject, until } from "../support/project.ts"
import { python, WORKER_FILES } from "../support/worker.ts"

/** A stage that waits for a file `go`, and what comes after it. */
const waiting = (after: string, head = ""): string => `import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Pipeline } from "../kit/pipeline.ts"
import { Stage } from "../kit/stage.ts"
${head}
export const Value = Artifact.json("values", Schema.Struct({ value: Schema.String }))
export const wait = Stage.make("wait", {
  params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
  run: ({ root }) => Effect.promise(async () => {
    fs.writeFileSync(root + "/waits", "")
    while (!fs.existsSync(root + "/go")) await new Promise((resolve) => setTimeout(resolve, 20))
    return { value: { value: "waited" } }
  }),
})
${after}
export default Pipeline.make("one", {
  profiles: { small: {} },
  defaultProfile: "small",
  workerLock: () => "worker/lock.txt",
  body: () => ({ value: after({ value: wait({}, {}).value }, {}).value }),
})
`

const LATE = `export const after = Stage.make("after", {
  params: Schema.Struct({}), inputs: { value: Value }, outputs: { value: Value },
  run: () => Effect.promise(async () => ({ value: { value: (await import("./word.ts")).word } })),
})`
const EARLY = `export const after = Stage.make("after", {
  params: Schema.Struct({}), inputs: { value: Value }, outputs: { value: Value },
  run: () => Effect.succeed({ value: { value: word } }),
})`
const TASK = `export const after = Stage.worker("after", {
  task: "act", entry: "repro_worker.tasks:act",
  params: Schema.Struct({}), inputs: { value: Value }, outputs: { value: Value },
})`

/** Runs, edits a file while the first stage waits, and lets the run end. */
const editWhileRunning = async (project: TestProject, edit: () => void) => {
  const run = project.start(["run"], { REPRO_WORKER_PYTHON: python })
  await until(() => project.exists("waits"), "the first stage waits")
  // Younger edits could be of the moment in which the code was counted.
  await new Promise((resolve) => setTimeout(resolve, 50))
  edit()
  project.write("go", "")
  return run.ended
}

it("a module that a stage imports while it runs", async () => {
  const project = makeProject({
    "pipelines/main.ts": waiting(LATE),
    "pipelines/word.ts": 'export const word = "old"\n',
  })
  const edited = await editWhileRunning(project, () => project.edit("pipelines/word.ts", "old", "new"))
  expect(edited.code).toBe(1)
  expect(edited.stderr).toContain('The code of "after" was edited while the run went on (pipelines/word.ts#')
  expect(project.repro(["run"]).code).toBe(0)
  expect(project.read("artifacts/view/one/small/after/value.json")).toContain("new")
  project.edit("pipelines/word.ts", "new", "old")
  expect(project.repro(["plan"]).stdout).toContain("run   after")
})

it("a file that a stage observes, edited while it is read", async () => {
  const project = makeProject({
    "data.txt": "old",
    "pipelines/main.ts": waiting(EARLY, 'const word = ""').replace(
      "run: ({ root })",
      'observe: (_, root) => fs.readFileSync(root + "/data.txt", "utf8"), run: ({ root })',
    ),
  })
  const edited = await editWhileRunning(project, () => project.write("data.txt", "new"))
  expect(edited.code).toBe(1)
  expect(edited.stderr).toContain("was edited while it ran (old → new)")
  expect(project.repro(["run"]).code).toBe(0)
  expect(project.repro(["plan"]).stdout).toContain("Nothing to do")
})

it("a worker's task, but for a comment", async () => {
  const project = makeProject({ "pipelines/main.ts": waiting(TASK), ...WORKER_FILES })
  const tasks = "worker/repro_worker/tasks.py"
  const edited = await editWhileRunning(project, () => project.edit(tasks, "return task", "return [task]"))
  expect(edited.stderr).toContain(
    'The code of "after" was edited while the run went on (worker/repro_worker/tasks.py#act)',
  )
  expect(edited.code).toBe(1)
  const commented = makeProject({ "pipelines/main.ts": waiting(TASK), ...WORKER_FILES })
  const whole = await editWhileRunning(commented, () => commented.edit(tasks, "return task", "# so\n    return task"))
  expect(whole).toMatchObject({ code: 0 })
})

it("does no harm to what was loaded before the plan", async () => {
  const project = makeProject({
    "pipelines/main.ts": waiting(EARLY, 'import { word } from "./word.ts"'),
    "pipelines/word.ts": 'export const word = "old"\n',
  })
  const edited = await editWhileRunning(project, () => project.edit("pipelines/word.ts", "old", "new"))
  expect(edited.code).toBe(0)
  expect(project.read("artifacts/view/one/small/after/value.json")).toContain("old")
  expect(project.repro(["plan"]).stdout).toContain("code changed: pipelines/word.ts#word")
})

it("a module that was edited after it was loaded and before it was counted", () => {
  const [stages, pipeline] = waiting(EARLY, 'import { word } from "./word.ts"').split("export default")
  const project = makeProject({
    "pipelines/main.ts": `import { Pipeline } from "../kit/pipeline.ts"
import { after, wait } from "../stages/both.ts"
import { writeFileSync } from "node:fs"
writeFileSync(new URL("../stages/word.ts", import.meta.url), 'export const word = "new"\\n')
export default${pipeline}`,
    "stages/both.ts": stages as string,
    "stages/word.ts": 'export const word = "old"\n',
    go: "",
  })
  const run = project.repro(["run"])
  expect(run.stderr).toContain("was edited while the run went on (stages/word.ts)")
  expect(run.code).toBe(1)
})
