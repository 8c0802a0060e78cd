/**
 * Mixes a fine-tuning set: a draw of general examples plus a draw of safety examples. Draws with one seed are nested: the
 * 100 safety examples are among the 300, so that amounts differ by what was added and nothing else.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { StageError } from "../kit/errors.ts"
import { seededRandom, shuffled } from "../kit/lib/random.ts"
import { Stage } from "../kit/stage.ts"
import { Examples } from "./artifacts.ts"

const Amount = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const mixData = Stage.make("mix-data", {
  params: Schema.Struct({
    general: Amount,
    safety: Amount,
    drawSeed: Schema.Int,
    /** Take all general examples where there are fewer than asked for. */
    generalMayLack: Schema.optionalKey(Schema.Boolean),
  }),
  inputs: { general: Examples, safety: Examples },
  outputs: { mix: Examples },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const rows = yield* inputs.general.read
    const amount = params.generalMayLack === true ? Math.min(params.general, rows.length) : params.general
    const general = yield* draw(rows, amount, `general ${params.drawSeed}`, "general")
    const safety = yield* draw(yield* inputs.safety.read, params.safety, `safety ${params.drawSeed}`, "safety")
    return { mix: [...general, ...safety] }
  }),
})

const draw = <A>(
  rows: ReadonlyArray<A>,
  amount: number,
  seed: string,
  name: string,
): Effect.Effect<ReadonlyArray<A>, StageError> =>
  amount <= rows.length
    ? Effect.succeed(shuffled(rows, seededRandom(seed)).slice(0, amount))
    : Effect.fail(
        StageError.of(
          `${amount} ${name} examples are asked for, but there are ${rows.length}`,
          `params.${name} of mix-data`,
          `Lower the amount in the profile to at most ${rows.length}, or give more data.`,
        ),
      )
