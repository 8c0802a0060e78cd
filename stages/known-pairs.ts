/**
 * Pairs of answers of which one is known to be better, for the general reward model and to check a judge: an answer
 * against one that was written for another request, or what GPT-4 preferred among AlpacaEval's outputs.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ValueOf } from "../kit/artifact.ts"
import { StageError } from "../kit/errors.ts"
import { seededRandom, shuffled } from "../kit/lib/random.ts"
import { Stage } from "../kit/stage.ts"
import { Examples, PreferencePairs, Preferences, SourceFile } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { decodeText, parseJsonValue, runningId } from "./formats/parse.ts"

const AtLeastOne = Schema.Int.check(Schema.isGreaterThan(0))
const AtLeastTwo = Schema.Int.check(Schema.isGreaterThan(1))

/** Pairs for training and others for checking: each example's answer against the answer of the next one drawn. */
export const mismatchAnswers = Stage.make("mismatch-answers", {
  params: Schema.Struct({ training: AtLeastTwo, checking: AtLeastTwo, seed: Schema.Int }),
  inputs: { examples: Examples },
  outputs: { training: PreferencePairs, checking: PreferencePairs },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const rows = shuffled(yield* inputs.examples.read, seededRandom(params.seed))
    const wanted = params.training + params.checking
    if (rows.length < wanted)
      return yield* Effect.fail(
        StageError.of(
          `${wanted} pairs were asked for, and there are ${rows.length} examples`,
          inputs.examples.node,
          "Lower `training` or `checking`.",
        ),
      )
    const training = mismatched(rows.slice(0, params.training))
    return { training, checking: mismatched(rows.slice(params.training, wanted)) }
  }),
})

/** Each row's answer against that of the next row, the last one's against that of the first. */
const mismatched = (rows: ValueOf<typeof Examples>): ValueOf<typeof PreferencePairs> =>
  rows.map(({ id, instruction, input, output }, at) => ({
    id,
    prompt: input === "" ? instruction : `${instruction}\n\n${input}`,
    chosen: output,
    rejected: rows[(at + 1) % rows.length]?.output ?? "",
  }))

const Annotation = Schema.Struct({
  instruction: Schema.String,
  output_1: Schema.String,
  output_2: Schema.String,
  preference: Schema.NullOr(Schema.Union([Schema.Number, Schema.NumberFromString])),
})

/** AlpacaEval's annotations: all preferences for the second output, and the pairs without a tie. */
export const readAnnotations = Stage.make("read-annotations", {
  params: Schema.Struct({ name: Schema.String, set: Schema.String, pairs: AtLeastOne, seed: Schema.Int }),
  inputs: { file: SourceFile },
  outputs: { preferences: Preferences, pairs: PreferencePairs },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    return yield* attempt(() => {
      const rows = parseJsonValue(Schema.Array(Annotation), text, params.name)
      const preferences = rows.map(({ preference }, at) => ({
        id: runningId("annotation", at),
        set: params.set,
        preference,
        ...{ shownFirst: null, shownSecond: null, missing: preference === null ? "not annotated" : null },
      }))
      const decided = rows.flatMap(({ instruction, output_1, output_2, preference }, at) => {
        if (preference !== 1 && preference !== 2) return []
        const [chosen, rejected] = preference === 1 ? [output_1, output_2] : [output_2, output_1]
        return [{ id: runningId("annotation", at), prompt: instruction, chosen, rejected }]
      })
      return { preferences, pairs: shuffled(decided, seededRandom(params.seed)).slice(0, params.pairs) }
    })
  }),
})
