/** What a stage that asks models over HTTP gets while it runs. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Asking } from "../asking.ts"
import { canonicalJson, sha256 } from "../canonical.ts"
import { describeErrno, StageError } from "../errors.ts"
import type { Executor } from "../executors/executor.ts"
import type { Node } from "../node.ts"
import type { StageCode } from "../plan/stage-code.ts"
import { itemName, noteAsked, readItem, writeItem } from "../store/items.ts"
import type { StoreLayout } from "../store/layout.ts"
import type { Unanswered } from "../store/record.ts"
import { secretsOf } from "./keep-secrets.ts"
import type { WiredInputs } from "./read-input.ts"

interface Settings {
  readonly store: StoreLayout
  /** The store that keeps answers. */
  readonly items: StoreLayout
  readonly key: string
  readonly node: Node
  readonly code: StageCode
  readonly wired: WiredInputs
  /** Pass over answers that earlier runs kept. */
  readonly fresh: boolean
}

/** The stage's side, and what it said of items without an answer. */
export const makeAsking = (
  executor: Executor["Service"],
  settings: Settings,
): { readonly asking: Asking; readonly unanswered: () => Unanswered | undefined } => {
  let unanswered: Unanswered | undefined
  const asking: Asking = {
    serve: (inputs, params) => serve(executor, settings, inputs, params),
    secret: (name) => secret(settings.node, name),
    once: (question, ask) => once(settings, question, ask),
    unanswered: (count, of, reason) => {
      unanswered = count === 0 ? undefined : { count, of, reason }
    },
  }
  return { asking, unanswered: () => unanswered }
}

const serve = (
  executor: Executor["Service"],
  { store, node, code, wired }: Settings,
  inputs: Readonly<Record<string, string>>,
  params: Readonly<Record<string, unknown>>,
) =>
  Effect.suspend(() => {
    const { body } = node.stage
    const entry = body.kind === "here" ? body.service : undefined
    if (entry === undefined || code.service === undefined)
      return Effect.fail(
        StageError.of(`"${node.stage.name}" declares no service`, node.stage.file, "Give Stage.make `service`."),
      )
    const artifacts = Object.fromEntries(
      Object.entries(inputs).flatMap(([name, input]) => {
        const artifact = wired[input]?.[0]?.artifact
        return artifact === undefined ? [] : [[name, artifact]]
      }),
    )
    const digests = Object.fromEntries(Object.entries(artifacts).map(([name, { digest }]) => [name, digest]))
    const identity = sha256(canonicalJson({ code: code.service, params, inputs: digests }))
    const module = entry.split(":")[0] as string
    return executor.serve({ module, params, artifacts, store, identity, node: node.id }).pipe(
      Effect.mapError((error) => StageError.of(error.message, error.where, error.remedy)),
      Effect.map(({ url, token }) => ({ url, token, identity })),
    )
  })

const secret = (node: Node, name: string): Redacted.Redacted<string> | undefined => {
  const declared = node.stage.secrets.includes(name)
  if (!declared)
    throw StageError.of(`"${node.stage.name}" doesn't declare ${name}`, node.stage.file, "Add it to `secrets`.")
  const value = secretsOf(node)[name]
  return value === undefined ? undefined : Redacted.make(value, { label: name })
}

const once = <A>(
  { items, key, node, fresh }: Settings,
  question: unknown,
  ask: Effect.Effect<A, StageError>,
): Effect.Effect<A, StageError> => {
  const keeping = <B>(action: () => B): Effect.Effect<B, StageError> =>
    Effect.try({
      try: action,
      catch: (error) => {
        const { message, remedy } = describeErrno(error)
        return StageError.of(`An answer can't be kept: ${message}`, node.id, remedy)
      },
    })
  return Effect.gen(function* () {
    const name = itemName(question)
    yield* keeping(() => {
      items.announce?.([name])
      noteAsked(items, key, name)
    })
    const kept = fresh ? undefined : readItem(items, name)
    if (kept !== undefined) return kept.answer as A
    return yield* Effect.tap(ask, (answer) => keeping(() => writeItem(items, name, question, answer)))
  })
}
