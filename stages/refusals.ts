/**
 * Refusals: a classifier is trained on answers that people labelled, measured on answers of models and to prompts that it
 * did not learn from, and then classes every answer of every model.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact, type ValueOf } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { Answers, Examples, RatedPairs, Refusals, SourceFile } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { xsTestCompletions } from "./formats/judged.ts"
import { checkedRows, decodeText, parseJsonLines } from "./formats/parse.ts"
import { readAll, readOptional } from "./read-inputs.ts"
import { baselines, foldedAgreement, ownDataAgreement, type TestSet } from "./refusal/agreement.ts"
import {
  AnswerClass,
  JudgedAnswers,
  LabelledAnswers,
  RefusalAgreement,
  RefusalClassifier,
  SentenceVectors,
} from "./refusal/artifacts.ts"
import { type TrainingAnswer, trainClassifier, trainingAnswer } from "./refusal/classifier.ts"
import { classifyFolded, type Folding, trainFolds } from "./refusal/folds.ts"
import { type Meaning, meaningBy } from "./refusal/meaning.ts"
import { vectorsOfAnswer } from "./refusal/texts-read.ts"
import { fromExamples, fromRated } from "./refusal/training-answers.ts"

const { String: Text, Boolean: Flag } = Schema
const Row = Schema.Struct({ id: Text, prompt: Text, unsafe: Flag, answer: Text, label: AnswerClass })

/** data/refusals.jsonl. */
export const readLabelledAnswers = Stage.make("read-labelled-answers", {
  params: Schema.Struct({ name: Text }),
  inputs: { file: SourceFile },
  outputs: { answers: LabelledAnswers },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    return yield* attempt(() => ({ answers: checkedRows(parseJsonLines(Row, text, params.name), params.name) }))
  }),
})

/** XSTest's completions of one model, with its annotators' labels. */
export const readJudgedAnswers = Stage.make("read-judged-answers", {
  params: Schema.Struct({ name: Text, model: Text }),
  inputs: { file: SourceFile },
  outputs: { answers: JudgedAnswers },
  run: Effect.fnUntraced(function* ({ params: { name, model }, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    return yield* attempt(() => ({ answers: checkedRows(xsTestCompletions(text, name, model), name) }))
  }),
})

/** The judged answers of several models as one list. */
export const joinJudgedAnswers = Stage.make("join-judged-answers", {
  params: Schema.Struct({}),
  inputs: { parts: Artifact.many(JudgedAnswers) },
  outputs: { answers: JudgedAnswers },
  run: Effect.fnUntraced(function* ({ inputs }) {
    const rows = yield* readAll(inputs.parts)
    return yield* attempt(() => ({ answers: checkedRows(rows, "judged answers") }))
  }),
})

/** The judged answers of each model, as a test and for training. */
const byModel = (answers: ValueOf<typeof JudgedAnswers>, meaning: Meaning | undefined) =>
  [...Map.groupBy(answers, ({ model }) => model)].map(([model, rows]) => {
    const annotators = [rows.map(({ first }) => first), rows.map(({ second }) => second)] as const
    const test: TestSet = { model, answers: rows, annotators }
    return { test, training: rows.map((row) => trainingAnswer(row, 1, meaning)) }
  })

/** The classifier and its agreement. */
const trained = (
  answers: TestSet["answers"],
  own: ReadonlyArray<TrainingAnswer>,
  judged: ReturnType<typeof byModel>,
  params: Folding,
  meaning: Meaning | undefined,
) => {
  const published = judged.flatMap(({ training }) => training)
  const all = [...own, ...published]
  const prompts = published.map(({ prompt }) => prompt)
  const ownTest: TestSet = { model: "own", answers }
  const agreement = [
    ...foldedAgreement(ownTest, all, params, meaning),
    ...baselines(ownTest),
    ...judged.flatMap(({ test, training }) => {
      const others = all.filter((row) => !training.includes(row))
      return [
        ...foldedAgreement(test, others, params, meaning),
        ownDataAgreement(test, own, params.penalty),
        ...baselines(test),
      ]
    }),
  ]
  const classifier = {
    general: trainClassifier(all, params.penalty),
    folds: prompts.length === 0 ? [] : trainFolds(prompts, all, params),
  }
  return { classifier, agreement }
}

/**
 * Trains the classifier on everything that is labelled. Its agreement with people is that of classifiers that saw neither
 * the model whose answers are classed nor the fold of their prompts; own answers are measured by folds alone.
 */
export const trainRefusalClassifier = Stage.make("train-refusal-classifier", {
  params: Schema.Struct({
    /** λ of the penalty λ/2·‖w‖² beside the summed log loss. */
    penalty: Schema.Number.check(Schema.isGreaterThan(0)),
    folds: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 20 })),
    seed: Schema.Int,
  }),
  inputs: {
    answers: LabelledAnswers,
    rated: RatedPairs,
    examples: Artifact.many(Examples),
    judged: Artifact.optional(JudgedAnswers),
    /** Vectors of all these answers' sentences; without them the classifier reads cues alone. */
    vectors: Artifact.optional(SentenceVectors),
  },
  outputs: { classifier: RefusalClassifier, agreement: RefusalAgreement },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const answers = yield* inputs.answers.read
    const rated = yield* inputs.rated.read
    const examples = yield* readAll(inputs.examples)
    const published = (yield* readOptional(inputs.judged)) ?? []
    const vectors = yield* readOptional(inputs.vectors)
    return yield* attempt(() => {
      const meaning = vectors && meaningBy(vectors)
      const own = [
        ...answers.map((answer) => trainingAnswer(answer, 1, meaning)),
        ...fromRated(rated, meaning),
        ...fromExamples(examples, meaning),
      ]
      return trained(answers, own, byModel(published, meaning), params, meaning)
    })
  }),
})

/** Classes a model's answers. */
export const classifyRefusals = Stage.make("classify-refusals", {
  params: Schema.Struct({}),
  inputs: {
    answers: Answers,
    classifier: RefusalClassifier,
    /** Vectors of the answers' sentences, for a classifier that was trained with such. */
    vectors: Artifact.optional(SentenceVectors),
  },
  outputs: { refusals: Refusals },
  rows: {
    refusals: {
      rules: ["stages/refusal/folds.ts#classifyFolded"],
      from: {
        answers: { columns: ["set", "id"] },
        classifier: "whole",
        vectors: { through: "answers", among: vectorsOfAnswer },
      },
    },
  },
  run: Effect.fnUntraced(function* ({ inputs }) {
    const { general, folds } = yield* inputs.classifier.read
    const answers = yield* inputs.answers.read
    const vectors = yield* readOptional(inputs.vectors)
    return yield* attempt(() => {
      const label = classifyFolded(folds, general, vectors && meaningBy(vectors))
      return { refusals: answers.map(({ id, set, prompt, answer }) => ({ id, set, label: label(prompt, answer) })) }
    })
  }),
})
