/**
 * What CI runs after set-up: `make test`, each suite of `tests/suites/`, and the smoke profile from end to end. The last
 * line on stdout is `N passed, N failed`, summed over every test report; a test that was skipped counts as failed. Exits 1
 * when anything failed or no test ran. CI_STARTED (unix seconds) is when the run began: it ends within 80 minutes of it.
 */
import { existsSync, readdirSync } from "node:fs"
import { rm } from "node:fs/promises"
import { join } from "node:path"
import process from "node:process"
import { $ } from "zx"
import { reports } from "./lib/checks.ts"
import { root } from "./lib/paths.ts"
import { main, say } from "./lib/progress.ts"
import { add, nothing, strictly, type Tally, tallyFile, tallyJunit, tallyVitest } from "./lib/tally.ts"

/** Seconds from the start by which the run must have ended. */
const limit = 80 * 60 - 30

/** A make target and how to count what it left; a target without reports counts as one test. */
interface Step {
  readonly target: string
  readonly counts: () => Promise<Tally | undefined>
}

const quick: Step = {
  target: "test",
  counts: async () =>
    add(
      await tallyFile(join(reports, "vitest.json"), tallyVitest),
      await tallyFile(join(reports, "pytest.xml"), tallyJunit),
    ),
}

const suiteStep = (name: string): Step => ({
  target: `test-${name}`,
  counts: () => tallyFile(join(reports, `suite-${name}.json`), tallyVitest),
})

/** The steps of this checkout, in order. */
const steps = (): readonly Step[] => {
  const suites = join(root, "tests", "suites")
  const names = existsSync(suites)
    ? readdirSync(suites, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : []
  const reproduce: Step = { target: "reproduce", counts: async () => undefined }
  return [
    quick,
    ...names.map((entry) => suiteStep(entry.name)).sort((a, b) => (a.target < b.target ? -1 : 1)),
    reproduce,
  ]
}

/** Runs one target until `deadline` (Unix milliseconds) at the latest; a target that fails without a failed test counts as one failure. */
const run = async (step: Step, deadline: number): Promise<Tally> => {
  say(`make ${step.target} …`)
  const options = { cwd: root, stdio: ["ignore", 2, 2] as ["ignore", 2, 2], nothrow: true }
  const result = await $({
    ...options,
    timeout: Math.max(1000, deadline - Date.now()),
    timeoutSignal: "SIGKILL",
  })`make ${step.target}`
  const ok = result.exitCode === 0
  if (!ok && Date.now() >= deadline) say(`make ${step.target} was stopped: the time for CI was used up`)
  const counted = await step.counts()
  if (counted === undefined) return { ...nothing, passed: ok ? 1 : 0, failed: ok ? 0 : 1 }
  for (const name of counted.skipped) say(`skipped in ${step.target}: ${name}`)
  const strict = strictly(counted)
  const silent = strict.passed + strict.failed === 0
  if (ok && silent) say(`make ${step.target} ran no test`)
  return strict.failed > 0 || (ok && !silent) ? strict : { ...strict, failed: 1 }
}

await main("ci", async () => {
  const started = Number(process.env.CI_STARTED) || Date.now() / 1000
  await rm(reports, { recursive: true, force: true })
  let sum = nothing
  for (const step of steps()) sum = add(sum, await run(step, (started + limit) * 1000))
  process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`)
  if (sum.failed > 0 || sum.passed === 0) process.exitCode = 1
})
