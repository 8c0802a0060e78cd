/** The sentences that the refusal classifier reads, and their vectors by a sentence encoder. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { Answers, Encoder, Examples, RatedPairs } from "./artifacts.ts"
import { readAll, readOptional } from "./read-inputs.ts"
import { JudgedAnswers, LabelledAnswers, Sentences, SentenceVectors } from "./refusal/artifacts.ts"
import { sentenceId } from "./refusal/meaning.ts"
import { type Answered, answersWith, textsIn } from "./refusal/texts-read.ts"
import { examplePrompt } from "./refusal/training-answers.ts"

/** Each prompt, and each sentence of an answer, once. */
const textsOf = (answers: ReadonlyArray<Answered>) => {
  const texts = new Set(answers.flatMap(textsIn))
  return { sentences: [...texts].map((text) => ({ id: sentenceId(text), text })) }
}

/** What the classifier reads in a model's answers. */
export const collectSentences = Stage.make("collect-sentences", {
  params: Schema.Struct({}),
  inputs: { answers: Answers },
  outputs: { sentences: Sentences },
  rows: { sentences: { rules: [], from: { answers: { among: answersWith } } } },
  run: ({ inputs }) => Effect.map(inputs.answers.read, textsOf),
})

/** What it reads in the answers that it learns from. */
export const collectLabelledSentences = Stage.make("collect-labelled-sentences", {
  params: Schema.Struct({}),
  inputs: {
    answers: LabelledAnswers,
    rated: RatedPairs,
    examples: Artifact.many(Examples),
    judged: Artifact.optional(JudgedAnswers),
  },
  outputs: { sentences: Sentences },
  run: Effect.fnUntraced(function* ({ inputs }) {
    const examples = yield* readAll(inputs.examples)
    return textsOf([
      ...(yield* inputs.answers.read),
      ...(yield* inputs.rated.read),
      ...((yield* readOptional(inputs.judged)) ?? []),
      ...examples.map((row) => ({ prompt: examplePrompt(row), answer: row.output })),
    ])
  }),
})

const AtLeastOne = Schema.Int.check(Schema.isGreaterThan(0))

/** The vectors of each text, in the texts' order: means of the encoder's last and of a middle layer's states, scaled to length 1. */
export const embedSentences = Stage.worker("embed-sentences", {
  params: Schema.Struct({
    /** Tokens from which a text is cut at its end. */
    maxTokens: AtLeastOne,
    batchSize: AtLeastOne,
    /** The layer, counted from 1, whose states give the second vector. */
    middleLayer: AtLeastOne,
  }),
  inputs: { model: Encoder, sentences: Sentences },
  outputs: { vectors: SentenceVectors },
  rows: { vectors: { rules: [], from: { model: "whole", sentences: { columns: ["id"] } } } },
  resources: { memory: 1500 },
  task: "embed-sentences",
  entry: "repro_worker.tasks.embed_sentences:run",
})
