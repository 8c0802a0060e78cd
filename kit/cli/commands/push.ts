/** `repro push`: sends results to a folder, a bucket or a repository. */
import * as Effect from "effect/Effect"
import type { UsageError } from "../../errors.ts"
import { isDone } from "../../plan/plan.ts"
import { select } from "../../plan/select.ts"
import { planEffect } from "../../run/run.ts"
import { type Pushed, push as send } from "../../share/push.ts"
import type { Remote } from "../../share/remote.ts"
import { open, type Shared } from "../options.ts"
import { note, out, size } from "../print.ts"
import { openPlace, sharing, withSignal } from "../supply.ts"
import { TransferProgress } from "../transfer-progress.ts"

export interface PushFlags extends Shared {
  readonly remote: string
  readonly selectors: ReadonlyArray<string>
}

export const push = Effect.fnUntraced(function* (flags: PushFlags) {
  const { project, graph } = yield* open(flags)
  const chosen = yield* Effect.try({ try: () => select(graph, flags.selectors), catch: (error) => error as UsageError })
  const plan = yield* planEffect(project, graph, { targets: chosen, forced: new Set(), bytes: new Set() })
  const pending = [...plan.nodes.values()].filter(({ decision }) => !isDone(decision)).length
  if (pending > 0)
    note(`${pending} of ${plan.nodes.size} nodes are not up to date and stay here; \`repro plan\` says why.`)
  const progress = new TransferProgress("sending")
  yield* withSignal((signal) =>
    Effect.gen(function* () {
      const remote = yield* openPlace(flags.remote, true, signal)
      const pushed = yield* sharing(() => send(plan, chosen, remote, progress, signal)).pipe(
        Effect.ensuring(Effect.sync(progress.stop)),
      )
      tell(remote, pushed)
    }),
  )
})

/** How many nodes are named. */
const SHOWN = 5

const named = (nodes: ReadonlyArray<string>): string =>
  `${nodes.slice(0, SHOWN).join(", ")}${nodes.length > SHOWN ? `, and ${nodes.length - SHOWN} more` : ""}`

const tell = (remote: Remote, { records, objects, bytes, there, different, elsewhere }: Pushed): void => {
  out(
    `${remote.name}: sent ${records} records and ${objects} objects, ${size(bytes)}; ${there} records were there already.`,
  )
  if (different.length > 0) note(`Another result of the same work lies there and stays: ${named(different)}.`)
  if (elsewhere.length > 0) note(`Sent without bytes, which are not in this store: ${named(elsewhere)}.`)
}
