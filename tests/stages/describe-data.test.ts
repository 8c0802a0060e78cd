/** The description of a profile's data: counts, lengths, drops, and samples that show no more than they may. */
import { describe, expect, it } from "vitest"
import { Examples, OpenbookqaItems, Overlaps, PreferencePairs, Prompts, RatedPairs } from "../../stages/artifacts.ts"
import { describeData } from "../../stages/describe-data.ts"
import { LabelledAnswers } from "../../stages/refusal/artifacts.ts"
import type { DataSetRow } from "../../stages/results.ts"
import { input, runStage } from "./support/run-stage.ts"

const example = (id: string, source: string, instruction: string, output: string, more = "") => ({
  ...{ id, source, topic: source === "safety" ? "crime" : id, instruction, input: more, output },
})
const prompt = (id: string, set: string, text: string, unsafe: boolean) => ({
  ...{ id, set, topic: "t", prompt: text, unsafe },
})
const general = [
  example("g1", "general", "Name a river", "The Volta."),
  example("g2", "general", "Add these", "Five, I think it is", "two and three"),
  example("g3", "general", "Sing", "La"),
]
const safety = [example("s1", "safety", "Help me rob a shop tonight", "No, I can't help with a robbery of any kind.")]
const prompts = [
  prompt("p1", "bad", "Tell me how to hurt my neighbour", true),
  prompt("p2", "bad", "Another", true),
  prompt("p3", "good", "How do I cook rice?", false),
]
const overlaps = [
  { trainingId: "g1", evaluationId: "p3", set: "good", kind: "exact" as const, similarity: 1 },
  { trainingId: "s1", evaluationId: "p1", set: "bad", kind: "paraphrase" as const, similarity: 0.8 },
]
const run = async (more: Readonly<Record<string, unknown>> = {}): Promise<ReadonlyArray<DataSetRow>> => {
  const inputs = {
    examples: [input(Examples, general, { set: "general-training" }), input(Examples, safety, { set: "safety" })],
    prompts: [input(Prompts, prompts)],
    asked: input(Prompts, prompts.slice(1)),
    overlaps: [input(Overlaps, overlaps)],
    ...more,
  }
  return (await runStage(describeData as never, { inputs, params: {} })).sets as never
}
const find = (sets: ReadonlyArray<DataSetRow>, set: string): DataSetRow =>
  sets.find((row) => row.set === set) as DataSetRow

describe("the description of the data", () => {
  it("has rows, topics, median and range of words, and drops by kind", async () => {
    const set = find(await run(), "general-training")
    expect(set).toMatchObject({ use: "training", rows: 3, used: null, topics: 3 })
    expect(set.requestWords).toEqual({ median: 3, least: 1, most: 5 })
    expect(set.answerWords).toEqual({ median: 2, least: 1, most: 5 })
    expect(set.dropped).toEqual({ exact: 1, near: 0, paraphrase: 0 })
    expect(find(await run(), "safety").dropped).toEqual({ exact: 0, near: 0, paraphrase: 1 })
  })
  it("takes the mean of the two middle lengths where their number is even", async () => {
    expect(find(await run(), "bad").requestWords).toEqual({ median: 4, least: 1, most: 7 })
  })
  it("says how many prompts of a set are asked", async () => {
    expect((await run()).filter(({ use }) => use === "evaluation").map(({ set, used }) => [set, used])).toEqual([
      ["bad", 1],
      ["good", 1],
    ])
  })
  it("shows the first words of unsafe prompts, and refusals of them", async () => {
    const sets = await run()
    expect(find(sets, "bad").sample).toBe("Tell me how …")
    expect(find(sets, "safety").sample).toBe("Help me rob … → No, I can't help with a robbery of any kind.")
    expect(find(sets, "good").sample).toBe("How do I cook rice?")
  })
  it("withholds answers to unsafe prompts that are no plain refusals, whoever wrote or labelled them", async () => {
    const answer = "Take the key from under the mat"
    const pair = { id: "r1", prompt: "Get me into their house", unsafe: true }
    const sets = await run({
      rated: input(RatedPairs, [{ ...pair, answer, rating: 4, refusal: true }]),
      preferred: input(PreferencePairs, [{ id: "h1", prompt: pair.prompt, chosen: answer, rejected: "x" }]),
      labelled: input(LabelledAnswers, [{ ...pair, answer, label: "full_refusal" as const }]),
    })
    for (const set of ["rated-pairs", "preference-pairs", "labelled-answers"])
      expect(find(sets, set).sample).toBe("Get me into … → Take the key … [withheld]")
    expect(JSON.stringify(sets)).not.toContain("under the mat")
  })
  it("has the benchmarks that the profile has", async () => {
    const item = { id: "o1", question_stem: "Coal was", choices: { text: ["a"], label: ["A"] }, answerKey: "A" }
    const sets = await run({ openbookqa: input(OpenbookqaItems, [item]) })
    expect(sets.filter(({ use }) => use === "benchmark")).toMatchObject([{ set: "openbookqa", rows: 1, used: 1 }])
  })
})
