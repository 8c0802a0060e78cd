/**
 * A strictly nested choice. Published models are scored one at a time, fold of prompts by fold. The variant that classes a
 * fold of the scored model is the one that did best where neither that model nor that fold was seen: trained on own data
 * and one other model, without the fold and without the fold that it is tried on, and tried on a third model.
 */
import { classify, trainClassifier } from "../../stages/refusal/classifier.ts"
import { promptFolds, without } from "../../stages/refusal/folds.ts"
import type { Data, Judged } from "./data.ts"
import { answersFor, meaningFor, type Variant } from "./variants.ts"

export const FOLDS = 5
const SEED = 1

/** An answer of a model in a fold of prompts, with the class that a variant gave it. */
export interface Classed {
  readonly model: string
  readonly fold: number
  readonly label: string
  readonly predicted: string
}

/** The same of a variant that was tried: it saw neither the fold `hidden` nor any other model than `learned`. */
export interface Tried extends Classed {
  readonly hidden: number
  readonly learned: string
}

interface Training {
  readonly variant: Variant
  readonly data: Data
  readonly learned: ReadonlyArray<string>
  readonly hidden: ReadonlyArray<number>
}

/** The judged answers of a model in one fold of the prompts. */
type InFold = (model: string, fold: number) => ReadonlyArray<Judged>

/** How the judged answers fall into folds: all answers to one prompt into the same. */
export const foldsOf = ({ judged }: Data): InFold => {
  const prompts = [...new Set([...judged.values()].flat().map(({ prompt }) => prompt))]
  const folds = promptFolds(prompts, FOLDS, SEED)
  const foldOf = new Map(prompts.map((prompt, index) => [prompt, folds[index]]))
  return (model, fold) => (judged.get(model) ?? []).filter(({ prompt }) => foldOf.get(prompt) === fold)
}

/** Classes answers by a variant that was trained on own data and some models without the hidden folds' prompts. */
const trainOn = (inFold: InFold, { variant, data, learned, hidden }: Training) => {
  const held = hidden.flatMap((fold) => [...data.judged.keys()].flatMap((model) => inFold(model, fold)))
  const published = learned.flatMap((model) => data.judged.get(model) ?? []).map(({ training }) => training)
  const training = [
    ...answersFor(variant, data.own, variant.own),
    ...answersFor(variant, data.examples, variant.examples),
    ...answersFor(variant, published, 1),
  ]
  const prompts = [...new Set(held.map(({ prompt }) => prompt))]
  const classifier = trainClassifier(without(training, prompts), variant.penalty)
  const label = classify(classifier, meaningFor(variant, data.meaning))
  return (model: string, fold: number): ReadonlyArray<Classed> =>
    inFold(model, fold).map((each) => ({
      ...{ model, fold, label: each.label },
      predicted: label(each.prompt, each.answer),
    }))
}

const everyFold = Array.from({ length: FOLDS }, (_, fold) => fold)

/** A variant on every ordered pair of models and every pair of folds that are hidden from it. */
export const tried = (variant: Variant, data: Data, inFold: InFold): ReadonlyArray<Tried> =>
  [...data.judged.keys()].flatMap((learned) =>
    everyFold.flatMap((one) =>
      everyFold.slice(one + 1).flatMap((other) => {
        const classed = trainOn(inFold, { variant, data, learned: [learned], hidden: [one, other] })
        return [...data.judged.keys()]
          .filter((model) => model !== learned)
          .flatMap((model) => [
            ...classed(model, one).map((each) => ({ ...each, learned, hidden: other })),
            ...classed(model, other).map((each) => ({ ...each, learned, hidden: one })),
          ])
      }),
    ),
  )

/** A variant on every model, trained on own data and the two others without the fold that is classed. */
export const scored = (variant: Variant, data: Data, inFold: InFold): ReadonlyArray<Classed> =>
  [...data.judged.keys()].flatMap((model) =>
    everyFold.flatMap((fold) => {
      const learned = [...data.judged.keys()].filter((other) => other !== model)
      return trainOn(inFold, { variant, data, learned, hidden: [fold] })(model, fold)
    }),
  )

/** Whether a label says that an answer refuses, fully or in part. */
const refuses = (label: string): boolean => label.endsWith("refusal")

/** How many answers are classed as people did: refused against complied, and in three classes. */
export const hits = (answers: ReadonlyArray<Classed>): { readonly refused: number; readonly classes: number } => ({
  refused: answers.filter(({ label, predicted }) => refuses(label) === refuses(predicted)).length,
  classes: answers.filter(({ label, predicted }) => label === predicted).length,
})

/** The share of both kinds of hits among the answers that a choice for a model's fold may look at. */
export const merit = (answers: ReadonlyArray<Tried>, model: string, fold: number): number => {
  const seen = answers.filter((each) => each.model !== model && each.learned !== model && each.hidden === fold)
  const { refused, classes } = hits(seen)
  return (refused + classes) / (2 * seen.length)
}
