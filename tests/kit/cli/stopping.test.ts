/** A driver that is stopped or killed in the middle: what is told, what is left, and how it goes on. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, type TestProject, until } from "../support/project.ts"
import { SLOW_NODES, slowProject } from "../support/slow.ts"

/** A run that has finished something and is in the middle of something else. */
const midway = async (project: TestProject) => {
  const running = project.start(["run", "--jobs", "1"])
  await until(() => project.lines("calls.txt").length === 3, "the third node began")
  project.write("hold", "")
  await until(() => filesUnder(`${project.root}/artifacts/records`).length >= 2, "two nodes are done")
  return running
}

const finish = (project: TestProject): void => {
  fs.rmSync(`${project.root}/hold`)
  const done = filesUnder(`${project.root}/artifacts/records`).length
  const before = project.lines("calls.txt").length
  const again = project.repro(["run"])
  expect(again).toMatchObject({ code: 0 })
  expect(again.stderr).toContain(`${SLOW_NODES.length - done} computed, ${done} cached of 6 nodes`)
  expect(project.lines("calls.txt")).toHaveLength(before + SLOW_NODES.length - done)
  expect(fs.readdirSync(`${project.root}/artifacts/attempts`)).toEqual([])
  expect(fs.readdirSync(`${project.root}/artifacts/claims/drivers`)).toEqual([])
  expect(filesUnder(`${project.root}/artifacts`).filter((name) => name.endsWith(".tmp"))).toEqual([])
  const rows = project.repro(["query", "--format", "csv", 'SELECT count(*) AS n FROM "values"'])
  expect(rows.stdout).toBe("n\n6\n")
}

it("SIGKILL loses only what was running; the next run goes on without help and does nothing twice (targets#368, nextflow#1448)", async () => {
  const project = slowProject()
  const running = await midway(project)
  running.child.kill("SIGKILL")
  expect((await running.ended).signal).toBe("SIGKILL")
  finish(project)
})

it.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends with 130, says how to go on, and leaves no lock and nothing half done (seen with DVC)",
  async (signal) => {
    const project = slowProject()
    const running = await midway(project)
    running.child.kill(signal)
    const { code, stderr } = await running.ended
    expect(code).toBe(130)
    expect(stderr).toContain("Stopped. What was finished is kept: run again to go on.")
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+|error:/m)
    expect(fs.readdirSync(`${project.root}/artifacts/attempts`)).toEqual([])
    expect(filesUnder(`${project.root}/artifacts/failures`)).toEqual([])
    const names = project.repro(["query", "--format", "csv", 'SELECT count(*) > 0 AS some FROM "values"'])
    expect(names.stdout).toBe("some\ntrue\n")
    finish(project)
  },
)
