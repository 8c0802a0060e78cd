/** A notebook's runner and its kernel end with the driver that started them, however that ends. */
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { makeProject, type TestProject, until } from "../kit/support/project.ts"

const root = path.resolve(import.meta.dirname, "../..")
const installed = fs.existsSync(`${root}/.cache/notebook-venv/bin/python`)
if (!installed) console.warn('notebook-life: skipped, the notebook environment is missing; run "make setup"')

const PIPELINE = `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { labelled, Pipeline } from "../kit/pipeline.ts"
import { Stage } from "../kit/stage.ts"
import { Answers, BenchmarkScores, HarmScores, Refusals } from "../stages/artifacts.ts"
import { notebook } from "../stages/notebook.ts"
export const nothing = Stage.make("nothing", {
  params: Schema.Struct({}),
  inputs: {},
  outputs: { answers: Answers, harmScores: HarmScores, refusals: Refusals, benchmarks: BenchmarkScores },
  run: () => Effect.succeed({ answers: [], harmScores: [], refusals: [], benchmarks: [] }),
})
export default Pipeline.make("pages", {
  profiles: { small: {} },
  defaultProfile: "small",
  workerLock: () => "worker/lock.txt",
  body: () => {
    const { answers, harmScores, refusals, benchmarks } = labelled({ model: "untuned" }, () => nothing({}, {}))
    const inputs = { answers: [answers], harmScores: [harmScores], refusals: [refusals], benchmarks: [benchmarks] }
    const params = { path: "notebooks/long.ipynb", profile: "small", model: "none", timeoutSeconds: 120 }
    return { page: notebook(inputs, params).page }
  },
})
`

const cell = (source: string) => ({ cell_type: "code", execution_count: null, metadata: {}, outputs: [], source })

/** A project whose notebook says which processes run it, and then takes its time. */
const longNotebook = (): TestProject => {
  const project = makeProject({ "pipelines/main.ts": PIPELINE })
  for (const folder of ["stages", "scripts", "notebooks"])
    fs.cpSync(`${root}/${folder}`, `${project.root}/${folder}`, { recursive: true })
  fs.mkdirSync(`${project.root}/.cache`, { recursive: true })
  fs.symlinkSync(`${root}/.cache/notebook-venv`, `${project.root}/.cache/notebook-venv`)
  const told = JSON.stringify(`${project.root}/pids.txt`)
  const source = `Deno.writeTextFileSync(${told}, Deno.pid + " " + Deno.ppid + "\\n"); await new Promise((done) => setTimeout(done, 90_000))`
  const metadata = { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } }
  project.write(
    "notebooks/long.ipynb",
    JSON.stringify({ cells: [cell(source)], metadata, nbformat: 4, nbformat_minor: 4 }),
  )
  return project
}

const runs = (pid: number): boolean => {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    return !/\) Z /.test(stat)
  } catch {
    return false
  }
}

describe.runIf(installed && process.platform === "linux")("a driver in the middle of a notebook", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)(
    "that ends by %s leaves no process behind",
    { timeout: 60_000 },
    async (signal) => {
      const project = longNotebook()
      const running = project.start(["run"])
      const early = running.ended.then(({ stderr }) => expect.unreachable(stderr))
      await Promise.race([early, until(() => project.lines("pids.txt").length === 1, "the notebook began", 40_000)])
      const pids = (project.lines("pids.txt")[0] as string).split(" ").map(Number)
      expect(pids).toHaveLength(2)
      expect(pids.every(runs)).toBe(true)
      running.child.kill(signal)
      await running.ended
      await until(() => !pids.some(runs), "runner and kernel are gone", 10_000)
    },
  )
})
