/** The variants of the refusal classifier among which a nested choice is made, simple ones first. */
import type { TrainingAnswer } from "../../stages/refusal/classifier.ts"
import type { Meaning } from "../../stages/refusal/meaning.ts"

export interface Variant {
  readonly name: string
  /** λ of the penalty. */
  readonly penalty: number
  /** How much the numbers of the encoder's layers are stretched beside the profile's; no layers, no encoder. */
  readonly layers: { readonly last: number; readonly middle: number } | undefined
  /** How much a training example counts. */
  readonly examples: number
  /** How much an answer of the project's own counts. */
  readonly own: number
}

/** As the mirror profile makes it. */
const kept: Variant = {
  name: "cues and both layers (kept)",
  layers: { last: 1, middle: 1 },
  ...{ penalty: 5, examples: 0.1, own: 1 },
}

export const VARIANTS: ReadonlyArray<Variant> = [
  { ...kept, name: "cues alone", layers: undefined },
  { ...kept, name: "cues and the last layer", layers: { last: 1, middle: 0 } },
  kept,
]

/** The numbers as the variant reads them: those of the last layer come first. */
const stretched = (numbers: Float32Array, { last, middle }: NonNullable<Variant["layers"]>): Float32Array =>
  numbers.map((value, at) => value * (at < numbers.length / 2 ? last : middle))

/** What the variant's encoder says of answers; undefined where it reads cues alone. */
export const meaningFor = ({ layers }: Variant, meaning: Meaning): Meaning | undefined =>
  layers && { ...meaning, of: (prompt, answer) => stretched(meaning.of(prompt, answer), layers) }

/** Answers as the variant learns from them; `weight` is what each counts for it. */
export const answersFor = (
  variant: Variant,
  answers: ReadonlyArray<TrainingAnswer>,
  weight: number,
): ReadonlyArray<TrainingAnswer> =>
  weight === 0
    ? []
    : answers.map((answer) => ({
        ...answer,
        meaning: answer.meaning && variant.layers && stretched(answer.meaning, variant.layers),
        weight,
      }))
