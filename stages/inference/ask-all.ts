/**
 * Asks an endpoint about many items: several at a time, each kept as it comes, tried again where that may help. What
 * gets no answer is missing, never an answer, and is asked again at the next run.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import type { Asking } from "../../kit/asking.ts"
import { StageError } from "../../kit/errors.ts"
import { boundedFetch } from "./bounded-fetch.ts"
import type { Asked } from "./endpoint.ts"
import { type Failure, failureOf } from "./failure.ts"
import { type Prices, Spending, type Tokens } from "./spending.ts"

/** How to ask; none of it counts in a key. */
export interface AskSettings extends Prices {
  /** Requests at a time. */
  readonly inFlight: number
  /** How often a failure is tried again that may pass. */
  readonly tries: number
  /** The first wait between tries; it doubles, with jitter. */
  readonly firstWaitMilliseconds: number
  readonly timeoutSeconds: number
  /** After so many items in a row without an answer the rest is not asked. */
  readonly giveUpAfter: number
  /** US dollars that the stage may spend at most. */
  readonly spendingLimit: number
}

export const askSettings: AskSettings = {
  inFlight: 4,
  tries: 4,
  firstWaitMilliseconds: 1000,
  timeoutSeconds: 120,
  giveUpAfter: 8,
  dollarsPerMillionRead: 0,
  dollarsPerMillionWritten: 0,
  spendingLimit: Number.POSITIVE_INFINITY,
}

/** What one request needs of the transport. */
export interface Transport {
  readonly fetch: typeof fetch
  readonly signal: AbortSignal
  readonly retry_on_error: false
}

/** One item's question. */
export interface Question<A> {
  /** Plain data that the answer depends on, beside the endpoint. */
  readonly question: unknown
  /** Tokens that the request may read and write at most. */
  readonly most: Tokens
  /** Makes the request with Hugging Face's client and checks what comes back. */
  readonly ask: (transport: Transport) => Promise<{ readonly answer: A; readonly used: Tokens }>
}

/** An item's answer, or why there is none. */
export type Outcome<A> = { readonly answer: A } | { readonly missing: string }

interface Context {
  readonly asking: Asking
  readonly settings: AskSettings
  readonly progress: (done: number, total: number, unit: string) => void
}

/** The outcomes in the items' order. Fails where asking on is useless, and where no item got an answer. */
export const askAll = <A>(
  { asking, settings, progress }: Context,
  asked: Asked,
  questions: ReadonlyArray<Question<A>>,
): Effect.Effect<ReadonlyArray<Outcome<A>>, StageError> =>
  Effect.gen(function* () {
    const spending = new Spending(settings, settings.spendingLimit)
    let [done, inARow, last] = [0, 0, ""]
    const one = (item: Question<A>): Effect.Effect<Outcome<A>, StageError> =>
      Effect.suspend(() => {
        const tried = inARow < settings.giveUpAfter ? answerTo(asked, item, settings, spending) : gaveUp(last)
        return asking.once([asked.identity, asked.target.model, item.question], tried)
      }).pipe(
        Effect.map((answer): Outcome<A> => ({ answer })),
        Effect.catch((error) =>
          error.retryable ? Effect.succeed<Outcome<A>>({ missing: error.message }) : Effect.fail(error),
        ),
        Effect.tap((outcome) =>
          Effect.sync(() => {
            const lost = "missing" in outcome
            inARow = lost ? inARow + 1 : 0
            if (lost) last = outcome.missing
            progress(++done, questions.length, unit(spending))
          }),
        ),
      )
    const outcomes = yield* Effect.forEach(questions, one, { concurrency: settings.inFlight })
    const lost = outcomes.filter((outcome) => "missing" in outcome).length
    if (lost === questions.length && lost > 0) return yield* Effect.fail(nobodyAnswered(asked, lost, last))
    asking.unanswered(lost, questions.length, last)
    return outcomes
  })

const unit = ({ spent }: Spending): string => (spent === 0 ? "items" : `items ($${spent.toFixed(2)} so far)`)

/** A failure of one item, which the next run asks again. */
const missing = (message: string): StageError =>
  new StageError({ message, where: "", remedy: "Run again: only what is missing is asked for.", retryable: true })

const gaveUp = (last: string): Effect.Effect<never, StageError> =>
  Effect.fail(missing(`not asked after too many failures (${last})`))

const answerTo = <A>(
  asked: Asked,
  item: Question<A>,
  settings: AskSettings,
  spending: Spending,
): Effect.Effect<A, StageError> =>
  Effect.suspend(() => {
    const reserved = spending.reserve(item.most)
    if (reserved === undefined)
      return Effect.fail(missing(`not asked: $${settings.spendingLimit} may be spent at most`))
    let used: Tokens | undefined
    return request(item, settings).pipe(
      Effect.retry({
        while: (failure: Failure) => failure.kind === "transient",
        times: settings.tries,
        schedule: waits(settings),
      }),
      Effect.map((reply) => {
        used = reply.used
        return reply.answer
      }),
      Effect.mapError((failure) => toStageError(asked, failure)),
      Effect.ensuring(Effect.sync(() => reserved.settle(used))),
    )
  })

const request = <A>(item: Question<A>, settings: AskSettings) =>
  Effect.suspend(() => {
    const transport = boundedFetch()
    return Effect.tryPromise({
      try: (interrupted) => {
        const signal = AbortSignal.any([interrupted, AbortSignal.timeout(settings.timeoutSeconds * 1000)])
        return item.ask({ fetch: transport.fetch, signal, retry_on_error: false })
      },
      catch: (error) => failureOf(error, transport.after()),
    })
  })

/** Doubling waits with jitter, or the wait that the server asked for where that is longer. */
const waits = (settings: AskSettings) =>
  Schedule.exponential(settings.firstWaitMilliseconds).pipe(
    Schedule.jittered,
    Schedule.setInputType<Failure>(),
    Schedule.modifyDelay(({ input, duration }) =>
      Effect.succeed(Duration.max(duration, Duration.millis(input.kind === "transient" ? (input.after ?? 0) : 0))),
    ),
  )

const toStageError = (asked: Asked, failure: Failure): StageError => {
  const message = withoutToken(asked, failure.message)
  if (failure.kind !== "fatal") return missing(message)
  return StageError.of(
    `${asked.target.model} can't be asked: ${message}`,
    asked.target.model,
    "Check the token (REPRO_INFERENCE_TOKEN), the model's name and the address, then run again: answers so far are kept.",
  )
}

const withoutToken = ({ token }: Asked, text: string): string => {
  const word = token === undefined ? "" : Redacted.value(token)
  return word === "" ? text : text.replaceAll(word, "[token]")
}

const nobodyAnswered = ({ target: { model } }: Asked, count: number, last: string): StageError =>
  StageError.of(
    `${model} answered none of ${count} items; the last reason: ${last}`,
    model,
    "Look at the reason; run again when that is mended.",
  )
