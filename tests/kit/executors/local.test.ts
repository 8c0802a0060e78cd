/** The local executor with a real Python process: how tasks end, what they see, and what is left behind. */
import * as fs from "node:fs"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest"
import { WorkerError } from "../../../kit/errors.ts"
import { Executor, type TaskProgress, type TaskResult } from "../../../kit/executors/executor.ts"
import { localExecutor } from "../../../kit/executors/local.ts"
import { openProject } from "../../../kit/project.ts"
import { makeProject, type TestProject, until } from "../support/project.ts"
import { isAlive, python, WORKER_FILES, writeTask } from "../support/worker.ts"

let files: TestProject
let count = 0
let removeProject = (): void => {}
afterAll(() => removeProject())
beforeAll(() => {
  files = makeProject(WORKER_FILES, (remove) => {
    removeProject = remove
  })
  process.env.REPRO_WORKER_PYTHON = python
})

type Params = Readonly<Record<string, unknown>>

/** Runs tasks, one after another, in one pool. */
const runAll = (
  tasks: ReadonlyArray<Params>,
  options: {
    readonly environment?: ReadonlyArray<string>
    readonly onProgress?: (progress: TaskProgress) => void
  } = {},
) => {
  const home = `${files.root}/homes/${count}`
  const folders = tasks.map((params) => writeTask(`${files.root}/tasks/${count++}`, params))
  const pool = localExecutor(openProject(files.root, undefined), { threads: 3, strict: false, home })
  const effect = Effect.gen(function* () {
    const executor = yield* Executor
    const results: Array<TaskResult> = []
    for (const folder of folders) {
      const task = { folder, node: "act/n=1", environment: options.environment ?? [], secrets: [] }
      results.push(yield* executor.run(task, options.onProgress ?? (() => {})))
    }
    return results
  }).pipe(Effect.provide(pool))
  const outputs = () => folders.map((folder) => JSON.parse(fs.readFileSync(`${folder}/outputs/value.json`, "utf8")))
  return { effect, outputs, home, folders }
}

const failure = async (params: Params): Promise<WorkerError> => {
  const exit = await Effect.runPromiseExit(runAll([params]).effect)
  if (exit._tag === "Success") throw new Error("the task did not fail")
  const error = Cause.squash(exit.cause)
  expect(error).toBeInstanceOf(WorkerError)
  return error as WorkerError
}

describe("a task that ends well", () => {
  it("gives its metrics, versions and machine, and what it printed, on either stream", async () => {
    const [result] = await Effect.runPromise(runAll([{ print: ["hello", "{no protocol}"], tell: ["LANG"] }]).effect)
    expect(result).toMatchObject({ metrics: { seconds: 1.5 }, versions: { fake: "1" }, machine: { device: "cpu" } })
    expect(result?.log).toBe("hello\n{no protocol}\nthe variable is C.UTF-8")
  })

  it("keeps the end of a long log, to the last line", async () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `line ${index} of a rather long log`)
    const [result] = await Effect.runPromise(runAll([{ print: lines }]).effect)
    expect(result?.log.split("\n")).toEqual(lines.slice(-400))
  })

  it("leaves its process warm for the next, without its log", async () => {
    const { effect, outputs, home } = runAll([{ print: ["first"] }, { print: ["second"] }])
    const results = await Effect.runPromise(effect)
    expect(results.map(({ log }) => log)).toEqual(["first", "second"])
    const [one, two] = outputs()
    expect(one.value).toBe(two.value)
    expect(isAlive(Number(one.value))).toBe(false)
    expect(fs.existsSync(home)).toBe(false)
  })

  it("tells how far it is", async () => {
    const steps: Array<TaskProgress> = []
    await Effect.runPromise(runAll([{ progress: 3 }], { onProgress: (progress) => steps.push(progress) }).effect)
    expect(steps.at(-1)).toEqual({ step: 3, total: 9, unit: "steps", numbers: { loss: 0.5 } })
    expect(steps.length).toBeGreaterThan(1)
  })
})

