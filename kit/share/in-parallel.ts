/** Bounded concurrency: so many at once; the first failure stops the rest. */
import * as Effect from "effect/Effect"

/** Does `work` for each item, at most `limit` at a time. */
export const inParallel = <A>(
  items: ReadonlyArray<A>,
  limit: number,
  signal: AbortSignal,
  work: (item: A, signal: AbortSignal) => Promise<void>,
): Promise<void> =>
  Effect.runPromise(
    Effect.forEach(items, (item) => Effect.tryPromise({ try: (own) => work(item, own), catch: (error) => error }), {
      concurrency: limit,
      discard: true,
    }).pipe(Effect.catch((error) => Effect.succeed(new Failed(error)))),
    { signal },
  ).then((end) => {
    if (end instanceof Failed) throw end.error
  })

class Failed {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

/** Items in groups of so many. */
export const grouped = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
