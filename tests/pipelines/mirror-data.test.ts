/** The authors' real data through the mirror profile: needs MIRROR, a folder that holds the published files. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { mirror } from "../../pipelines/profiles/mirror.ts"
import pipeline from "../../pipelines/safety-tuned-llamas.ts"

const root = path.resolve(import.meta.dirname, "../..")
const MIRROR = process.env.MIRROR
const absent = MIRROR === undefined || MIRROR === ""
const note = absent ? " (skipped: set MIRROR)" : ""

const store = fs.mkdtempSync(path.join(os.tmpdir(), "mirror-data-"))
afterAll(() => fs.rmSync(store, { recursive: true, force: true }))

const repro = (...args: ReadonlyArray<string>) =>
  spawnSync(`${root}/bin/repro`, [...args, "--profile", "mirror", "--store", store], { cwd: root, encoding: "utf8" })
const rows = (sql: string): ReadonlyArray<Record<string, unknown>> => {
  const { stdout, stderr } = repro("query", sql, "--format", "json")
  if (stdout === "") throw new Error(stderr)
  return JSON.parse(stdout)
}

/** Sizes of the sets without repeats, as their authors published them. */
const SIZES = {
  "I-Alpaca": 50,
  "I-CoNa": 178,
  "I-Controversial": 40,
  "I-MaliciousInstructions": 98,
  "I-PhysicalSafetySafe": 100,
  "I-PhysicalSafetyUnsafe": 100,
  "Q-Harm": 100,
  XSTest: 450,
}

describe("the sources of the mirror profile", () => {
  const acquired = pipeline.graph("mirror").nodes.filter(({ stage }) => stage.name === "acquire")
  it.each(acquired.map((node) => [node.id, node.params as Record<string, never>] as const))(
    "%s has a place in a mirror, an address pinned to a commit, and a digest",
    (_, { mirror: place, urls, digest }) => {
      expect(place).toMatch(/^[\w-]+\/[\w./-]+$/u)
      expect(urls).toEqual([
        expect.stringMatching(/^https:\/\/raw\.githubusercontent\.com\/[\w.-]+\/[\w.-]+\/[0-9a-f]{40}\//u),
      ])
      expect(digest).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) })
    },
  )
})

describe.skipIf(absent)("the mirror profile's data", () => {
  let ran: ReturnType<typeof repro>
  beforeAll(() => {
    ran = repro("run", "drop-*", "read-*", "collect-prompts")
  }, 900_000)

  it(`is read and compared without an error${note}`, () => {
    expect(`${ran.status} ${ran.status === 0 ? "" : ran.stderr.slice(-2000)}`).toBe("0 ")
  })
  it(`has the authors' 2,483 safety examples, each with an id of its own${note}`, () => {
    expect(
      rows(
        "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM examples WHERE source = 'safety' AND node LIKE 'read-examples%safety-training%'",
      ),
    ).toEqual([{ n: 2483, ids: 2483 }])
  })
  it(`has the evaluation sets in their published sizes${note}`, () => {
    const found = rows(
      'SELECT "set", count(*) AS n, count(DISTINCT prompt) AS prompts FROM prompts WHERE node = \'collect-prompts\' GROUP BY "set" ORDER BY "set"',
    )
    expect(found).toEqual(Object.entries(SIZES).map(([set, n]) => ({ set, n, prompts: n })))
  })
  it(`has XSTest's 250 safe prompts of ten types and 200 unsafe ones${note}`, () => {
    const sql = `SELECT unsafe, count(*) AS n, count(DISTINCT topic) AS types FROM prompts
      WHERE node = 'collect-prompts' AND "set" = 'XSTest' GROUP BY unsafe ORDER BY unsafe`
    expect(rows(sql)).toMatchObject([
      { unsafe: false, n: 250, types: 10 },
      { unsafe: true, n: 200 },
    ])
  })
  it(`drops what hh-rlhf shares with Q-Harm, counts it, and keeps the rest${note}`, () => {
    const [overlap] = rows(
      `SELECT count(*) AS n, min(similarity) FILTER (kind <> 'paraphrase') AS least FROM training_overlaps
       WHERE node LIKE 'drop-preference-overlap%' AND "set" = 'Q-Harm'`,
    ) as ReadonlyArray<Record<string, number>>
    expect(overlap?.n).toBeGreaterThan(0)
    expect(overlap?.least).toBeGreaterThanOrEqual(mirror.overlapThreshold)
    const [pairs] = rows(
      `SELECT (SELECT count(*) FROM preference_pairs WHERE node LIKE 'read-preference-pairs%') AS before,
        (SELECT count(*) FROM preference_pairs WHERE node LIKE 'drop-preference-overlap%') AS after,
        (SELECT count(*) FROM training_overlaps WHERE node LIKE 'drop-preference-overlap%') AS dropped`,
    ) as ReadonlyArray<Record<string, number>>
    expect(pairs?.before).toBe((pairs?.after ?? 0) + (pairs?.dropped ?? 0))
    expect(pairs?.after).toBeGreaterThan(400)
  })
  it(`drops paraphrases that the comparison of words can't see, from every kind of training set${note}`, () => {
    const found = rows(
      "SELECT split_part(node, '/', 1) AS stage, count(*) AS n, min(similarity) AS least FROM training_overlaps WHERE kind = 'paraphrase' GROUP BY ALL",
    ) as ReadonlyArray<Record<string, number>>
    expect(found.map(({ stage }) => String(stage)).sort()).toEqual([
      "drop-overlap",
      "drop-preference-overlap",
      "drop-rated-overlap",
    ])
    for (const { least } of found) expect(least).toBeGreaterThanOrEqual(mirror.paraphrases.threshold)
  })
  it(`keeps no row that the encoder takes for a paraphrase${note}`, () => {
    const kept = rows(
      `SELECT p.trainingId, p.evaluationId FROM paraphrases p WHERE p.trainingId IN (
        SELECT id FROM examples WHERE node LIKE 'drop-%' UNION ALL SELECT id FROM preference_pairs WHERE node LIKE 'drop-%')`,
    )
    expect(kept).toEqual([])
  })
  it(`leaves more examples than the grid draws${note}`, () => {
    const [left] = rows(
      `SELECT count(*) FILTER (source = 'general') AS general, count(*) FILTER (source = 'safety') AS safety FROM examples
       WHERE node LIKE 'drop-overlap%'`,
    ) as ReadonlyArray<Record<string, number>>
    expect(left?.general).toBeGreaterThan(mirror.generalAmount)
    expect(left?.safety).toBeGreaterThan(Math.max(2000, ...mirror.safetyAmounts))
  })
  it(`recovers nearly all benchmark items, and says how many not${note}`, () => {
    const reports = rows("SELECT node, published, unrecovered, used FROM item_reports ORDER BY node") as ReadonlyArray<
      Record<string, number>
    >
    expect(reports.map(({ published }) => published).sort()).toEqual([1838, 3270, 500])
    for (const { published, unrecovered, used } of reports) {
      expect(used).toBe(mirror.itemLimit)
      expect((unrecovered ?? 1) / (published ?? 1)).toBeLessThan(0.02)
    }
  })
})
