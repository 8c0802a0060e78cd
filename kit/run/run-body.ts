/** Runs what a stage's author wrote, whatever that does: what it gives is looked at, what it throws becomes an error of the stage. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { errorPlace } from "../error-place.ts"
import { describeErrno, isOfTheMachine, StageError, StoreError } from "../errors.ts"
import type { Node } from "../node.ts"
import type { StageBody, StageDefinition } from "../stage.ts"

type Outputs = Readonly<Record<string, unknown>>

/** The outputs of a stage of this process. */
export const runBody = ({ id, stage }: Node, context: object): Effect.Effect<Outputs, StageError | StoreError> =>
  Effect.suspend(() => {
    const work: unknown = (stage.body as Extract<StageBody, { readonly kind: "here" }>).run(context)
    return Effect.isEffect(work) ? apart(work as Effect.Effect<unknown, StageError>) : Effect.die(noEffect(work))
  }).pipe(
    Effect.flatMap((values) =>
      typeof values === "object" && values !== null
        ? Effect.succeed(values as Outputs)
        : Effect.fail(noOutputs(stage, values)),
    ),
    Effect.catchDefect((defect) => Effect.fail(defectOf(id, stage, defect))),
  )

/**
 * In a fiber of its own. Where it meets what is no effect, a fiber ends at once and unwinds nothing: whoever waits on the
 * other side of it would wait for ever.
 */
const apart = <A, E>(work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.flatMap(Effect.forkChild(work, { startImmediately: true }), (fiber) =>
    Effect.onInterrupt(Fiber.join(fiber), () => Fiber.interrupt(fiber)),
  )

const kindOf = (value: unknown): string =>
  value instanceof Promise ? "a Promise" : typeof value === "object" && value !== null ? "an object" : String(value)

const noEffect = (value: unknown): Error => new Error(`${NO_EFFECT}${kindOf(value)}`)

const NO_EFFECT = "Fiber.runLoop: Not a valid effect: "

const noOutputs = (stage: StageDefinition, values: unknown): StageError =>
  StageError.of(
    `The stage "${stage.name}" gave ${kindOf(values)}, not its outputs (${Object.keys(stage.outputs).join(", ")})`,
    stage.file,
    "Let its effect succeed with an object that has a field for each output.",
  )

/** What a stage threw, as an error that says where. */
const defectOf = (id: string, stage: StageDefinition, defect: unknown): StageError | StoreError => {
  if (defect instanceof StageError) return defect
  if (isOfTheMachine(defect)) return new StoreError({ ...describeErrno(defect), where: id })
  const message = defect instanceof Error ? defect.message : String(defect)
  if (message.startsWith(NO_EFFECT)) {
    const found = message.slice(NO_EFFECT.length).replace(/^\[object (.*)\]$/, "an object of the kind $1")
    return StageError.of(
      `The stage "${stage.name}" gave ${found} where an Effect belongs`,
      stage.file,
      "Wrap it: `Effect.succeed(value)`, or `Effect.tryPromise(() => promise)`; `npm run typecheck` shows where.",
    )
  }
  return StageError.of(
    `The stage "${stage.name}" broke: ${message}`,
    errorPlace(defect) ?? stage.file,
    `Correct the stage; \`repro show ${id}\` tells what it was given.`,
  )
}
