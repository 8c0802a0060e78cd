/**
 * Stages that ask models over HTTP: a service that the worker offers on this machine, or somebody else's. What comes back
 * is kept item by item, so that a stop loses nothing; what got no answer counts as missing and is asked again next time.
 */
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { StageError } from "./errors.ts"

/** A service of the worker on this machine. */
export interface ServiceAddress {
  /** Such as `http://127.0.0.1:40123`. */
  readonly url: string
  /** What requests carry as their bearer token; made for this run. */
  readonly token: Redacted.Redacted<string>
  /** One text for one model, its params, the worker's code and its lock: what its answers depend on. */
  readonly identity: string
}

export interface Asking {
  /**
   * Starts the service that the stage declares, or finds the one that this run has started already. `inputs` names the
   * service's inputs and which of the stage's inputs each of them is.
   */
  readonly serve: (
    inputs: Readonly<Record<string, string>>,
    params: Readonly<Record<string, unknown>>,
  ) => Effect.Effect<ServiceAddress, StageError>
  /** The value of a variable that the stage declares, where it is set. */
  readonly secret: (name: string) => Redacted.Redacted<string> | undefined
  /**
   * The answer that was kept for a question, or the one that `ask` gives, which is kept at once. The question is plain
   * data that holds all that the answer depends on. A rerun that was asked for passes over what earlier runs kept.
   */
  readonly once: <A>(question: unknown, ask: Effect.Effect<A, StageError>) => Effect.Effect<A, StageError>
  /** Says that so many items got no answer, with a reason: they are asked again at the next run. */
  readonly unanswered: (count: number, of: number, reason: string) => void
}
