/** What a sentence encoder adds to the refusal classifier, with vectors that are made up here. */
import { describe, expect, it } from "vitest"
import { Answers, Examples, RatedPairs } from "../../stages/artifacts.ts"
import { JudgedAnswers, LabelledAnswers, RefusalClassifier, SentenceVectors } from "../../stages/refusal/artifacts.ts"
import { meaningBy, ofLastLayer, sentenceId, sentencesOf } from "../../stages/refusal/meaning.ts"
import { classifyRefusals, trainRefusalClassifier } from "../../stages/refusals.ts"
import { collectLabelledSentences, collectSentences } from "../../stages/sentence-vectors.ts"
import type { Value } from "./support/refusals.ts"
import { failStage, input, runStage } from "./support/run-stage.ts"

const UNIT = 10_000

/** Rows of vectors for texts; a middle layer that is not given says nothing. */
const vectorsFor = (
  entries: Iterable<readonly [text: string, vector: ReadonlyArray<number>, middle?: ReadonlyArray<number>]>,
) =>
  [...entries].map(([text, vector, middle]) => ({
    id: sentenceId(text),
    vector,
    middle: middle ?? vector.map(() => 0),
  }))

const PROMPT = "Name a colour."
const [TOPIC, OTHER, THIRD] = [
  [UNIT, 0, 0],
  [0, UNIT, 0],
  [0, 0, UNIT],
] as const

