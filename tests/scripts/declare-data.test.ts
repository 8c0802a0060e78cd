/** The sizes and digests of `data/` are declared as the files have them, and a script declares them anew after an edit. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, describe, expect, it } from "vitest"

const root = path.resolve(import.meta.dirname, "../..")
const copy = fs.mkdtempSync(path.join(os.tmpdir(), "declare-data-"))
afterAll(() => fs.rmSync(copy, { recursive: true, force: true }))
for (const folder of ["scripts", "data"]) fs.cpSync(`${root}/${folder}`, `${copy}/${folder}`, { recursive: true })
fs.mkdirSync(`${copy}/pipelines/profiles`, { recursive: true })
fs.copyFileSync(`${root}/pipelines/profiles/own-data.ts`, `${copy}/pipelines/profiles/own-data.ts`)
fs.copyFileSync(`${root}/package.json`, `${copy}/package.json`)

const run = (where: string, ...args: ReadonlyArray<string>) => {
  const { status, stderr } = spawnSync(process.execPath, [`${where}/scripts/declare-data.ts`, ...args], {
    encoding: "utf8",
  })
  return { status, stderr }
}

describe("the declarations of data/", () => {
  it("are those of the files", () => {
    expect(run(root, "--check")).toMatchObject({ status: 0 })
  })
  it("are found out of date by a changed byte, a new file and one that is gone, by name; writing mends them", () => {
    expect(run(copy, "--check")).toMatchObject({ status: 0 })
    fs.appendFileSync(`${copy}/data/safety.jsonl`, "\n")
    fs.writeFileSync(`${copy}/data/tuning/new.jsonl`, "{}\n")
    fs.rmSync(`${copy}/data/reference/quoted.csv`)
    const { status, stderr } = run(copy, "--check")
    expect(status).toBe(1)
    expect(stderr).toContain("out of date: data/safety.jsonl, data/tuning/new.jsonl, data/reference/quoted.csv.")
    expect(stderr).toContain("make declare-data")
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(run(copy)).toMatchObject({ status: 0 })
    expect(run(copy, "--check")).toMatchObject({ status: 0 })
  })
})
