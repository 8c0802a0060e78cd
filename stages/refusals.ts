/**
 * Refusals: a classifier is trained on answers that a person labelled, measured by folds over their prompts, and then
 * classes every answer of every model.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact, type ValueOf } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { Answers, Examples, Refusals, SourceFile } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { checkedRows, decodeText, parseJsonLines } from "./formats/parse.ts"
import { compareMethods } from "./refusal/agreement.ts"
import { AnswerClass, LabelledAnswers, RefusalAgreement, RefusalClassifier } from "./refusal/artifacts.ts"
import { classify, type LabelledAnswer, trainClassifier } from "./refusal/classifier.ts"

const { String: Text, Boolean: Flag } = Schema
type ExampleRow = ValueOf<typeof Examples>[number]
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

/** Training examples as labelled answers: those of safety refuse, general ones comply. */
const labelledExamples = (examples: ReadonlyArray<ExampleRow>): ReadonlyArray<LabelledAnswer> =>
  examples.map(({ source, instruction, input, output }) => ({
    prompt: `${instruction} ${input}`.trim(),
    answer: output,
    label: source === "safety" ? "full_refusal" : "full_compliance",
  }))

/**
 * Trains the classifier on all labelled answers and on examples; its agreement is that of classifiers trained without each
 * fold of the labelled answers.
 */
export const trainRefusalClassifier = Stage.make("train-refusal-classifier", {
  params: Schema.Struct({
    /** λ of the penalty λ/2·‖w‖² beside the summed log loss. */
    penalty: Schema.Number.check(Schema.isGreaterThan(0)),
    folds: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 20 })),
    seed: Schema.Int,
  }),
  inputs: { answers: LabelledAnswers, examples: Artifact.many(Examples) },
  outputs: { classifier: RefusalClassifier, agreement: RefusalAgreement },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const answers = yield* inputs.answers.read
    const more = labelledExamples((yield* Effect.forEach(inputs.examples, (part) => part.read)).flat())
    const classifier = trainClassifier([...answers, ...more], params.penalty)
    return { classifier, agreement: compareMethods(answers, more, params) }
  }),
})

/** Classes a model's answers. */
export const classifyRefusals = Stage.make("classify-refusals", {
  params: Schema.Struct({}),
  inputs: { answers: Answers, classifier: RefusalClassifier },
  outputs: { refusals: Refusals },
  run: Effect.fnUntraced(function* ({ inputs }) {
    const label = classify(yield* inputs.classifier.read)
    const answers = yield* inputs.answers.read
    return { refusals: answers.map(({ id, set, prompt, answer }) => ({ id, set, label: label(prompt, answer) })) }
  }),
})
