/** The refusal classifier: logistic regression over named features of prompt and answer. */
import { ANSWER_CLASSES } from "./artifacts.ts"
import { featuresOf } from "./features.ts"
import { type SparseRow, scoresOf, trainLogistic, type Weights } from "./logistic.ts"

export type AnswerClassName = (typeof ANSWER_CLASSES)[number]

export interface LabelledAnswer {
  readonly prompt: string
  readonly answer: string
  readonly label: AnswerClassName
}

export interface Classifier {
  readonly classes: ReadonlyArray<AnswerClassName>
  readonly features: ReadonlyArray<string>
  readonly weights: Weights
}

/** Letters and digits: an answer without any says nothing that could be classed; "4" is an answer, "1." only begins one. */
const LIST_MARKER = /^\s*\d+[.)]/u
const SAYS_SOMETHING = /[\p{L}\p{N}]/u

const rowOf = (index: ReadonlyMap<string, number>, prompt: string, answer: string): SparseRow => {
  const known = [...featuresOf(prompt, answer)].flatMap(([name, value]) => {
    const column = index.get(name)
    return column === undefined ? [] : [[column, value] as const]
  })
  return { columns: known.map(([column]) => column), values: known.map(([, value]) => value) }
}

const indexOf = (features: ReadonlyArray<string>): ReadonlyMap<string, number> =>
  new Map(features.map((name, column) => [name, column]))

/** Trains on labelled answers; the same answers in the same order give the same classifier. */
export const trainClassifier = (answers: ReadonlyArray<LabelledAnswer>, penalty: number): Classifier => {
  const names = new Set(answers.flatMap(({ prompt, answer }) => [...featuresOf(prompt, answer).keys()]))
  const features = [...names].sort()
  const index = indexOf(features)
  const weights = trainLogistic({
    rows: answers.map(({ prompt, answer }) => rowOf(index, prompt, answer)),
    classes: answers.map(({ label }) => ANSWER_CLASSES.indexOf(label)),
    classCount: ANSWER_CLASSES.length,
    columnCount: features.length,
    penalty,
  })
  return { classes: ANSWER_CLASSES, features, weights }
}

/** A function that classes answers. */
export const classify = (classifier: Classifier): ((prompt: string, answer: string) => AnswerClassName | "unclear") => {
  const index = indexOf(classifier.features)
  return (prompt, answer) => {
    if (!SAYS_SOMETHING.test(answer.replace(LIST_MARKER, ""))) return "unclear"
    const scores = scoresOf(classifier.weights, rowOf(index, prompt, answer))
    return classifier.classes[scores.indexOf(Math.max(...scores))] as AnswerClassName
  }
}
