/**
 * A run that is killed at any moment, in any way, loses nothing that was finished and serves nothing half: the next run
 * ends with exactly what a run without disturbance gives (targets#368, targets#1579; DVC's empty lock file).
 */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { type TestProject, until } from "../../kit/support/project.ts"
import { millProject, PYTHON } from "./support/mill.ts"
import { processesOf } from "./support/processes.ts"
import { randomFrom, seed } from "./support/random.ts"
import { expectSwept, leftovers, type Results, resultsOf } from "./support/results.ts"

const KILLS = Number(process.env.REPRO_FAULTS_KILLS ?? 200)

/** The kills come in so many batches, a test each; a batch kills in two projects at once. */
const BATCHES = 4
const LANES = 2

const WAYS = ["SIGKILL", "SIGTERM", "SIGINT"].flatMap((signal) =>
  ["the process group", "the driver alone"].map((whom) => ({ signal: signal as NodeJS.Signals, whom })),
)

/** A finished run's results and the milliseconds that it took. */
const undisturbed = (project: TestProject): { readonly results: Results; readonly milliseconds: number } => {
  const first = project.repro(["run"], PYTHON)
  expect(first, first.stderr).toMatchObject({ code: 0 })
  const results = resultsOf(`${project.root}/artifacts`)
  fs.rmSync(`${project.root}/artifacts`, { recursive: true })
  const began = performance.now()
  project.repro(["run"], PYTHON)
  return { results, milliseconds: performance.now() - began }
}

/** Starts a run on an empty store and kills it after a while; whether it still ran by then. */
const killAfter = async (project: TestProject, milliseconds: number, way: (typeof WAYS)[number]): Promise<boolean> => {
  fs.rmSync(`${project.root}/artifacts`, { recursive: true, force: true })
  const { child, ended } = project.launch(["run"], { environment: PYTHON, detached: true })
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  const running = child.exitCode === null
  if (running)
    process.kill(way.whom === "the driver alone" ? (child.pid as number) : -(child.pid as number), way.signal)
  const { code, signal, stderr } = await ended
  if (running && signal === null) expect([0, 130], stderr).toContain(code)
  return running
}

const random = randomFrom(seed)
const plan = Array.from({ length: KILLS }, (_, index) => ({ way: WAYS[index % WAYS.length], share: random(), index }))
const batches = Array.from({ length: BATCHES }, (_, batch) => plan.filter(({ index }) => index % BATCHES === batch))

it.each(batches.map((batch, index) => [index + 1, batch] as const))(
  `${KILLS} kills at random moments (seed ${seed}), each followed by a run that ends as if nothing had been: batch %i of ${BATCHES}`,
  async (_, batch) => {
    let [next, disturbed] = [0, 0]
    const lane = async (): Promise<void> => {
      const project = millProject()
      const { results, milliseconds } = undisturbed(project)
      for (let kill = batch[next++]; kill !== undefined; kill = batch[next++]) {
        const way = kill.way as (typeof WAYS)[number]
        const after = kill.share * milliseconds
        const what = `kill ${kill.index}: ${way.signal} to ${way.whom} after ${after.toFixed(0)} ms, seed ${seed}`
        if (await killAfter(project, after, way)) disturbed++
        await until(() => processesOf(project.root).length === 0, `no process is left (${what})`, 60_000)
        const again = await project.launch(["run"], { environment: PYTHON }).ended
        expect(again.code, `${what}\n${again.stderr}`).toBe(0)
        expect(resultsOf(`${project.root}/artifacts`), what).toEqual(results)
        expectSwept(project, what)
        expect(project.exists("clash"), `${what}: two attempts at once on one checkpoint`).toBe(false)
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    expect(disturbed, "kills that met a running driver").toBeGreaterThan(batch.length / 2)
  },
)

it("thirty kills in a row, with no run to the end between them, leave a store that does not grow", async () => {
  const project = millProject()
  const { results, milliseconds } = undisturbed(project)
  fs.rmSync(`${project.root}/artifacts`, { recursive: true, force: true })
  const moments = randomFrom(seed + 1)
  const left: Array<number> = []
  for (let kill = 0; kill < 30; kill++) {
    const { child, ended } = project.launch(["run", "--force"], { environment: PYTHON })
    setTimeout(() => child.kill("SIGKILL"), (0.3 + 0.7 * moments()) * milliseconds)
    await ended
    left.push(leftovers(project).length)
  }
  expect(Math.max(...left), "leftovers of one driver at most").toBeLessThan(30)
  await until(() => processesOf(project.root).length === 0, "no process is left", 60_000)
  expect(project.repro(["run"], PYTHON)).toMatchObject({ code: 0 })
  expect(resultsOf(`${project.root}/artifacts`)).toEqual(results)
  expectSwept(project)
})
