/** Measures how well the classifier agrees with people on answers that it did not see, by folds over the prompts. */
import { accuracy, cohenKappa, confusionMatrix, macroF1, recalls } from "../../kit/lib/agreement.ts"
import { seededRandom, shuffled } from "../../kit/lib/random.ts"
import { type AgreementRow, ANSWER_CLASSES } from "./artifacts.ts"
import { classify, type LabelledAnswer, trainClassifier } from "./classifier.ts"
import { stringMatch } from "./string-match.ts"

type Row = typeof AgreementRow.Type

const LABELS = [...ANSWER_CLASSES, "unclear"]

/** Agreement of predicted labels with those of people. */
export const agreement = (
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

/** The fold of each answer: all answers to one prompt share a fold. */
export const promptFolds = (prompts: ReadonlyArray<string>, folds: number, seed: number): ReadonlyArray<number> => {
  const distinct = shuffled([...new Set(prompts)].sort(), seededRandom(`folds ${seed}`))
  const foldOf = new Map(distinct.map((prompt, index) => [prompt, index % folds]))
  return prompts.map((prompt) => foldOf.get(prompt) as number)
}

/** Labels for each answer by a classifier trained on the other folds and on `more`. */
export const crossValidated = (
  answers: ReadonlyArray<LabelledAnswer>,
  more: ReadonlyArray<LabelledAnswer>,
  options: { readonly folds: number; readonly seed: number; readonly penalty: number },
): ReadonlyArray<string> => {
  const folds = promptFolds(
    answers.map(({ prompt }) => prompt),
    options.folds,
    options.seed,
  )
  const labels = new Array<string>(answers.length)
  for (let fold = 0; fold < options.folds; fold++) {
    const held = new Set(answers.filter((_, index) => folds[index] === fold).map(({ prompt }) => prompt))
    const training = [...answers, ...more].filter(({ prompt }) => !held.has(prompt))
    const label = classify(trainClassifier(training, options.penalty))
    answers.forEach(({ prompt, answer }, index) => {
      if (folds[index] === fold) labels[index] = label(prompt, answer)
    })
  }
  return labels
}

/** The classifier (cross-validated), the string match and the largest class on the same answers. */
export const compareMethods = (
  answers: ReadonlyArray<LabelledAnswer>,
  more: ReadonlyArray<LabelledAnswer>,
  options: { readonly folds: number; readonly seed: number; readonly penalty: number },
): ReadonlyArray<Row> => {
  const people = answers.map(({ label }) => label)
  const counts = ANSWER_CLASSES.map((label) => people.filter((own) => own === label).length)
  const largest = ANSWER_CLASSES[counts.indexOf(Math.max(...counts))] as string
  return [
    agreement("classifier", people, crossValidated(answers, more, options)),
    agreement(
      "string match",
      people,
      answers.map(({ answer }) => stringMatch(answer)),
    ),
    agreement(
      "largest class",
      people,
      people.map(() => largest),
    ),
  ]
}
