/** Drops training rows that resemble an evaluation prompt by their words or paraphrase one, and lists what was dropped. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { StageError } from "../kit/errors.ts"
import { findLikenesses } from "../kit/lib/near-duplicates.ts"
import { type InputValues, Stage } from "../kit/stage.ts"
import { Examples, Overlaps, Paraphrases, PreferencePairs, Prompts, RatedPairs } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { readAll } from "./read-inputs.ts"

const params = Schema.Struct({
  /** Jaccard index from which two texts count as near-duplicates. */
  threshold: Schema.Number.check(Schema.isBetween({ minimum: 0.3, maximum: 1 })),
})

interface Prompt {
  readonly id: string
  readonly set: string
  readonly prompt: string
}

interface Overlap {
  readonly trainingId: string
  readonly evaluationId: string
  readonly set: string
  readonly kind: "exact" | "near" | "paraphrase"
  readonly similarity: number
}

/** What all three stages read beside the rows: the prompts, and paraphrases among both where an encoder looked for them. */
const comparison = { evaluation: Artifact.many(Prompts), paraphrases: Artifact.optional(Paraphrases) } as const

/** Splits rows into those that resemble no prompt and a list of those that do, by their words first. */
const split = Effect.fnUntraced(function* <Row extends { readonly id: string }>(
  rows: ReadonlyArray<Row>,
  textOf: (row: Row) => string,
  inputs: InputValues<typeof comparison>,
  threshold: number,
) {
  const prompts = yield* readAll(inputs.evaluation)
  const paraphrases = inputs.paraphrases === undefined ? [] : yield* inputs.paraphrases.read
  const byWords = overlapsByWords(rows, textOf, prompts, threshold)
  const others = yield* attempt(() => overlapsByMeaning(paraphrases, prompts))
  const byMeaning = new Map(others.map((found) => [found.trainingId, found]))
  const overlaps = rows.flatMap(({ id }) => byWords.get(id) ?? byMeaning.get(id) ?? [])
  const dropped = new Set(overlaps.map(({ trainingId }) => trainingId))
  return { kept: rows.filter(({ id }) => !dropped.has(id)), overlaps }
})

const overlapsByWords = <Row extends { readonly id: string }>(
  rows: ReadonlyArray<Row>,
  textOf: (row: Row) => string,
  prompts: ReadonlyArray<Prompt>,
  threshold: number,
): ReadonlyMap<string, Overlap> => {
  const found = findLikenesses(
    rows.map(textOf),
    prompts.map(({ prompt }) => prompt),
    threshold,
  )
  return new Map(
    found.map(({ left, right, kind, similarity }) => {
      const { id: trainingId } = rows[left] as Row
      const { id: evaluationId, set } = prompts[right] as Prompt
      return [trainingId, { trainingId, evaluationId, set, kind, similarity }]
    }),
  )
}

const overlapsByMeaning = (
  paraphrases: ReadonlyArray<Omit<Overlap, "set" | "kind">>,
  prompts: ReadonlyArray<Prompt>,
): ReadonlyArray<Overlap> => {
  const sets = new Map(prompts.map(({ id, set }) => [id, set]))
  return paraphrases.map(({ trainingId, evaluationId, similarity }) => {
    const set = sets.get(evaluationId)
    if (set !== undefined) return { trainingId, evaluationId, set, kind: "paraphrase", similarity }
    throw StageError.of(
      `The paraphrase of "${trainingId}" is of "${evaluationId}", which is in no set`,
      "drop-overlap",
      "Wire paraphrases that were found among the same evaluation sets.",
    )
  })
}

/** For fine-tuning examples; instruction and input count together. */
export const dropOverlap = Stage.make("drop-overlap", {
  params,
  inputs: { examples: Examples, ...comparison },
  outputs: { examples: Examples, overlaps: Overlaps },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const examples = yield* inputs.examples.read
    const { kept, overlaps } = yield* split(
      examples,
      ({ instruction, input }) => `${instruction} ${input}`,
      inputs,
      params.threshold,
    )
    return { examples: kept, overlaps }
  }),
})

/** For rated pairs of the reward model. */
export const dropRatedOverlap = Stage.make("drop-rated-overlap", {
  params,
  inputs: { pairs: RatedPairs, ...comparison },
  outputs: { pairs: RatedPairs, overlaps: Overlaps },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const pairs = yield* inputs.pairs.read
    const { kept, overlaps } = yield* split(pairs, ({ prompt }) => prompt, inputs, params.threshold)
    return { pairs: kept, overlaps }
  }),
})

/** For preference pairs of the reward model. */
export const dropPreferenceOverlap = Stage.make("drop-preference-overlap", {
  params,
  inputs: { pairs: PreferencePairs, ...comparison },
  outputs: { pairs: PreferencePairs, overlaps: Overlaps },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const pairs = yield* inputs.pairs.read
    const { kept, overlaps } = yield* split(pairs, ({ prompt }) => prompt, inputs, params.threshold)
    return { pairs: kept, overlaps }
  }),
})
