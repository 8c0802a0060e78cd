/** Worker stages through the real command line: deaths, retries, secrets, stopping. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, until } from "../support/project.ts"
import { isAlive, python, workerProject } from "../support/worker.ts"

const PYTHON = { REPRO_WORKER_PYTHON: python }

it("runs a task, keeps its log and its numbers, and is a hit on a machine without the worker", () => {
  const { repro, edit } = workerProject({ value: "v", print: ["a line of the task"] })
  expect(repro(["run"], PYTHON)).toMatchObject({ code: 0 })
  const shown = repro(["show", "act"], { REPRO_WORKER_PYTHON: "/nowhere/python" }).stdout
  expect(shown).toContain("a line of the task")
  expect(shown).toContain("seconds 1.5")
  expect(shown).toContain("device cpu")
  expect(repro(["run"], { REPRO_WORKER_PYTHON: "/nowhere/python", CUDA_VISIBLE_DEVICES: "0" }).stderr).toContain(
    "Nothing to do",
  )
  edit("worker/repro_worker/tasks.py", "def", "# a comment\ndef")
  expect(repro(["plan"]).stdout).toContain("Nothing to do")
  edit("worker/lock.txt", "fake==1.0", "fake==1.1")
  expect(repro(["explain", "act"]).stdout).toContain("environment changed: fake 1.0 → 1.1")
  edit("worker/repro_worker/tasks.py", "return task", "return dict(task)")
  expect(repro(["explain", "act"]).stdout).toMatch(/code changed: .*tasks/)
})

it("tries a worker that died once more, with the state it left", () => {
  const { repro } = workerProject({ value: "v", signal: "SIGTERM", once: true })
  const result = repro(["run"], PYTHON)
  expect(result).toMatchObject({ code: 0 })
  expect(result.stderr.match(/^retry/gm)).toHaveLength(1)
  expect(result.stderr).toContain("by signal SIGTERM")
})

it("tries no more than once more", () => {
  const { repro } = workerProject({ signal: "SIGABRT", print: ["last words"] })
  const result = repro(["run"], PYTHON)
  expect(result.code).toBe(1)
  expect(result.stderr.match(/^retry/gm)).toHaveLength(1)
  expect(result.stderr).toContain("last words")
  expect(repro(["show", "act"]).stdout).toContain("by signal SIGABRT")
})

it("does not try again what memory ended, and keeps the task to look at", () => {
  const { repro, exists } = workerProject({ signal: "SIGKILL" })
  const result = repro(["run"], PYTHON)
  expect(result.code).toBe(1)
  expect(result.stderr).not.toMatch(/^retry/m)
  expect(result.stderr).toContain("out of memory")
  const kept = /kept in (\S+)/.exec(repro(["show", "act"]).stdout)?.[1] ?? ""
  expect(exists(`${kept}/task.json`)).toBe(true)
})

it("says that a declared output is missing", () => {
  const { repro } = workerProject({ no_output: true })
  const result = repro(["run"], PYTHON)
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('The task left no file "value.json"')
})

const SECRET = "hf_0123456789abcdef-secret"

it.each([
  ["prints it", { tell: ["API_TOKEN"], value: "v" }, 0],
  ["dies with it on its lips", { tell: ["API_TOKEN"], signal: "SIGABRT" }, 1],
  ["fails with it in its message", { tell: ["API_TOKEN"], error: "refused for $API_TOKEN" }, 1],
])("keeps a token out of the store and off the screen when a task %s (nextflow#5183)", (_, params, code) => {
  const { repro, root, edit } = workerProject(params, { secrets: ["API_TOKEN"] })
  edit("worker/repro_worker/serve.py", '"environment": dict(os.environ), ', "")
  const secrets = { ...PYTHON, API_TOKEN: SECRET, OTHER_TOKEN: `other-${SECRET}` }
  const result = repro(["run"], secrets)
  expect(result.code, result.stderr).toBe(code)
  const shown = repro(["show", "act"], secrets)
  for (const text of [result.stdout, result.stderr, shown.stdout, shown.stderr]) expect(text).not.toContain(SECRET)
  expect(result.stderr + shown.stdout).toContain("[API_TOKEN]")
  for (const folder of ["artifacts", ".cache"]) {
    for (const name of filesUnder(`${root}/${folder}`)) {
      expect(fs.readFileSync(`${root}/${folder}/${name}`).includes(SECRET), name).toBe(false)
    }
  }
})

/** Starts a run whose task has begun, with a child of its own. */
const begunTask = async () => {
  const project = workerProject({ begun: "BEGUN", value: "v", sleep: 60, child: 60 })
  const begun = `${project.root}/begun`
  project.edit("pipelines/main.ts", "BEGUN", begun)
  const running = project.start(["run"], PYTHON)
  await until(() => fs.existsSync(begun) && fs.readFileSync(begun, "utf8") !== "", "the task began")
  return { project, running, pid: Number(fs.readFileSync(begun, "utf8")) }
}

it("SIGINT ends the task too, and the next run resumes", async () => {
  const { project, running, pid } = await begunTask()
  running.child.kill("SIGINT")
  const { code, stderr } = await running.ended
  expect(code).toBe(130)
  expect(stderr).toContain("Stopped.")
  expect(isAlive(pid)).toBe(false)
  expect(filesUnder(`${project.root}/artifacts/failures`)).toEqual([])
  expect(
    fs.existsSync(`${project.root}/.cache/workers`) ? fs.readdirSync(`${project.root}/.cache/workers`) : [],
  ).toEqual([])
})

it("a task and its children end at once when their driver is killed: no orphan writes into the next attempt's state", async () => {
  const { running, pid } = await begunTask()
  const group = () => {
    try {
      return process.kill(-pid, 0)
    } catch {
      return false
    }
  }
  expect(group()).toBe(true)
  running.child.kill("SIGKILL")
  await until(() => !group(), "the task's processes are gone", 5_000)
  expect(isAlive(pid)).toBe(false)
})
