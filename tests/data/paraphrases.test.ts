/**
 * No training request says in other words what an evaluation prompt says, by a sentence encoder. Most paraphrases that were
 * planted are found, also where few words are the same; planted requests on the same subjects are not.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { findLikenesses } from "../../kit/lib/near-duplicates.ts"
import { smoke } from "../../pipelines/profiles/smoke.ts"
import { PARAPHRASED, UNRELATED } from "./planted.ts"
import { files, read } from "./support.ts"

const root = path.resolve(import.meta.dirname, "../..")
const store = fs.mkdtempSync(path.join(os.tmpdir(), "paraphrases-"))
afterAll(() => fs.rmSync(store, { recursive: true, force: true }))

interface Pair {
  readonly trainingId: string
  readonly evaluationId: string
  readonly similarity: number
}

const repro = (...args: ReadonlyArray<string>) =>
  spawnSync("bin/repro", [...args, "--pipeline", "tests/data/planted.ts", "--store", store], {
    cwd: root,
    encoding: "utf8",
  })

/** Evaluation and tuning prompts by id. */
const prompts = new Map(
  [...files("evaluation"), ...files("tuning")].flatMap((file) =>
    read(file).map(({ id, prompt }) => [id as string, prompt as string]),
  ),
)

describe("by a sentence encoder", () => {
  let pairs: ReadonlyArray<Pair> = []
  beforeAll(() => {
    const { status, stderr } = repro("run")
    if (status !== 0) throw new Error(stderr.slice(-2000))
    pairs = JSON.parse(repro("query", "SELECT * FROM paraphrases", "--format", "json").stdout)
  }, 600_000)

  it("no request that trains paraphrases a prompt of the evaluation sets or of the tuning split", () => {
    const own = pairs.filter(({ trainingId }) => !trainingId.startsWith("planted-"))
    expect(own.map((pair) => ({ ...pair, prompt: prompts.get(pair.evaluationId) }))).toEqual([])
  })
  it("three in four of the planted paraphrases or more are found, each with the prompt that it is of", () => {
    const found = pairs.filter(({ trainingId }) => trainingId.startsWith("planted-paraphrase"))
    expect(found.length).toBeGreaterThanOrEqual((3 / 4) * Object.keys(PARAPHRASED).length)
    for (const { trainingId, evaluationId, similarity } of found) {
      expect(trainingId).toBe(`planted-paraphrase-of-${evaluationId}`)
      expect(similarity).toBeGreaterThanOrEqual(smoke.paraphrases.threshold)
    }
  })
  it("planted requests on the same subjects are no paraphrases", () => {
    expect(pairs.filter(({ trainingId }) => trainingId.startsWith("planted-unrelated"))).toEqual([])
  })
})

describe("the planted paraphrases", () => {
  it("are of prompts that exist, and most of them escape the comparison of words", () => {
    const texts = Object.values(PARAPHRASED)
    for (const id of Object.keys(PARAPHRASED)) expect([...prompts.keys()]).toContain(id)
    const seen = findLikenesses(texts, [...prompts.values()], smoke.overlapThreshold)
    expect(seen.length).toBeLessThanOrEqual(texts.length / 4)
    expect(UNRELATED.length).toBeGreaterThanOrEqual(10)
  })
})
