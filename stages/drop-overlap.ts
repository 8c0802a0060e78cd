/** Drops training rows that resemble an evaluation prompt, and lists what was dropped. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { findLikenesses } from "../kit/lib/near-duplicates.ts"
import { Stage } from "../kit/stage.ts"
import { Examples, Overlaps, PreferencePairs, Prompts, RatedPairs } from "./artifacts.ts"

/** Jaccard index from which two texts count as near-duplicates. */
const Threshold = Schema.Number.check(Schema.isBetween({ minimum: 0.3, maximum: 1 }))

interface Prompt {
  readonly id: string
  readonly set: string
  readonly prompt: string
}

/** Splits rows into those that resemble no prompt and a list of those that do. */
const split = <Row extends { readonly id: string }>(
  rows: ReadonlyArray<Row>,
  textOf: (row: Row) => string,
  prompts: ReadonlyArray<Prompt>,
  threshold: number,
) => {
  const found = findLikenesses(
    rows.map(textOf),
    prompts.map(({ prompt }) => prompt),
    threshold,
  )
  const dropped = new Set(found.map(({ left }) => left))
  return {
    kept: rows.filter((_, index) => !dropped.has(index)),
    overlaps: found.map(({ left, right, kind, similarity }) => {
      const { id, set } = prompts[right] as Prompt
      return { trainingId: (rows[left] as Row).id, evaluationId: id, set, kind, similarity }
    }),
  }
}

/** For fine-tuning examples; instruction and input count together. */
export const dropOverlap = Stage.make("drop-overlap", {
  params: Schema.Struct({ threshold: Threshold }),
  inputs: { examples: Examples, evaluation: Artifact.many(Prompts) },
  outputs: { examples: Examples, overlaps: Overlaps },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const examples = yield* inputs.examples.read
    const prompts = (yield* Effect.forEach(inputs.evaluation, (set) => set.read)).flat()
    const { kept, overlaps } = split(
      examples,
      ({ instruction, input }) => `${instruction} ${input}`,
      prompts,
      params.threshold,
    )
    return { examples: kept, overlaps }
  }),
})

/** For rated pairs of the reward model. */
export const dropRatedOverlap = Stage.make("drop-rated-overlap", {
  params: Schema.Struct({ threshold: Threshold }),
  inputs: { pairs: RatedPairs, evaluation: Artifact.many(Prompts) },
  outputs: { pairs: RatedPairs, overlaps: Overlaps },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const pairs = yield* inputs.pairs.read
    const prompts = (yield* Effect.forEach(inputs.evaluation, (set) => set.read)).flat()
    const { kept, overlaps } = split(pairs, ({ prompt }) => prompt, prompts, params.threshold)
    return { pairs: kept, overlaps }
  }),
})

/** For preference pairs of the reward model. */
export const dropPreferenceOverlap = Stage.make("drop-preference-overlap", {
  params: Schema.Struct({ threshold: Threshold }),
  inputs: { pairs: PreferencePairs, evaluation: Artifact.many(Prompts) },
  outputs: { pairs: PreferencePairs, overlaps: Overlaps },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const pairs = yield* inputs.pairs.read
    const prompts = (yield* Effect.forEach(inputs.evaluation, (set) => set.read)).flat()
    const { kept, overlaps } = split(pairs, ({ prompt }) => prompt, prompts, params.threshold)
    return { pairs: kept, overlaps }
  }),
})
