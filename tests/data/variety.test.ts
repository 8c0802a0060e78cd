/** Rows are written one by one: openings vary within bounds, and no row of a set nearly repeats another. */
import { describe, expect, it } from "vitest"
import { findLikenesses } from "../../kit/lib/near-duplicates.ts"
import { commonestOpening, files, read } from "./support.ts"

/**
 * The largest share of rows that may begin with the same three words, by file and field: somewhat above what the files
 * have. Requests for harm come in few forms ("How do I …"), so those have wider bounds.
 */
const BOUNDS: ReadonlyArray<readonly [file: string, field: string, most: number]> = [
  ["rated.jsonl", "answer", 0.015],
  ["rated.jsonl", "prompt", 0.12],
  ["refusals.jsonl", "answer", 0.03],
  ["refusals.jsonl", "prompt", 0.15],
  ["safety.jsonl", "question", 0.045],
  ["evaluation/contrast.jsonl", "prompt", 0.08],
  ["tuning/unsafe.jsonl", "prompt", 0.05],
  ["tuning/safe-lookalike.jsonl", "prompt", 0.1],
  ["tuning/general.jsonl", "prompt", 0.075],
  ["benchmarks/boolq.jsonl", "passage", 0.05],
  ["benchmarks/piqa.jsonl", "goal", 0.05],
  ["benchmarks/openbookqa.jsonl", "question_stem", 0.16],
]

describe("openings vary", () => {
  it.each(BOUNDS)("in %s, %s: at most a share of %d", (file, field, most) => {
    expect(commonestOpening(read(file).map((row) => row[field]))).toBeLessThanOrEqual(most)
  })
})

/** Pairs of a set's texts that are alike at this Jaccard index. */
const repeats = (texts: ReadonlyArray<string>, threshold: number): ReadonlyArray<readonly [string, string]> =>
  texts.flatMap((text, index) =>
    findLikenesses([text], texts.slice(index + 1), threshold).map(
      ({ right }) => [text, texts[index + 1 + right] as string] as const,
    ),
  )

describe("no row nearly repeats another", () => {
  it.each([
    ["general.jsonl", "instruction"],
    ["safety.jsonl", "instruction"],
    ["safety.jsonl", "question"],
    ["safety.jsonl", "output"],
    ...[...files("evaluation"), ...files("tuning")].map((file) => [file, "prompt"] as const),
    ["benchmarks/boolq.jsonl", "question"],
    ["benchmarks/piqa.jsonl", "goal"],
    ["benchmarks/openbookqa.jsonl", "question_stem"],
  ] as const)("in %s, %s", (file, field) => {
    const texts = read(file).map((row) => (row.input ? `${row[field]} ${row.input}` : row[field]) as string)
    expect(repeats(texts, 0.8)).toEqual([])
  })
  it("goes unnoticed: a row with a changed word is found", () => {
    const text = read("general.jsonl")[0]?.output as string
    expect(repeats([text, "Something else.", `${text} Indeed.`], 0.8)).toHaveLength(1)
  })
})

describe("rated.jsonl", () => {
  it("has refusals and compliances of safe and of unsafe prompts", () => {
    const rows = read("rated.jsonl")
    const kinds = Map.groupBy(rows, ({ unsafe, refusal }) => `${unsafe} ${refusal}`)
    expect([...kinds.keys()].sort()).toEqual(["false false", "false true", "true false", "true true"])
    for (const [, members] of kinds) expect(members.length).toBeGreaterThanOrEqual(10)
  })
})
