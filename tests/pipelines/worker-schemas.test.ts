/** worker/schemas says what the stages say, and the script that writes it finds out when it no longer does. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { rewriteUnions } from "../../scripts/lib/tagged-union.ts"

const root = path.resolve(import.meta.dirname, "../..")
const copy = fs.mkdtempSync(path.join(os.tmpdir(), "schemas-"))
afterAll(() => fs.rmSync(copy, { recursive: true, force: true }))
fs.cpSync(`${root}/scripts`, `${copy}/scripts`, { recursive: true })
fs.cpSync(`${root}/worker/schemas`, `${copy}/worker/schemas`, { recursive: true })
fs.copyFileSync(`${root}/package.json`, `${copy}/package.json`)
for (const folder of ["kit", "stages", "node_modules"]) fs.symlinkSync(`${root}/${folder}`, `${copy}/${folder}`)

const run = (where: string, ...args: ReadonlyArray<string>) => {
  const { status, stderr } = spawnSync(process.execPath, [`${where}/scripts/worker-schemas.ts`, ...args], {
    encoding: "utf8",
  })
  return { status, stderr }
}
const file = `${copy}/worker/schemas/finetune.json`

describe("worker/schemas", () => {
  it("is up to date", () => {
    expect(run(root, "--check")).toMatchObject({ status: 0 })
  })
  it("is found out of date when a file differs, is missing, or should not be there; writing mends it", () => {
    expect(run(copy, "--check")).toMatchObject({ status: 0 })
    fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace('"cosine"', '"cosin"'))
    fs.rmSync(`${copy}/worker/schemas/generate.json`)
    fs.writeFileSync(`${copy}/worker/schemas/old.json`, "{}")
    const { status, stderr } = run(copy, "--check")
    expect(status).toBe(1)
    expect(stderr).toContain("finetune.json, generate.json, old.json")
    expect(stderr).not.toMatch(/\n\s+at /)
    fs.rmSync(`${copy}/worker/schemas/old.json`)
    expect(run(copy)).toMatchObject({ status: 0 })
    expect(run(copy, "--check")).toMatchObject({ status: 0 })
  })
})

describe("a union", () => {
  const member = (kind: string, more: object = {}) => ({
    ...{ type: "object", properties: { kind: { type: "string", enum: [kind] }, ...more }, required: ["kind"] },
  })
  it("whose members a word tells apart is decided by the word", () => {
    const rewritten = rewriteUnions({ properties: { source: { anyOf: [member("a"), member("b")] } } })
    expect(rewritten).toMatchObject({
      properties: {
        source: {
          properties: { kind: { enum: ["a", "b"] } },
          required: ["kind"],
          allOf: [{ if: { properties: { kind: { const: "a" } } } }, { if: { properties: { kind: { const: "b" } } } }],
        },
      },
    })
    expect(JSON.stringify(rewritten)).not.toContain("anyOf")
  })
  it.each([
    ["no word", [{ type: "string" }, { type: "number" }]],
    ["the same word", [member("a"), member("a")]],
    ["a word that need not be there", [{ ...member("a"), required: [] }, member("b")]],
  ])("whose members have %s stays as it is", (_, anyOf) => {
    expect(rewriteUnions({ anyOf })).toEqual({ anyOf })
  })
})
