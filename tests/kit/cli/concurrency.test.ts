/** Several drivers on one store, and several nodes with one piece of work, through the real command line. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { makeProject, until } from "../support/project.ts"
import { SLOW_NODES, slowProject } from "../support/slow.ts"
import { oneStage } from "../support/words.ts"

it("two drivers at once compute each key once, and both end well", async () => {
  const { start, repro, lines } = slowProject()
  const drivers = [start(["run", "--jobs", "2"]), start(["run", "--jobs", "2"])]
  for (const { code, stderr } of await Promise.all(drivers.map(({ ended }) => ended))) expect(code, stderr).toBe(0)
  expect([...lines("calls.txt")].sort()).toEqual(SLOW_NODES.map(String))
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("a driver waits only for the key that another computes, not for the other (dvc#5795)", async () => {
  const { start, write, lines, root } = slowProject()
  write("hold", "")
  const first = start(["run", "wait/n=1"])
  await until(() => lines("calls.txt").includes("1"), "the first driver began")
  const second = start(["run", "--jobs", "1"])
  await until(() => lines("calls.txt").length === 2, "the second driver began with something else")
  fs.rmSync(`${root}/hold`)
  const [one, two] = [await first.ended, await second.ended]
  expect([one.code, two.code]).toEqual([0, 0])
  expect(two.stderr).toContain("wait    wait/n=1: another run computes it")
  expect([...lines("calls.txt")].sort()).toEqual(SLOW_NODES.map(String))
})

it("a driver takes over what another was computing when it was killed (nextflow#309)", async () => {
  const { start, write, lines, root } = slowProject()
  write("hold", "")
  const first = start(["run", "wait/n=1"])
  await until(() => lines("calls.txt").includes("1"), "the first driver began")
  const second = start(["run", "wait/n=1"])
  let told = ""
  second.child.stderr?.on("data", (data) => (told += data))
  await until(() => told.includes("another run computes it"), "the second driver waits")
  first.child.kill("SIGKILL")
  await first.ended
  fs.rmSync(`${root}/hold`)
  expect((await second.ended).code).toBe(0)
  expect(lines("calls.txt")).toEqual(["1", "1"])
})

it("drivers of different nodes both leave their results under their names", async () => {
  const { start, repro, write, lines, root } = slowProject()
  write("hold", "")
  const drivers = [start(["run", "wait/n=1", "wait/n=2"]), start(["run", "wait/n=5"])]
  await until(() => lines("calls.txt").length >= 2, "both drivers began")
  fs.rmSync(`${root}/hold`)
  await Promise.all(drivers.map(({ ended }) => ended))
  const sql = 'SELECT n FROM "values" ORDER BY n'
  expect(repro(["query", "--format", "csv", sql]).stdout).toBe("n\n1\n2\n5\n")
})

it("nodes that mean the same work compute it once, and each has it under its name", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
    run: ({ root, scratch }) => Effect.gen(function* () {
      fs.appendFileSync(root + "/calls.txt", "give\\n")
      fs.writeFileSync(scratch + "/mine", "", { flag: "wx" })
      yield* Effect.sleep(50)
      return { value: { value: "a" } }
    }),
  })`
  const call = "Object.fromEntries(grid({ seed: [1, 2, 3] }, ({ seed }) => [seed, give({}, {}).value] as const))"
  const { repro, lines } = makeProject(oneStage(definition, call))
  const result = repro(["run", "--jobs", "3"])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  expect(result.stderr).toContain("1 computed, 2 found done, 0 cached of 3 nodes")
  expect(lines("calls.txt")).toEqual(["give"])
  expect(repro(["query", "--format", "csv", 'SELECT seed, value FROM "values" ORDER BY seed']).stdout).toBe(
    "seed,value\n1,a\n2,a\n3,a\n",
  )
})
