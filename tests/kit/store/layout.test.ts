/** Names that any file system takes, formats, and records that are whole or absent. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { StoreError } from "../../../kit/errors.ts"
import { readHeads, writeHeads } from "../../../kit/store/heads.ts"
import {
  checkFormat,
  headsPath,
  prepareStore,
  recordPath,
  safeName,
  viewFolder,
  writeAtomically,
} from "../../../kit/store/layout.ts"
import { readRecord, writeRecord } from "../../../kit/store/record.ts"
import { temporaryFolder } from "../support/project.ts"
import { plainRecord } from "../support/store.ts"

/** Names that have broken peers: snakemake#2981, nextflow#1392, dvc#2524. */
const STRANGE = [
  "with space",
  " leading and trailing ",
  `quotes ' and "`,
  "a;b & c | d > e",
  "line\nbreak\r\ttab",
  "emoji 🦙 é é",
  "slash/../back\\slash",
  "..",
  ".",
  ".hidden",
  "",
  "%2f",
  "*?<>|:",
  "$(id) `id`",
  "-rf",
  "\u0000nul\u001b[31m",
  "x".repeat(300),
  `${"x".repeat(299)}y`,
  "🦙".repeat(200),
]

describe("safeName", () => {
  it("gives a name that the file system takes and gives back, for strange names too (snakemake#1771)", () => {
    const folder = temporaryFolder()
    for (const name of STRANGE) {
      const safe = safeName(name)
      expect(safe).not.toMatch(/[/\\\p{Cc}]|^\.|^$/u)
      expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(120)
      fs.writeFileSync(path.join(folder, safe), name)
    }
    expect(fs.readdirSync(folder)).toHaveLength(STRANGE.length)
  })

  it("keeps distinct names distinct", () => {
    expect(new Set(STRANGE.map(safeName)).size).toBe(STRANGE.length)
    const name = fc.string({ unit: fc.constantFrom("a", "%", "2", "f", "/", ".", "~", "\n", "é") })
    fc.assert(fc.property(name, name, (a, b) => (a === b) === (safeName(a) === safeName(b))))
  })

  it("leaves ordinary names as they are", () => {
    for (const name of ["fine-tune", "safety=100", "lr=0.001", "Llama 2 (7B)", "naïve"])
      expect(safeName(name)).toBe(name)
  })

  it("keeps a node's place inside the view", () => {
    const store = { root: "/store" }
    for (const name of STRANGE) {
      const folder = viewFolder(store, { pipeline: name, profile: name }, `stage/label=${name}`)
      expect(path.resolve(folder).startsWith("/store/view/")).toBe(true)
      expect(path.resolve(folder)).toBe(folder)
    }
  })
})

describe("the format", () => {
  it("of a newer store is refused, with what to do, and nothing is written", () => {
    const root = temporaryFolder()
    fs.writeFileSync(`${root}/format`, "2\n")
    expect(() => checkFormat({ root })).toThrow(StoreError)
    expect(() => checkFormat({ root })).toThrow("The store has format 2; this version reads format 1")
    expect(() => prepareStore({ root })).toThrow(StoreError)
    expect(fs.readFileSync(`${root}/format`, "utf8")).toBe("2\n")
  })

  it("of a new and of a prepared store is right", () => {
    const root = `${temporaryFolder()}/new`
    checkFormat({ root })
    prepareStore({ root })
    prepareStore({ root })
    checkFormat({ root })
  })

  it("can't be given to a place that is no folder, and the error says so", () => {
    const root = `${temporaryFolder()}/file`
    fs.writeFileSync(root, "")
    expect(() => prepareStore({ root })).toThrow(/The store can't be prepared/)
  })
})

describe("records and heads", () => {
  const key = "ab".repeat(32)
  const record = plainRecord(key, { labels: { "odd \n name": "🦙" } })
  const prepared = () => {
    const store = { root: temporaryFolder() }
    prepareStore(store)
    return store
  }

  it("come back as they were written", () => {
    const store = prepared()
    expect(readRecord(store, key)).toBeUndefined()
    writeRecord(store, record)
    expect(readRecord(store, key)).toEqual(record)
    writeRecord(store, { ...record, format: 1 })
    expect(readRecord(store, key), "an older format is read").toEqual({ ...record, format: 1 })
    const heads = { format: 1, pipeline: "p/q", profile: "a b", nodes: {}, types: { t: { columns: [] } } } as const
    writeHeads(store, heads)
    expect(readHeads(store, "p/q", "a b")).toEqual(heads)
  })

  it("that are torn, empty or of another key count as absent (targets#368, targets#1579)", () => {
    const store = prepared()
    const whole = JSON.stringify(record)
    const torn = [whole.slice(0, -1), whole.slice(0, 9), "", "null", "[]", "1", whole.replace(/ab/g, "cd"), "\0\0\0"]
    for (const text of [...torn, whole.replace('"format":2', '"format":3')]) {
      fs.writeFileSync(recordPath(store, key), text)
      expect(readRecord(store, key), text).toBeUndefined()
      fs.mkdirSync(path.dirname(headsPath(store, "p", "q")), { recursive: true })
      fs.writeFileSync(headsPath(store, "p", "q"), text === whole ? "" : text.replace('"format":1', '"format":3'))
      expect(readHeads(store, "p", "q").nodes, text).toEqual({})
    }
  })

  it("are whole or absent: a failed write leaves the old file and no other", () => {
    const folder = temporaryFolder()
    writeAtomically(`${folder}/a`, "old")
    fs.mkdirSync(`${folder}/b/c`, { recursive: true })
    expect(() => writeAtomically(`${folder}/b`, "new")).toThrow()
    writeAtomically(`${folder}/a`, "new")
    expect(fs.readdirSync(folder).sort()).toEqual(["a", "b"])
    expect(fs.readFileSync(`${folder}/a`, "utf8")).toBe("new")
  })
})
