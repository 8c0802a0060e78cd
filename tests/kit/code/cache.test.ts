import { execFileSync, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { type CodeRequest, codeDigests } from "../../../kit/code/cache.ts"
import { edit, PROJECT, project, remove, WORKER, write } from "./project.ts"

const MIX: CodeRequest = { kind: "typescript", file: "stages/mix-data.ts", export: "mixData" }
const TASK: CodeRequest = { kind: "python", entry: "repro_worker.tasks.finetune:run" }
const REPOSITORY = path.resolve(import.meta.dirname, "../../..")

let root = ""
let file = ""
beforeEach(() => {
  root = project({ ...PROJECT, ...WORKER })
  file = path.join(root, ".cache/code/digests.json")
})
afterEach(() => remove(root))

const digests = async () => Object.fromEntries(await codeDigests(root, file, [MIX, TASK]))

/** Sets the times of every file back, as if they had been written an hour ago: then a look at them suffices. */
const age = (): void => {
  const hour = new Date(Date.now() - 3_600_000)
  for (const name of fs.readdirSync(root, { recursive: true, encoding: "utf8" })) {
    fs.utimesSync(path.join(root, name), hour, hour)
  }
}

const PROBE = `
import { codeDigests } from "./kit/code/cache.ts"
import { writeSync } from "node:fs"
const [root, file, requests] = JSON.parse(process.argv[1])
const found = await codeDigests(root, file, requests, { python: "no-such-python" })
const addons = process.report.getReport().sharedObjects.filter((name) => name.includes("rolldown"))
writeSync(1, JSON.stringify({ digests: Object.fromEntries(found), addons: addons.length }))
`
/** Asks in a new process that can't start Python; tells whether rolldown was loaded. */
const inNewProcess = (requests: ReadonlyArray<CodeRequest>) =>
  JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "-e", PROBE, JSON.stringify([root, file, requests])], {
      cwd: REPOSITORY,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }),
  )

describe("the memory of code digests", () => {
  it("returns digests by name, the same from memory", async () => {
    const first = await digests()
    expect(Object.keys(first)).toEqual(["stages/mix-data.ts#mixData", "repro_worker.tasks.finetune:run"])
    expect(await digests()).toEqual(first)
  })

  it("loads neither rolldown nor Python if nothing changed", async () => {
    const first = await digests()
    const second = inNewProcess([MIX, TASK])
    expect(second).toEqual({ digests: first, addons: 0 })
    edit(root, "stages/text.ts", "trim(lower)", "trim(lower) + 1")
    expect(inNewProcess([MIX]).addons).toBeGreaterThan(0)
  })

  it("a touched or copied file is no change (nextflow#828)", async () => {
    const first = await digests()
    age()
    expect(inNewProcess([MIX, TASK])).toEqual({ digests: first, addons: 0 })
  })

  it.each([
    ["a transitive helper (redun#99)", "stages/trim.ts", "s+$", "s*$"],
    ["a Python helper", "worker/repro_worker/common.py", "LIMIT = 3", "LIMIT = 4"],
    ["a YAML file", "worker/repro_worker/tasks/boolq.yaml", "boolq", "other"],
  ])("%s of the same size, changed at once", async (_, name, from, to) => {
    const first = await digests()
    edit(root, name, from, to)
    expect(await digests()).not.toEqual(first)
  })

  it("a change of the same size under the same times", async () => {
    const place = path.join(root, "stages/trim.ts")
    const first = await digests()
    const { atime, mtime } = fs.statSync(place)
    edit(root, "stages/trim.ts", "s+$", "s*$")
    fs.utimesSync(place, atime, mtime)
    expect(await digests()).not.toEqual(first)
  })

  it("a lock file", async () => {
    const first = await digests()
    for (const lock of ["package-lock.json", "node_modules/.package-lock.json"]) edit(root, lock, /4\.1\.0/g, "4.1.1")
    expect((await digests())["stages/mix-data.ts#mixData"]?.packages.effect).toBe("4.1.1")
    expect(first["stages/mix-data.ts#mixData"]?.packages.effect).toBe("4.1.0")
  })

  it("a module that a new file takes the place of", async () => {
    edit(root, "worker/repro_worker/tasks/finetune.py", "HERE =", "import extra\n\nHERE =")
    const first = await digests()
    write(root, { "worker/extra.py": "print(1)\n" })
    expect(await digests()).not.toEqual(first)
  })

  it("an installed package that no longer is what is locked, though the digest is remembered", async () => {
    await digests()
    edit(root, "node_modules/.package-lock.json", "sha512-effect-4.1.0", "sha512-effect-other")
    await expect(digests()).rejects.toMatchObject({ _tag: "LockProblem" })
  })

  it("variables that are no longer declared", async () => {
    edit(root, "stages/text.ts", "trim(lower)", "trim(process.env.MARK ?? lower)")
    await codeDigests(root, file, [{ ...MIX, environment: ["MARK"] }])
    await expect(codeDigests(root, file, [MIX])).rejects.toMatchObject({ _tag: "CodeRefused" })
  })
})

describe("a memory in bad shape costs time only", () => {
  it.each([
    ["empty", () => ""],
    ["cut off (targets#368)", (text: string) => text.slice(0, text.length / 2)],
    ["garbled", (text: string) => text.replace(/"digest":"..../, '"digest":"0000')],
    ["of another kind", () => "[1]"],
  ])("%s", async (_, damage) => {
    const first = await digests()
    fs.writeFileSync(file, damage(fs.readFileSync(file, "utf8")))
    expect(await digests()).toEqual(first)
    expect(inNewProcess([MIX, TASK])).toEqual({ digests: first, addons: 0 })
  })

  it("in a place that can't be written", async () => {
    write(root, { blocked: "a file where the folder should be" })
    const found = await codeDigests(root, path.join(root, "blocked/digests.json"), [MIX])
    expect(found.size).toBe(1)
  })

  it("leaves no temporary files", async () => {
    await digests()
    expect(fs.readdirSync(path.dirname(file))).toEqual(["digests.json"])
  })

  it("removes what processes left that were killed while they wrote, and nothing of one that still writes", async () => {
    const dead = spawnSync(process.execPath, ["-e", ""]).pid
    const left = [`digests.json.${dead}-1a2b`, "digests.json.0b0cf0e5-91a4-4cf4-a3a0-8a1f3c9f2d11"]
    const others = [`digests.json.${process.pid}-1a2b`, "notes.txt"]
    for (const name of [...left, ...others]) write(root, { [`.cache/code/${name}`]: "{" })
    await digests()
    expect(fs.readdirSync(path.dirname(file)).sort()).toEqual(["digests.json", ...others].sort())
  })
})
