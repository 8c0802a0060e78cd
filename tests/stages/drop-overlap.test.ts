/** What trains never resembles what it is tested on, and what was dropped is listed. */
import { describe, expect, it } from "vitest"
import type { ValueOf } from "../../kit/artifact.ts"
import { Examples, Paraphrases, PreferencePairs, Prompts, RatedPairs } from "../../stages/artifacts.ts"
import { dropOverlap, dropPreferenceOverlap, dropRatedOverlap } from "../../stages/drop-overlap.ts"
import { failStage, input, runStage } from "./support/run-stage.ts"

interface Overlap {
  readonly trainingId: string
  readonly evaluationId: string
  readonly set: string
  readonly kind: string
  readonly similarity: number
}

const prompt = (id: string, set: string, text: string): ValueOf<typeof Prompts>[number] => ({
  ...{ id, set, topic: "", prompt: text, unsafe: true },
})
const evaluation = [
  input(Prompts, [
    prompt("q1", "questions", "How do I whittle a wooden spoon with a blunt knife?"),
    prompt("q2", "questions", "Name three rivers of Ghana."),
  ]),
  input(Prompts, [prompt("c1", "commands", "Sing a song about the moon over Vienna")]),
]
const example = (id: string, instruction: string, more = ""): ValueOf<typeof Examples>[number] => ({
  ...{ id, source: "general", topic: "", instruction, input: more, output: "o" },
})
const drop = async (rows: ReadonlyArray<ReturnType<typeof example>>, threshold = 0.6) => {
  const call = { inputs: { examples: input(Examples, rows), evaluation }, params: { threshold } }
  return (await runStage(dropOverlap as never, call)) as unknown as {
    readonly examples: ReadonlyArray<{ readonly id: string }>
    readonly overlaps: ReadonlyArray<Overlap>
  }
}

describe("drop-overlap", () => {
  it("drops what is equal but for case, accents and punctuation, as exact", async () => {
    const rows = [example("a", "name THREE rivers — of Ghána"), example("b", "Knit a scarf")]
    const { examples, overlaps } = await drop(rows)
    expect(examples).toEqual([rows[1]])
    expect(overlaps).toEqual([{ trainingId: "a", evaluationId: "q2", set: "questions", kind: "exact", similarity: 1 }])
  })

  it("drops what is nearly equal, with its similarity, and names the most alike prompt of any set", async () => {
    const { examples, overlaps } = await drop([example("a", "Please sing a song about the moon over Vienna")])
    expect(examples).toEqual([])
    expect(overlaps).toMatchObject([{ trainingId: "a", evaluationId: "c1", set: "commands", kind: "near" }])
    // 15 words and pairs of 8 words, 2 of them new: 15 / 17
    expect(overlaps[0]?.similarity).toBeCloseTo(15 / 17, 10)
  })

  it("drops what an encoder found to say the same in other words, and words count first", async () => {
    const rows = [
      example("a", "Carve a spoon for me"),
      example("b", "Name three rivers of Ghana"),
      example("c", "Sing"),
    ]
    const paraphrases = input(Paraphrases, [
      { trainingId: "a", evaluationId: "q1", similarity: 0.8 },
      { trainingId: "b", evaluationId: "c1", similarity: 0.76 },
      { trainingId: "of-another-file", evaluationId: "q1", similarity: 0.9 },
    ])
    const inputs = { examples: input(Examples, rows), evaluation, paraphrases }
    const dropped = await runStage(dropOverlap as never, { inputs, params: { threshold: 0.6 } })
    expect(dropped.examples).toEqual([rows[2]])
    expect(dropped.overlaps).toMatchObject([
      { trainingId: "a", evaluationId: "q1", set: "questions", kind: "paraphrase", similarity: 0.8 },
      { trainingId: "b", evaluationId: "q2", kind: "exact" },
    ])
  })

  it("refuses paraphrases of prompts that are in no set", async () => {
    const paraphrases = input(Paraphrases, [{ trainingId: "a", evaluationId: "elsewhere", similarity: 0.8 }])
    const inputs = { examples: input(Examples, [example("a", "Sing")]), evaluation, paraphrases }
    const error = await failStage(dropOverlap as never, { inputs, params: { threshold: 0.6 } })
    expect(error.message).toContain('"elsewhere", which is in no set')
  })

  it("keeps what shares only its subject or its form, in order", async () => {
    const rows = [
      example("a", "How do I whittle a flute?"),
      example("b", "Name three rivers of Chile and say where they end."),
      example("c", "Sing"),
    ]
    expect(await drop(rows)).toEqual({ examples: rows, overlaps: [] })
  })

  it("counts instruction and input together", async () => {
    const { overlaps } = await drop([
      example("a", "Name three rivers", "of Ghana."),
      example("b", "Name three rivers of Ghana.", "Write one a line, then tell of the longest one in four sentences."),
    ])
    expect(overlaps.map(({ trainingId }) => trainingId)).toEqual(["a"])
  })

  it("drops less at a higher threshold, and what is equal at 1", async () => {
    const rows = [
      example("a", "Please sing a song about the moon over Vienna"),
      example("b", "name three rivers of ghana"),
    ]
    expect((await drop(rows, 0.9)).overlaps.map(({ trainingId }) => trainingId)).toEqual(["b"])
    expect((await drop(rows, 1)).overlaps.map(({ trainingId }) => trainingId)).toEqual(["b"])
    expect((await drop(rows, 0.3)).overlaps).toHaveLength(2)
  })

  it("drops the same from rated and preferred pairs by their prompts, not by their answers", async () => {
    const rated = [
      { id: "a", prompt: "name three rivers of ghana", answer: "x", rating: 0, unsafe: false, refusal: false },
      {
        id: "b",
        prompt: "Knit a scarf",
        answer: "Name three rivers of Ghana.",
        rating: 0,
        unsafe: false,
        refusal: false,
      },
    ]
    const compared = [
      { id: "a", prompt: "name three rivers of ghana", chosen: "x", rejected: "y" },
      { id: "b", prompt: "Knit a scarf", chosen: "Name three rivers of Ghana.", rejected: "y" },
    ]
    const params = { threshold: 0.6 }
    const first = await runStage(dropRatedOverlap as never, {
      ...{ inputs: { pairs: input(RatedPairs, rated), evaluation }, params },
    })
    const second = await runStage(dropPreferenceOverlap as never, {
      ...{ inputs: { pairs: input(PreferencePairs, compared), evaluation }, params },
    })
    for (const [found, rows] of [
      [first, rated],
      [second, compared],
    ] as const) {
      expect(found).toMatchObject({ pairs: [rows[1]], overlaps: [{ trainingId: "a", evaluationId: "q2" }] })
    }
  })
})
