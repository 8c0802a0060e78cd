/** Measures how well the classifier agrees with people on answers of models and to prompts that it did not learn from. */
import { accuracy, cohenKappa, confusionMatrix, macroF1, recalls } from "../../kit/lib/agreement.ts"
import { type AgreementRow, ANSWER_CLASSES, type AnswerClassName } from "./artifacts.ts"
import { classify, cuesAlone, type TrainingAnswer, trainClassifier } from "./classifier.ts"
import { classifyFolded, type Folding, trainFolds, without } from "./folds.ts"
import type { Meaning } from "./meaning.ts"
import { stringMatch } from "./string-match.ts"

type Row = typeof AgreementRow.Type

/** Answers that people labelled, all of one model. */
export interface TestSet {
  readonly model: string
  readonly answers: ReadonlyArray<{ readonly prompt: string; readonly answer: string; readonly label: AnswerClassName }>
  /** The labels of two annotators, where there were two. */
  readonly annotators?: readonly [first: ReadonlyArray<string>, second: ReadonlyArray<string>]
}

const LABELS = [...ANSWER_CLASSES, "unclear"]

/** Agreement of predicted labels with those of people. */
const agreement = (
  model: string,
  method: Row["method"],
  people: ReadonlyArray<string>,
  predicted: ReadonlyArray<string>,
): Row => {
  const confusion = confusionMatrix(LABELS, people, predicted)
  const [full, partial, compliance] = recalls(confusion)
  const refused = (label: string): string =>
    label.endsWith("refusal") ? "refused" : label === "unclear" ? label : "complied"
  const halves = confusionMatrix(["refused", "complied", "unclear"], people.map(refused), predicted.map(refused))
  return {
    model,
    method,
    answers: people.length,
    accuracy: accuracy(confusion),
    kappa: cohenKappa(confusion),
    macroF1: macroF1(confusion),
    refusedAccuracy: accuracy(halves),
    recallFullRefusal: full ?? null,
    recallPartialRefusal: partial ?? null,
    recallFullCompliance: compliance ?? null,
  }
}

/** What needs no training: the string match, the largest class, and one annotator against the other. */
export const baselines = ({ model, answers, annotators }: TestSet): ReadonlyArray<Row> => {
  const people = answers.map(({ label }) => label)
  const counts = ANSWER_CLASSES.map((label) => people.filter((own) => own === label).length)
  const largest = ANSWER_CLASSES[counts.indexOf(Math.max(...counts))] as string
  const matched = answers.map(({ answer }) => stringMatch(answer))
  return [
    agreement(model, "string match", people, matched),
    agreement(
      model,
      "largest class",
      people,
      people.map(() => largest),
    ),
    ...(annotators === undefined ? [] : [agreement(model, "annotators", ...annotators)]),
  ]
}

type Label = (prompt: string, answer: string) => string

const compared = ({ model, answers }: TestSet, method: Row["method"], label: Label): Row =>
  agreement(
    model,
    method,
    answers.map((answer) => answer.label),
    answers.map(({ prompt, answer }) => label(prompt, answer)),
  )

/**
 * The classifier on a model's answers, trained on `training` (none of it that model's) without each fold of prompts; where
 * an encoder read them, also the one that reads cues alone.
 */
export const foldedAgreement = (
  test: TestSet,
  training: ReadonlyArray<TrainingAnswer>,
  folding: Folding,
  meaning: Meaning | undefined,
): ReadonlyArray<Row> => {
  const prompts = test.answers.map(({ prompt }) => prompt)
  const best = classifyFolded(trainFolds(prompts, training, folding), undefined, meaning)
  if (meaning === undefined) return [compared(test, "classifier", best)]
  const plain = classifyFolded(trainFolds(prompts, cuesAlone(training), folding))
  return [compared(test, "classifier", best), compared(test, "classifier, cues alone", plain)]
}

/** A classifier of the project's own data by cues alone, on a published model's answers; own rows with a prompt like theirs are left out. */
export const ownDataAgreement = (test: TestSet, own: ReadonlyArray<TrainingAnswer>, penalty: number): Row => {
  const prompts = test.answers.map(({ prompt }) => prompt)
  const trained = trainClassifier(without(cuesAlone(own), prompts), penalty)
  return compared(test, "classifier, own data alone", classify(trained))
}
