/** Several drivers on one store at once: each key is computed once, whoever dies meanwhile, and profiles don't wait for each other. */
import { expect, it } from "vitest"
import { type Result, type Running, until } from "../../kit/support/project.ts"
import { millProject, NODES, PYTHON } from "./support/mill.ts"
import { processesOf } from "./support/processes.ts"
import { expectSwept, resultsOf } from "./support/results.ts"

const computed = ({ stderr }: Result): number => Number(/^(\d+) computed/m.exec(stderr)?.[1] ?? 0)

const finish = async (drivers: ReadonlyArray<Running>): Promise<ReadonlyArray<Result>> => {
  const results = await Promise.all(drivers.map(({ ended }) => ended))
  for (const { code, stderr } of results) expect(code, stderr).toBe(0)
  return results
}

it.each([2, 4])("%i drivers that start at once on an empty store compute each key once", async (count) => {
  const project = millProject()
  const store = `${project.root}/artifacts`
  expect(project.repro(["run", "--store", "alone"], PYTHON)).toMatchObject({ code: 0 })
  const results = await finish(Array.from({ length: count }, () => project.start(["run", "--jobs", "2"], PYTHON)))
  expect(results.reduce((sum, result) => sum + computed(result), 0)).toBe(NODES)
  expect(resultsOf(store)).toEqual(resultsOf(`${project.root}/alone`))
  expect(project.exists("clash")).toBe(false)
  expectSwept(project)
})

it("of four drivers, two that are killed cost no more than what they were computing", async () => {
  const project = millProject()
  const drivers = Array.from({ length: 4 }, () => project.start(["run", "--jobs", "1"], PYTHON))
  await until(() => project.lines("calls.txt").length >= 3, "they are at work", 300_000)
  for (const { child } of drivers.slice(0, 2)) child.kill("SIGKILL")
  await finish(drivers.slice(2))
  await Promise.all(drivers.map(({ ended }) => ended))
  await until(() => processesOf(project.root).length === 0, "no process is left", 60_000)
  const began = project.lines("calls.txt")
  expect(began.length).toBeGreaterThanOrEqual(9)
  expect(began.length, "stages begun anew").toBeLessThanOrEqual(9 + 2)
  expect(project.repro(["run"], PYTHON).stderr).toContain("Nothing to do")
  expect(project.exists("clash"), "two attempts at once on one checkpoint").toBe(false)
  expectSwept(project)
})

it("drivers of two profiles work side by side on one store, and each has its names", async () => {
  const project = millProject()
  const drivers = ["small", "other"].map((profile) => project.start(["run", "--profile", profile], PYTHON))
  for (const result of await finish(drivers)) {
    expect(computed(result)).toBe(NODES)
    expect(result.stderr).not.toContain("another run computes it")
  }
  for (const profile of ["small", "other"]) {
    expect(project.repro(["run", "--profile", profile], PYTHON).stderr).toContain("Nothing to do")
    const rows = project.repro(["query", "--profile", profile, "--format", "csv", "SELECT count(*) AS n FROM rows"])
    expect(rows.stdout).toBe("n\n16\n")
  }
})

it("drivers of different nodes of a profile lose none of each other's names", async () => {
  for (let round = 0; round < 3; round++) {
    const project = millProject()
    const drivers = [1, 2, 3, 4].map((n) => project.start(["run", `pour/n=${n}`], PYTHON))
    await finish(drivers)
    const sql = "SELECT string_agg(n::VARCHAR, ',' ORDER BY n) AS n FROM \"values\""
    expect(project.repro(["query", "--format", "json", sql]).stdout).toContain('"1,2,3,4"')
  }
})
