/** Clocks that are wrong, or jump while a run goes on: nothing reruns without a reason, and no change is missed (nextflow#828). */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, type TestProject, until } from "../../kit/support/project.ts"
import { SLOW_NODES, slowProject } from "../../kit/support/slow.ts"
import { wordsProject } from "../../kit/support/words.ts"
import { LIBFAKETIME, timeless } from "./support/clock.ts"

/** A clock that is off by so much: "+3650d". */
const off = (by: string) => ({ LD_PRELOAD: LIBFAKETIME ?? "", FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: "1" })

const CLOCKS = ["+3650d", "-3650d", "+0.003s"]

it.skipIf(timeless).each(CLOCKS)("a clock that is off by %s for one of two runs", (by) => {
  const { repro, edit, lines, root } = wordsProject()
  expect(repro(["run"], off(by))).toMatchObject({ code: 0 })
  const started = new Date(JSON.parse(fs.readFileSync(recordOf(root), "utf8")).run.started).getTime()
  if (by.endsWith("d")) expect(Math.abs(started - Date.now()), "the clock was really off").toBeGreaterThan(1e10)
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(repro(["run"], off(by)).stderr).toContain("Nothing to do")
  edit("stages/helpers.ts", 'WORD = "word"', 'WORD = "werd"')
  expect(repro(["plan"], off(by)).stdout).toContain("code changed")
  expect(repro(["run"])).toMatchObject({ code: 0 })
  edit("stages/helpers.ts", 'WORD = "werd"', 'WORD = "wurd"')
  expect(repro(["plan"]).stdout).toContain("code changed")
  expect(repro(["run"], off(by))).toMatchObject({ code: 0 })
  expect(lines("calls.txt")).toHaveLength(3 * 6)
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

const recordOf = (root: string): string => `${root}/artifacts/records/${filesUnder(`${root}/artifacts/records`)[0]}`

/** Runs while the clock jumps after each node that began. */
const runWithJumps = async (project: TestProject, jumps: ReadonlyArray<string>) => {
  const file = `${project.root}/clock`
  fs.writeFileSync(file, "+0")
  const environment = { ...off("+0"), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: "1" }
  const { FAKETIME: _, ...jumping } = environment
  const { ended } = project.start(["run", "--jobs", "1"], jumping)
  for (const [index, jump] of jumps.entries()) {
    await until(() => project.lines("calls.txt").length > index, `node ${index + 1} began`, 300_000)
    fs.writeFileSync(`${file}.new`, jump)
    fs.renameSync(`${file}.new`, file)
  }
  return ended
}

it.skipIf(timeless)("a clock that jumps forward and backward in the middle of a run", async () => {
  const project = slowProject()
  const { code, stderr } = await runWithJumps(project, ["+10y", "-10y", "+1d", "-1d"])
  expect(code, stderr).toBe(0)
  const records = filesUnder(`${project.root}/artifacts/records`)
    .map((name) => JSON.parse(project.read(`artifacts/records/${name}`)))
    .map(({ run }: { run: { started: string; milliseconds: number } }) => run)
  const years = records.map(({ started }) => new Date(started).getFullYear())
  expect(Math.max(...years) - Math.min(...years), "the clock really jumped").toBeGreaterThan(15)
  for (const { milliseconds } of records) {
    expect(milliseconds).toBeGreaterThan(0)
    expect(milliseconds).toBeLessThan(60_000)
  }
  expect(stderr).not.toMatch(/about -|about \d{3,} h|NaN/)
  expect(project.repro(["run"]).stderr).toContain("Nothing to do")
  expect(project.lines("calls.txt")).toHaveLength(SLOW_NODES.length)
})

it("times of the store's files that moved change nothing: bytes decide", () => {
  const { repro, root, lines } = wordsProject()
  repro(["run"])
  for (const name of filesUnder(`${root}/artifacts/objects`)) {
    fs.utimesSync(`${root}/artifacts/objects/${name}`, 0, Date.now() / 1000 + 1e6)
  }
  for (const name of ["stages/text.ts", "stages/helpers.ts"]) fs.utimesSync(`${root}/${name}`, 1, 1)
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(lines("calls.txt")).toHaveLength(6)
})
