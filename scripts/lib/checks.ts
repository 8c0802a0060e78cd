/**
 * The checks that `make test` is made of, each a command and the way to read what it came to.
 */
import { existsSync } from "node:fs"
import { mkdir, rm } from "node:fs/promises"
import { join } from "node:path"
import process from "node:process"
import { $ } from "zx"
import { cache, pythonOf, root } from "./paths.ts"
import { elapsed } from "./progress.ts"
import { nothing, type Tally, tallyFile, tallyJunit, tallyVitest } from "./tally.ts"

/** Folder of the reports that the last run of each check left. */
export const reports = join(cache, "reports")

/** A check: its name for people, the command, and its tests' report where it runs tests. */
export interface Check {
  readonly name: string
  readonly command: readonly string[]
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
  readonly report?: { readonly path: string; readonly count: (text: string) => Tally }
}

/** What a check came to; `ok` is false when its command failed. */
export interface Outcome {
  readonly check: Check
  readonly ok: boolean
  readonly tally: Tally
  /** Wall-clock time in seconds. */
  readonly seconds: number
}

const node = join(root, "node_modules", ".bin", "node")
const local = (name: string): string => join(root, "node_modules", ".bin", name)

const vitest = (name: string, report: string, environment: Readonly<Record<string, string>>): Check => ({
  name,
  command: [
    node,
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ],
  folder: root,
  environment,
  report: { path: report, count: tallyVitest },
})

/** The checks of `make test`, cheapest first. */
export const quickChecks = (): readonly Check[] => {
  const pytestReport = join(reports, "pytest.xml")
  const python = pythonOf("worker-venv")
  const ruff = [python, "-m", "ruff", "check", "--quiet", "--config", join(root, "worker", "pyproject.toml")]
  const checks: Check[] = [
    { name: "types", command: [local("tsc"), "--noEmit"], folder: root },
    { name: "biome", command: [local("biome"), "check", "--diagnostic-level=warn", "."], folder: root },
    { name: "ruff", command: [...ruff, "worker", "scripts", "bench"], folder: root },
    { name: "notebooks", command: [node, join(root, "scripts", "check-notebooks.ts")], folder: root },
    vitest("vitest", join(reports, "vitest.json"), {}),
  ]
  if (!existsSync(join(root, "worker", "tests"))) return checks
  const pytest: Check = {
    name: "pytest",
    command: [python, "-m", "pytest", "-rs", `--junitxml=${pytestReport}`],
    folder: join(root, "worker"),
    report: { path: pytestReport, count: tallyJunit },
  }
  return [...checks, pytest]
}

/** The check that runs the tests of `tests/suites/NAME`. */
export const suiteCheck = (name: string): Check =>
  vitest(`suite ${name}`, join(reports, `suite-${name}.json`), { REPRO_SUITE: name })

/** Runs a check with its output shown, and counts its tests. */
export const runCheck = async (check: Check): Promise<Outcome> => {
  const began = elapsed()
  await mkdir(reports, { recursive: true })
  if (check.report) await rm(check.report.path, { force: true })
  const env = { ...process.env, ...check.environment }
  const result = await $({ cwd: check.folder, env, stdio: ["ignore", 2, 2], nothrow: true })`${check.command}`
  const tally = check.report ? await tallyFile(check.report.path, check.report.count) : nothing
  return { check, ok: result.exitCode === 0, tally, seconds: elapsed() - began }
}
