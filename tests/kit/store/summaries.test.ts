/** Summaries of records: what they stand for, and that nothing rests on them where the records say otherwise. */
import * as fs from "node:fs"
import { describe, expect, it } from "vitest"
import { prepareStore, recordPath, summariesPath } from "../../../kit/store/layout.ts"
import { readRecord, type StoreRecord, writeRecord } from "../../../kit/store/record.ts"
import { Summaries } from "../../../kit/store/summaries.ts"
import { temporaryFolder } from "../support/project.ts"
import { plainRecord, recordOf, writeOver } from "../support/store.ts"
import { wordsProject } from "../support/words.ts"

const DIGEST = "d".repeat(64)
const SCOPE = { pipeline: "p", profile: "q é" }
const KEYS = ["a", "b", "c", "e"].map((letter) => letter.repeat(64)) as [string, string, string, string]

const file = { path: "", digest: DIGEST, bytes: 5, stamp: ["1", "2", "3"] as const }
const artifact = { type: "texts", format: "file" as const, extension: ".txt", digest: DIGEST, bytes: 5, files: [file] }
const folder = {
  ...{ type: "models", format: "folder" as const, extension: "", digest: DIGEST, bytes: 12 },
  files: [
    { ...file, path: "é/weights", bytes: 7 },
    { path: "config", digest: "f".repeat(64), bytes: 5 },
  ],
}
const RECORDS: ReadonlyArray<StoreRecord> = [
  plainRecord(KEYS[0], { outputs: { text: artifact, model: folder } }),
  plainRecord(KEYS[1], { node: "ask/words=é", unanswered: { count: 1, of: 3, reason: "busy" } }),
  plainRecord(KEYS[2], { pulled: { from: "there", at: "2026-11-25T12:00:00.000Z" }, outputs: { model: folder } }),
  plainRecord(KEYS[3], { outputs: { odd: { ...artifact, files: [{ ...file, bytes: 4 }] } } }),
]

/** A store of these records, with their summaries. */
const summarized = () => {
  const store = { root: `${temporaryFolder()}/store` }
  prepareStore(store)
  fs.mkdirSync(`${store.root}/heads/p`)
  for (const record of RECORDS) writeRecord(store, record)
  new Summaries(store, SCOPE).save(KEYS, `${store.root}/attempts`)
  return store
}

const gist = (record: StoreRecord | undefined) => {
  if (record === undefined) return undefined
  const { key, node, outputs, pulled, unanswered, run } = record
  return { key, node, outputs, pulled, unanswered, run: { started: run.started, milliseconds: run.milliseconds } }
}

describe("summaries", () => {
  it("say what the records say that planning reads", () => {
    const store = summarized()
    const summaries = new Summaries(store, SCOPE)
    for (const key of KEYS.slice(0, 3)) {
      const found = summaries.find(key, true)
      expect(found).toEqual(gist(readRecord(store, key)))
      expect(found).not.toHaveProperty("format")
    }
    expect(summaries.find(KEYS[3], true), "whose digest is not its file's").toHaveProperty("format")
    expect(summaries.find("9".repeat(64), false)).toBeUndefined()
  })

  it("count for nothing where a record was replaced, edited in place or removed", () => {
    const store = summarized()
    const other = plainRecord(KEYS[0], { node: "replaced" })
    writeRecord(store, other)
    writeOver(recordPath(store, KEYS[1]), { ...RECORDS[1], node: "ask/words=e" })
    fs.rmSync(recordPath(store, KEYS[2]))
    const summaries = new Summaries(store, SCOPE)
    expect(summaries.find(KEYS[0], true)?.node).toBe("replaced")
    expect(summaries.find(KEYS[1], true)?.node).toBe("ask/words=e")
    expect(summaries.find(KEYS[2], true)).toBeUndefined()
  })

  const DAMAGES: ReadonlyArray<readonly [what: string, damage: (place: string) => void]> = [
    ["cut short", (place) => fs.truncateSync(place, fs.statSync(place).size - 20)],
    ["emptied", (place) => fs.truncateSync(place, 0)],
    [
      "flipped by a bit",
      (place) =>
        fs.writeFileSync(
          place,
          fs.readFileSync(place).map((byte, at) => (at === 200 ? byte ^ 1 : byte)),
        ),
    ],
    ["of another version", (place) => fs.writeFileSync(place, fs.readFileSync(place, "utf8").replace(" 1 ", " 9 "))],
    ["replaced by a folder", (place) => [fs.rmSync(place), fs.mkdirSync(place)]],
  ]

  it.each(DAMAGES)("that were %s are done without", (_, damage) => {
    const store = summarized()
    damage(summariesPath(store, SCOPE))
    const summaries = new Summaries(store, SCOPE)
    for (const key of KEYS) expect(summaries.find(key, true)).toEqual(readRecord(store, key))
  })
})

describe("a plan", () => {
  it("sees a record that was changed by hand though it was summarized, and the next run mends it", () => {
    const project = wordsProject()
    expect(project.repro(["run"])).toMatchObject({ code: 0 })
    expect(project.exists("artifacts/heads/words/small.summaries")).toBe(true)
    const { file: place, record } = recordOf(project, "write/words=2")
    writeOver(place, {
      ...record,
      outputs: JSON.parse(JSON.stringify(record.outputs).replaceAll(/[0-9a-f]{64}/g, DIGEST)),
    })
    expect(project.repro(["plan"]).stdout).toMatch(/run +write\/words=2\n +output missing: text/)
    expect(project.repro(["run"]).stderr).toContain("1 computed, 2 found done, 3 cached of 6 nodes")
    expect(project.repro(["run"]).stderr).toContain("Nothing to do")
  })

  it("sees a record that verify found to be damaged, whatever its time stamp says", () => {
    const project = wordsProject()
    project.repro(["run"])
    const { file: place } = recordOf(project, "write/words=2")
    const before = fs.statSync(place).mtimeMs
    fs.writeFileSync(place, "{")
    fs.utimesSync(place, before / 1000, before / 1000)
    const moved = fs.statSync(place).mtimeMs
    expect(project.repro(["verify"]).stdout).toContain("it is not whole JSON")
    expect(fs.statSync(place).mtimeMs).toBeGreaterThan(moved)
    expect(project.repro(["run"]).stderr).toContain("1 computed, 2 found done, 3 cached of 6 nodes")
  })
})
