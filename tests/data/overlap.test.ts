/** Nothing that trains resembles anything that tests, and nothing on which choices are made resembles what is reported. */
import { describe, expect, it } from "vitest"
import { findLikenesses } from "../../kit/lib/near-duplicates.ts"
import { smoke } from "../../pipelines/profiles/smoke.ts"
import { files, read } from "./support.ts"

const evaluation = files("evaluation").flatMap((file) => read(file).map(({ prompt }) => prompt as string))
const tuning = files("tuning").flatMap((file) => read(file).map(({ prompt }) => prompt as string))

const training: Readonly<Record<string, ReadonlyArray<string>>> = {
  "general examples": read("general.jsonl").map(({ instruction, input }) => `${instruction} ${input}`),
  "safety examples as instructions": read("safety.jsonl").map(({ instruction }) => instruction),
  "safety examples as questions": read("safety.jsonl").map(({ question }) => question),
  "rated pairs": read("rated.jsonl").map(({ prompt }) => prompt),
  "labelled answers": read("refusals.jsonl").map(({ prompt }) => prompt),
}

const alike = (left: ReadonlyArray<string>, right: ReadonlyArray<string>) =>
  findLikenesses(left, right, smoke.overlapThreshold).map((found) => [left[found.left], right[found.right]])

describe("no near-duplicate", () => {
  it.each(Object.keys(training))("between %s and the evaluation sets", (name) => {
    expect(alike(training[name] ?? [], evaluation)).toEqual([])
  })
  it.each(Object.keys(training))("between %s and the tuning split", (name) => {
    expect(alike(training[name] ?? [], tuning)).toEqual([])
  })
  it("between the tuning split and the evaluation sets", () => {
    expect(alike(tuning, evaluation)).toEqual([])
  })
  it("goes unnoticed: a changed word or case is found", () => {
    const changed = evaluation.slice(0, 20).map((prompt) => `${prompt.toUpperCase()} please`)
    expect(alike(changed, evaluation).length).toBeGreaterThanOrEqual(15)
  })
})
