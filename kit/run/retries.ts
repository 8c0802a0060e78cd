/**
 * Which failures are tried again, how often, and after which pause. A failure of a kind counts against that kind alone:
 *
 * - what a stage calls retryable (a busy server): as often as the stage says;
 * - a worker that died, other than for want of memory: once;
 * - anything else would fail again: never.
 *
 * Pauses double from half a second up to half a minute, each a fifth longer or shorter by chance, so that several runs do
 * not ask a busy server at the same moment.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type { StageError, StoreError, WorkerError } from "../errors.ts"

const SHORTEST = "500 millis"
const LONGEST = Duration.seconds(30)

/** The kind of a failure that may be tried again; undefined for all others. */
const kindOf = (error: StageError | StoreError | WorkerError): "retryable" | "died" | undefined => {
  if (error._tag === "StageError" && error.retryable) return "retryable"
  return error._tag === "WorkerError" && error.kind === "died" ? "died" : undefined
}

/** A retry that is to come. */
export interface Retry {
  /** The attempt that failed, from 1. */
  readonly attempt: number
  readonly message: string
  /** Seconds until the next attempt. */
  readonly pause: number
}

/** The schedule of one node's attempts; `announce` hears of each retry before its pause. */
export const retrySchedule = <E extends StageError | StoreError | WorkerError>(
  retries: number,
  announce: (retry: Retry) => void,
): Schedule.Schedule<Duration.Duration, E> => {
  const left = { retryable: retries, died: 1 }
  return Schedule.exponential(SHORTEST).pipe(
    Schedule.setInputType<E>(),
    Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, LONGEST))),
    Schedule.jittered,
    Schedule.while(({ input }) => {
      const kind = kindOf(input)
      return kind !== undefined && left[kind]-- > 0
    }),
    Schedule.tap(({ input, attempt, duration }) =>
      Effect.sync(() => announce({ attempt, message: input.message, pause: Duration.toMillis(duration) / 1000 })),
    ),
  )
}
