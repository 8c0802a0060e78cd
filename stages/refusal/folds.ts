/**
 * Folds over prompts: what classes an answer never saw another answer to its prompt, or to one like it. The classifier
 * that a profile uses is made so as well: answers to a prompt that it learned from are classed by the fold that did not.
 */
import { findLikenesses } from "../../kit/lib/near-duplicates.ts"
import { seededRandom, shuffled } from "../../kit/lib/random.ts"
import type { AnswerClassName } from "./artifacts.ts"
import { type Classifier, classify, type TrainingAnswer, trainClassifier } from "./classifier.ts"
import type { Meaning } from "./meaning.ts"

export interface Folding {
  readonly folds: number
  readonly seed: number
  readonly penalty: number
}

/** Jaccard index from which two prompts count as the same. */
const SAME_PROMPT = 0.6

/** The fold of each answer: all answers to one prompt share a fold. */
export const promptFolds = (prompts: ReadonlyArray<string>, folds: number, seed: number): ReadonlyArray<number> => {
  const distinct = shuffled([...new Set(prompts)].sort(), seededRandom(`folds ${seed}`))
  const foldOf = new Map(distinct.map((prompt, index) => [prompt, index % folds]))
  return prompts.map((prompt) => foldOf.get(prompt) as number)
}

/** The answers to prompts that are none of `held` and like none of them. */
export const without = (
  answers: ReadonlyArray<TrainingAnswer>,
  held: ReadonlyArray<string>,
): ReadonlyArray<TrainingAnswer> => {
  const prompts = [...new Set(answers.map(({ prompt }) => prompt))]
  const alike = new Set(findLikenesses(prompts, held, SAME_PROMPT).map(({ left }) => prompts[left]))
  const same = new Set(held)
  return answers.filter(({ prompt }) => !same.has(prompt) && !alike.has(prompt))
}

/** For each fold of prompts, a classifier that was trained without them. */
export type Folds = ReadonlyArray<{ readonly prompts: ReadonlyArray<string>; readonly classifier: Classifier }>

/** Trains one classifier for each fold of the prompts. */
export const trainFolds = (
  prompts: ReadonlyArray<string>,
  training: ReadonlyArray<TrainingAnswer>,
  { folds, seed, penalty }: Folding,
): Folds => {
  const foldOf = promptFolds(prompts, folds, seed)
  return Array.from({ length: folds }, (_, fold) => {
    const held = [...new Set(prompts.filter((_, index) => foldOf[index] === fold))]
    return { prompts: held, classifier: trainClassifier(without(training, held), penalty) }
  })
}

/** Classes answers by the fold of their prompt; answers to other prompts by `general`. */
export const classifyFolded = (
  folds: Folds,
  general?: Classifier,
  meaning?: Meaning,
): ((prompt: string, answer: string) => AnswerClassName | "unclear") => {
  const byPrompt = new Map(
    folds.flatMap(({ prompts, classifier }) => {
      const label = classify(classifier, meaning)
      return prompts.map((prompt) => [prompt, label] as const)
    }),
  )
  const otherwise = general && classify(general, meaning)
  return (prompt, answer) => {
    const label = byPrompt.get(prompt) ?? otherwise
    if (label === undefined) throw new RangeError("No fold holds this prompt")
    return label(prompt, answer)
  }
}
