/**
 * What the work of a node asks models over HTTP: its stage is run on its inputs and on the answers that are kept, without
 * asking anybody. A question that depends on an answer that isn't kept stays unknown; its own answer can't be had again
 * without asking either.
 */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import type { Asking } from "../asking.ts"
import { StageError } from "../errors.ts"
import type { Executor } from "../executors/executor.ts"
import type { Node } from "../node.ts"
import type { Plan } from "../plan/plan.ts"
import { decodedParams, type Resolved } from "../plan/resolve.ts"
import type { StageCode } from "../plan/stage-code.ts"
import { makeAsking } from "../run/asking.ts"
import { inputValues, type WiredInputs } from "../run/read-input.ts"
import { scratchFolder } from "../run/scratch-store.ts"
import { type Verified, verifyInputs } from "../run/verify-inputs.ts"
import { wireInputs } from "../run/wire-inputs.ts"
import { itemName, readItem } from "../store/items.ts"
import { removeQuietly } from "../store/remove-quietly.ts"

/** The names of the questions that a node's work asks; undefined where that can't be told without running it. */
export const questionsOf = async (
  plan: Plan,
  node: Node,
  resolved: Resolved,
  verified: Verified,
): Promise<ReadonlySet<string> | undefined> => {
  const wired = wireInputs(node, resolved, (dependency) => plan.nodes.get(dependency)?.record)
  if (wired === undefined) return undefined
  let folder = ""
  try {
    folder = scratchFolder(`${plan.project.cache}/questions`)
    await verifyInputs(plan.project.store, wired, verified)
    return await ask(plan, node, resolved, wired, folder)
  } catch {
    return undefined
  } finally {
    if (folder !== "") removeQuietly(folder)
  }
}

const ask = async (
  { project, code }: Plan,
  node: Node,
  { key }: Resolved,
  wired: WiredInputs,
  folder: string,
): Promise<ReadonlySet<string> | undefined> => {
  const { body } = node.stage
  if (body.kind !== "here") return undefined
  const { store } = project
  const names = new Set<string>()
  let answered = 0
  const { asking } = makeAsking(NOBODY, {
    ...{ store, items: store, key, node, wired, fresh: false },
    code: code.get(node.stage) as StageCode,
  })
  const once: Asking["once"] = (question) =>
    Effect.suspend(() => {
      const name = itemName(question)
      names.add(name)
      const kept = readItem(store, name)
      if (kept === undefined) return Effect.fail(notAsked(node))
      answered++
      return Effect.succeed(kept.answer as never)
    })
  const secret = (): Redacted.Redacted<string> => Redacted.make("nobody is asked")
  fs.mkdirSync(`${folder}/scratch`)
  const told = await body
    .run({
      ...{ params: decodedParams(node), settings: node.settings },
      inputs: inputValues(store, node, wired, `${folder}/inputs`),
      asking: { ...asking, once, secret, unanswered: () => {} },
      ...{ scratch: `${folder}/scratch`, root: project.root, mirrors: [], onTrust: {}, progress: () => {} },
    })
    .pipe(
      Effect.as(true),
      // A stage may refuse to go on without any answer; it has asked its questions by then.
      Effect.catch(() => Effect.succeed(names.size > 0 && answered === 0)),
      Effect.timeoutOption(PATIENCE),
      Effect.runPromise,
    )
  return Option.getOrElse(told, () => false) ? names : undefined
}

/** A stage that waits for an answer waits in vain. */
const PATIENCE = "1 minute"

const notAsked = ({ id }: Node): StageError =>
  new StageError({ message: "no answer is kept", where: id, remedy: "Run the stage.", retryable: true })

/** Where a service would be; nothing is sent there. */
const NOBODY = {
  serve: () => Effect.succeed({ url: "http://127.0.0.1:9", token: Redacted.make("nobody is asked") }),
} as unknown as Executor["Service"]
