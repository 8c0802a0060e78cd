/**
 * Spans of a run for OpenTelemetry: one for the run, one for each stage that runs, one for each attempt. A span says what
 * ran, for how long and how it ended; never params, and of an error only its kind, since messages may quote data.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"

/** What a span tells of a failure. */
class SpanFailure extends Error {
  override readonly name: string

  constructor(name: string, message: string) {
    super(message)
    this.name = name
    this.stack = `${name}: ${message}`
  }
}

/** The kind of a failure: `WorkerError`, `memory`. */
const failureOf = (cause: Cause.Cause<unknown>): SpanFailure => {
  const failed = cause.reasons.find((reason) => reason._tag === "Fail")
  const error = (failed?.error ?? {}) as {
    readonly _tag?: string
    readonly kind?: string
    readonly retryable?: boolean
  }
  if (failed === undefined) return new SpanFailure("Defect", "defect")
  return new SpanFailure(error._tag ?? "Error", error.kind ?? (error.retryable === true ? "retryable" : "failed"))
}

/** Runs an effect inside a span; costs next to nothing where nobody collects them. */
export const inSpan =
  (name: string, attributes: Readonly<Record<string, string | number>>) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.suspend(() => {
      let told: Cause.Cause<E> | undefined
      const withheld = Effect.catchCause(effect, (cause) => {
        told = cause
        return Effect.failCause<SpanFailure>(
          Cause.hasInterruptsOnly(cause) ? (cause as Cause.Cause<never>) : Cause.fail(failureOf(cause)),
        )
      })
      const spanned = Effect.withSpan(withheld, name, { attributes, captureStackTrace: false }) as typeof withheld
      return Effect.catchCause(spanned, (cause) => Effect.failCause(told ?? (cause as Cause.Cause<never>)))
    })
