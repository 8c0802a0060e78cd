/** Which failures are tried again, how often, and after which pauses. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, it } from "vitest"
import { StageError, StoreError, WorkerError } from "../../../kit/errors.ts"
import { type Retry, retrySchedule } from "../../../kit/run/retries.ts"

type Failure = StageError | StoreError | WorkerError

const busy = new StageError({ message: "busy", where: "", remedy: "", retryable: true })
const broken = StageError.of("broken", "", "")
const full = new StoreError({ message: "full", where: "", remedy: "" })
const worker = (kind: WorkerError["kind"]) => new WorkerError({ message: kind, where: "", remedy: "", kind })

/** The retries of work that fails with these errors in turn and then succeeds. */
const retriesOf = (errors: ReadonlyArray<Failure>, retries: number): Promise<ReadonlyArray<Retry>> =>
  Effect.gen(function* () {
    const told: Array<Retry> = []
    const left = [...errors]
    const work = Effect.suspend((): Effect.Effect<string, Failure> => {
      const error = left.shift()
      return error === undefined ? Effect.succeed("done") : Effect.fail(error)
    })
    const fiber = yield* work.pipe(
      Effect.retry(retrySchedule<Failure>(retries, (retry) => told.push(retry))),
      Effect.exit,
      Effect.forkChild,
    )
    yield* TestClock.adjust("1 hour")
    yield* Fiber.join(fiber)
    return told
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)

const attempts = async (errors: ReadonlyArray<Failure>, retries: number) =>
  (await retriesOf(errors, retries)).map(({ attempt }) => attempt)

describe("retries", () => {
  it("what a stage calls retryable is tried again as often as the stage says", async () => {
    expect(await attempts([busy, busy, busy, busy], 3)).toEqual([1, 2, 3])
    expect(await attempts([busy], 0)).toEqual([])
  })

  it("a worker that died is tried again once, apart from the stage's own retries", async () => {
    expect(await attempts([worker("died"), worker("died")], 3)).toEqual([1])
    expect(await attempts([busy, worker("died"), busy], 2)).toEqual([1, 2, 3])
  })

  it.each([broken, full, worker("input"), worker("memory"), worker("internal"), worker("spawn")])(
    "what would fail again is not tried again: %s",
    async (error) => expect(await attempts([error], 5)).toEqual([]),
  )

  it("pauses double up to half a minute, give or take a fifth", async () => {
    const pauses = (
      await retriesOf(
        Array.from({ length: 9 }, () => busy),
        9,
      )
    ).map(({ pause }) => pause)
    for (const [index, expected] of [0.5, 1, 2, 4, 8, 16, 30, 30, 30].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(expected * 0.79)
      expect(pauses[index]).toBeLessThanOrEqual(expected * 1.21)
    }
    expect(new Set(pauses.slice(6)).size).toBe(3)
  })
})
