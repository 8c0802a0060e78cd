/** Runs a plain function whose mistakes are thrown as `StageError`. */
import * as Effect from "effect/Effect"
import { StageError } from "../../kit/errors.ts"

/** The function's value; what it throws becomes a failure, and anything but a `StageError` a defect. */
export const attempt = <A>(run: () => A): Effect.Effect<A, StageError> =>
  Effect.suspend(() => {
    try {
      return Effect.succeed(run())
    } catch (error) {
      return error instanceof StageError ? Effect.fail(error) : Effect.die(error)
    }
  })
