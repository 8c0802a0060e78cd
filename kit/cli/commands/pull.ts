/** `repro pull`: takes the records that match and the bytes of the chosen nodes into the store. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { UsageError } from "../../errors.ts"
import { select, withAncestors } from "../../plan/select.ts"
import { Reporter } from "../../run/events.ts"
import { Supply } from "../../run/supply.ts"
import { take } from "../../run/take.ts"
import { open, type Shared } from "../options.ts"
import { describeError, note, out, size } from "../print.ts"
import { openPlace, sharing, withSignal } from "../supply.ts"
import { byStage } from "../tell-supply.ts"
import { TransferProgress } from "../transfer-progress.ts"

export interface PullFlags extends Shared {
  readonly remote: string
  readonly selectors: ReadonlyArray<string>
}

export const pull = Effect.fnUntraced(function* (flags: PullFlags) {
  const { project, graph } = yield* open(flags)
  const chosen = yield* Effect.try({ try: () => select(graph, flags.selectors), catch: (error) => error as UsageError })
  const progress = new TransferProgress("fetching")
  yield* withSignal((signal) =>
    Effect.gen(function* () {
      const remote = yield* openPlace(flags.remote, false, signal)
      const supply = new Supply(project, remote, true, signal)
      yield* sharing(() => supply.find(graph, withAncestors(chosen)))
      const taken = yield* take(project, graph, chosen, supply, progress).pipe(
        Effect.provide(Layer.succeed(Reporter, Reporter.of({ emit: () => {} }))),
        Effect.ensuring(Effect.sync(progress.stop)),
      )
      const { objects, bytes } = supply.fetcher
      out(`${remote.name}: took ${supply.adopted.size} records and ${objects} objects, ${size(bytes)}.`)
      if (taken.absent.length > 0) {
        note(`Not there, or made from what is not there: ${byStage(taken.absent)}. \`repro run\` computes them.`)
      }
      for (const reason of supply.refused) note(`refused: ${reason}`)
      if (taken.error !== undefined) note(describeError(taken.error))
      if (supply.refused.length > 0 || taken.error !== undefined) process.exitCode = 1
    }),
  )
})