describe("a task sees", () => {
  it("almost no environment: no secret, no home of the person, one hash seed", async () => {
    process.env.REPRO_TEST_TOKEN = "hf_secret"
    onTestFinished(() => void delete process.env.REPRO_TEST_TOKEN)
    const { effect, outputs, home } = runAll([{}])
    await Effect.runPromise(effect)
    const { environment, cwd } = outputs()[0]
    expect(environment).toMatchObject({
      HOME: `${home}/0`,
      PYTHONHASHSEED: "0",
      OMP_NUM_THREADS: "3",
      REPRO_THREADS: "3",
    })
    expect(cwd).toBe(`${home}/0`)
    expect(JSON.stringify(environment)).not.toContain("hf_secret")
    const allowed =
      /^(PATH|LANG|LC_CTYPE|HOME|TMPDIR|PYTHON\w+|REPRO_THREADS|OMP_\w+|TOKENIZERS_PARALLELISM|HF_HOME|HF_HUB_DISABLE_TELEMETRY)$/
    expect(Object.keys(environment).filter((name) => !allowed.test(name))).toEqual([])
  })

  it("a variable that it declares, in a process of its own", async () => {
    process.env.REPRO_TEST_TOKEN = "declared"
    onTestFinished(() => void delete process.env.REPRO_TEST_TOKEN)
    const { effect, outputs } = runAll([{}], { environment: ["REPRO_TEST_TOKEN", "REPRO_TEST_NONE"] })
    await Effect.runPromise(effect)
    expect(outputs()[0].environment).toMatchObject({ REPRO_TEST_TOKEN: "declared" })
    expect(outputs()[0].environment).not.toHaveProperty("REPRO_TEST_NONE")
  })
})

describe("a task that ends badly", () => {
  it("by SIGKILL ran out of memory, as far as one can tell (inspect_ai#913)", async () => {
    const error = await failure({ signal: "SIGKILL" })
    expect(error.kind).toBe("memory")
    expect(error.message).toContain("by signal SIGKILL, as a system does that is out of memory")
    expect(error.remedy).toContain("--jobs 1")
  })

  it("is seen at once, though a process that it started lives on", async () => {
    const begun = performance.now()
    const error = await failure({ child: 30, signal: "SIGSEGV" })
    expect(error.kind).toBe("died")
    expect(performance.now() - begun).toBeLessThan(10_000)
  })

  it("by another signal died, and its last lines are shown", async () => {
    const error = await failure({ print: Array.from({ length: 30 }, (_, index) => `line ${index}`), signal: "SIGSEGV" })
    expect(error.kind).toBe("died")
    expect(error.message).toContain("by signal SIGSEGV")
    expect(error.message).toContain("line 29")
    expect(error.message).not.toContain("line 9\n")
  })

  it("by an exit code died", async () => {
    const error = await failure({ print: ["goodbye"], exit: 7 })
    expect(error).toMatchObject({ kind: "died" })
    expect(error.message).toMatch(/with exit code 7; its last lines:\ngoodbye/)
  })

  it("as it says itself, is told so", async () => {
    const error = await failure({ error: "a row has no text" })
    expect(error).toMatchObject({ kind: "input", message: "a row has no text", where: "row 3", remedy: "Mend it." })
  })

  it("without a result is an error of the worker, and names the node", async () => {
    expect(await failure({ no_result: true })).toMatchObject({ kind: "internal", where: "act/n=1" })
  })

  it("since its Python is not there says to set up", async () => {
    process.env.REPRO_WORKER_PYTHON = "/nowhere/python"
    onTestFinished(() => {
      process.env.REPRO_WORKER_PYTHON = python
    })
    const error = await failure({})
    expect(error).toMatchObject({ kind: "spawn", where: "/nowhere/python" })
    expect(error.remedy).toContain("make setup")
  })
})

it("leaves no process behind when it is interrupted, nor one that the task started", async () => {
  const begun = `${files.root}/begun`
  const { effect, home } = runAll([{ child: 60, begun, sleep: 60 }])
  const fiber = Effect.runFork(effect)
  await until(() => fs.existsSync(begun) && fs.readFileSync(begun, "utf8") !== "", "the task began")
  const pid = Number(fs.readFileSync(begun, "utf8"))
  expect(isAlive(pid)).toBe(true)
  await Effect.runPromise(Fiber.interrupt(fiber))
  expect(isAlive(pid)).toBe(false)
  expect(groupOf(pid)).toEqual([])
  expect(fs.existsSync(home)).toBe(false)
})

/** Living processes of a process group. */
const groupOf = (group: number): ReadonlyArray<string> =>
  fs.readdirSync("/proc").filter((name) => {
    if (!/^\d+$/.test(name)) return false
    try {
      const [state, , own] = fs
        .readFileSync(`/proc/${name}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ")
      return Number(own) === group && state !== "Z"
    } catch {
      return false
    }
  })
