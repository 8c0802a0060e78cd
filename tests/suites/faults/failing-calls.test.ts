/**
 * System calls that fail, or that the driver does not survive, at an exact point: no object, record or name is taken as
 * good that is not, and the next run ends as if nothing had been.
 */
import { beforeAll, expect, it } from "vitest"
import { until } from "../../kit/support/project.ts"
import { millProject, PYTHON } from "./support/mill.ts"
import { processesOf } from "./support/processes.ts"
import { randomFrom, seed } from "./support/random.ts"
import { expectSwept, expectToldPlainly, type Results, resultsOf } from "./support/results.ts"
import { injecting, traceless } from "./support/strace.ts"

/** What a run without disturbance gives. */
let expected: Results
beforeAll(() => {
  let remove = (): void => {}
  const { root, repro } = millProject((later) => {
    remove = later
  })
  expect(repro(["run"], PYTHON)).toMatchObject({ code: 0 })
  expected = resultsOf(`${root}/artifacts`)
  remove()
})

/** Calls, the error that they give, which of them, and what the person must read. */
const FAILURES: ReadonlyArray<readonly [calls: string, fault: string, told: RegExp]> = [
  ["fsync", "error=EIO:when=1+", /The disk reports an error/],
  ["fsync", "error=EIO:when=9", /The disk reports an error/],
  ["fdatasync", "error=EIO:when=1+", /The disk reports an error/],
  ["fdatasync", "error=EIO:when=4+", /The disk reports an error/],
  ["fdatasync", "error=ENOSPC:when=6+", /The disk is full/],
  ["rename", "error=EIO:when=1+", /The disk reports an error/],
  ["rename", "error=EIO:when=5", /The disk reports an error/],
  ["rename", "error=ENOSPC:when=9+", /The disk is full/],
  ["rename", "error=EROFS:when=12+", /can't be written to/],
  ["mkdir", "error=ENOSPC:when=520+", /The disk is full/],
  ["fchmod", "error=EPERM:when=3+", /can't be written to/],
]

it.skipIf(traceless).each(FAILURES)(
  "%s that fails (%s) is told, and mended by the next run",
  async (calls, fault, told) => {
    const project = millProject()
    const store = `${project.root}/artifacts`
    const broken = await project.launch(["run", "--jobs", "2"], injecting(calls, fault, PYTHON)).ended
    expect(broken.code, broken.stderr).toBe(1)
    expectToldPlainly(broken.stderr)
    expect(broken.stderr).toMatch(told)
    expect(Object.keys(expected)).toEqual(expect.arrayContaining(Object.keys(resultsOf(store))))
    const again = project.repro(["run"], PYTHON)
    expect(again, again.stderr).toMatchObject({ code: 0 })
    expect(resultsOf(store)).toEqual(expected)
    expectSwept(project)
  },
)

const DEATHS = 16

it.skipIf(traceless)(
  `${DEATHS} deaths at the very call that moves, syncs or removes a file (seed ${seed})`,
  async () => {
    const random = randomFrom(seed)
    const calls = ["rename", "fsync", "fdatasync", "unlink", "rmdir", "symlink", "fchmod", "chmod"]
    let died = 0
    for (let death = 0; death < DEATHS; death++) {
      const project = millProject()
      const call = calls[death % calls.length] as string
      const fault = `signal=SIGKILL:when=${1 + Math.floor(random() * 24)}`
      const broken = await project.launch(["run"], injecting(call, fault, PYTHON)).ended
      if (broken.signal === "SIGKILL" || (broken.code ?? 0) > 128) died++
      const what = `${call} ${fault}, seed ${seed}\n${broken.stderr}`
      await until(() => processesOf(project.root).length === 0, `no process is left (${what})`, 60_000)
      const again = project.repro(["run"], PYTHON)
      expect(again, `${what}\n${again.stderr}`).toMatchObject({ code: 0 })
      expect(resultsOf(`${project.root}/artifacts`), what).toEqual(expected)
      expectSwept(project, what)
    }
    expect(died, "runs that died of the call").toBeGreaterThan(DEATHS / 3)
  },
)