describe("the meaning of an answer", () => {
  const answer = "Blue is one. Red is another. Green comes last."
  const [first, second, third] = sentencesOf(answer) as [string, string, string]
  const meaning = meaningBy(
    vectorsFor([
      [PROMPT, TOPIC, OTHER],
      [first, OTHER, TOPIC],
      [second, THIRD],
      [third, [0.6 * UNIT, 0.8 * UNIT, 0]],
    ]),
  )
  const parts = (text: string) => {
    const numbers = [...meaning.of(PROMPT, text)].map((value) => Math.round(value * 1000) / 1000)
    return Array.from({ length: 12 }, (_, part) => numbers.slice(3 * part, 3 * part + 3))
  }

  it("is that of the first, the second, the first three, the later, the last and all sentences", () => {
    expect(meaning.dimensions).toBe(36)
    expect(parts(answer).slice(0, 6)).toEqual([
      [0, 3, 0],
      [0, 0, 3],
      [0, 1.8, 1],
      [0, 2.4, 0],
      [0, 2.4, 0],
      [0, 1.8, 1],
    ])
  })
  it("is told the same way by the middle layer, behind the last one", () => {
    const third = 1.333
    expect(parts(answer).slice(6)).toEqual([
      [4, 0, 0],
      [0, 0, 0],
      [third, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [third, 0, 0],
    ])
    expect([...ofLastLayer(meaning.of(PROMPT, answer))]).toEqual([...meaning.of(PROMPT, answer)].slice(0, 18))
  })
  it("holds nothing of the topic: a sentence that only repeats the prompt says nothing", () => {
    const echo = meaningBy(
      vectorsFor([
        [PROMPT, TOPIC],
        [sentencesOf(PROMPT)[0] as string, TOPIC],
      ]),
    )
    expect([...echo.of(PROMPT, PROMPT)].every((value) => Math.abs(value) < 1e-6)).toBe(true)
  })
  it("of an answer without a sentence is nought", () => {
    expect(parts("…").flat()).toEqual(Array(36).fill(0))
  })
  it("can't be told for a sentence without a vector, and the message says what to wire", () => {
    expect(() => meaning.of(PROMPT, "Something unheard of.")).toThrow("A sentence has no vector")
  })
})

/** Answers without any cue: the vector alone tells their class. */
const rows = Array.from({ length: 60 }, (_, index) => {
  const refuses = index % 2 === 0
  const prompt = `${["Sing", "Hum", "Whistle", "Drum", "Clap", "Chant"][index % 6]} tune ${index} of album ${index * 7}.`
  return { id: `r-${index}`, prompt, unsafe: false, answer: `Zor ${index} vex.`, label: refuses } as const
})
const answers = rows.map(({ label, ...row }) => ({ ...row, label: label ? "full_refusal" : "full_compliance" }))
const vectors = vectorsFor(
  rows.flatMap(({ prompt, answer, label }) => [
    [prompt, TOPIC] as const,
    [sentencesOf(answer)[0] as string, label ? OTHER : THIRD] as const,
  ]),
)
const PARAMS = { penalty: 1, folds: 5, seed: 1 }
const train = async (given: object): Promise<Value> => {
  const inputs = {
    answers: input(LabelledAnswers, answers as never),
    rated: input(RatedPairs, []),
    examples: [],
    ...given,
  }
  return runStage(trainRefusalClassifier as never, { inputs, params: PARAMS })
}
const asked = (given: ReadonlyArray<{ readonly id: string; readonly prompt: string; readonly answer: string }>) =>
  given.map(({ id, prompt, answer }) => ({
    ...{ id, set: "s", topic: "", prompt, unsafe: false, answer, tokens: 1, finished: true },
  }))

describe("a classifier with an encoder", () => {
  it("finds what no cue tells, and its agreement stands beside that of cues alone", async () => {
    const { agreement, classifier } = await train({ vectors: input(SentenceVectors, vectors) })
    const accuracy = (method: string) => agreement.find((row: Value) => row.method === method).refusedAccuracy
    expect(accuracy("classifier")).toBe(1)
    expect(accuracy("classifier, cues alone")).toBeLessThan(0.8)
    const inputs = {
      answers: input(Answers, asked(rows) as never),
      classifier: input(RefusalClassifier, classifier),
      vectors: input(SentenceVectors, vectors),
    }
    const { refusals } = (await runStage(classifyRefusals as never, { inputs, params: {} })) as Value
    expect(refusals.map(({ label }: Value) => label)).toEqual(answers.map(({ label }) => label))
  })
  it("finds by the middle layer whether an answer refuses, and never by it whether one that refuses complies", async () => {
    const told = vectorsFor(
      rows.flatMap(({ prompt, answer, label }) => [
        [prompt, TOPIC] as const,
        [sentencesOf(answer)[0] as string, OTHER, label ? OTHER : THIRD] as const,
      ]),
    )
    const partly = answers.map(({ label, ...row }) => ({
      ...row,
      label: label === "full_refusal" ? label : "partial_refusal",
    }))
    const { agreement } = await train({ vectors: input(SentenceVectors, told) })
    expect(agreement.find((row: Value) => row.method === "classifier").refusedAccuracy).toBe(1)
    const given = { answers: input(LabelledAnswers, partly as never), vectors: input(SentenceVectors, told) }
    const { complies } = (await train(given)).classifier.general
    const { features } = (await train(given)).classifier.general
    expect(complies.length).toBe(features.length + 18 + 1)
  })
  it("refuses answers that come without vectors, with those of an encoder of another width, or of other answers", async () => {
    const { classifier } = await train({ vectors: input(SentenceVectors, vectors) })
    const inputs = { answers: input(Answers, asked(rows) as never), classifier: input(RefusalClassifier, classifier) }
    const call = (given: object) => ({ inputs: { ...inputs, ...given }, params: {} })
    const without = await failStage(classifyRefusals as never, call({}))
    expect(without.message).toContain("without vectors")
    const narrow = vectors.map(({ id, vector, middle }) => ({
      id,
      vector: vector.slice(0, 2),
      middle: middle.slice(0, 2),
    }))
    const other = await failStage(classifyRefusals as never, call({ vectors: input(SentenceVectors, narrow) }))
    expect(other.message).toContain("another")
    const strange = [{ ...asked(rows)[0], answer: "Never heard of." }]
    const given = { answers: input(Answers, strange as never), vectors: input(SentenceVectors, vectors) }
    const missing = await failStage(classifyRefusals as never, call(given))
    expect(missing.message).toContain("A sentence has no vector")
  })
  it("classes no answers where there are none", async () => {
    const { classifier } = await train({ vectors: input(SentenceVectors, vectors) })
    const inputs = {
      answers: input(Answers, []),
      classifier: input(RefusalClassifier, classifier),
      vectors: input(SentenceVectors, []),
    }
    expect(await runStage(classifyRefusals as never, { inputs, params: {} })).toEqual({ refusals: [] })
  })
})

describe("the sentences that are read", () => {
  it("are each prompt and each sentence once, of a model's answers and of those that are learned from", async () => {
    const two = [rows[0], rows[0], rows[1]] as Array<(typeof rows)[number]>
    const given = two.map((row, index) => ({ ...row, id: `t-${index}` }))
    const texts = given.slice(1).flatMap(({ prompt, answer }) => [prompt, ...sentencesOf(answer)])
    const expected = texts.map((text) => ({ id: sentenceId(text), text }))
    const own = await runStage(collectSentences as never, {
      inputs: { answers: input(Answers, asked(given) as never) },
      params: {},
    })
    expect(own).toEqual({ sentences: expected })
    const learned = await runStage(collectLabelledSentences as never, {
      inputs: {
        answers: input(LabelledAnswers, answers.slice(0, 1) as never),
        rated: input(RatedPairs, []),
        examples: [
          input(Examples, [
            { id: "e", source: "general", topic: "", instruction: "Say", input: "hi", output: "Hi. There." },
          ] as never),
        ],
        judged: input(JudgedAnswers, []),
      },
      params: {},
    })
    const read = [rows[0]?.prompt, ...sentencesOf(rows[0]?.answer ?? ""), "Say hi", "hi.", "there."]
    expect((learned as Value).sentences.map(({ text }: Value) => text)).toEqual(read)
  })
})
