/** `repro pack`: one file with the results of a profile. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import type { UsageError } from "../../errors.ts"
import { select } from "../../plan/select.ts"
import { planEffect } from "../../run/run.ts"
import { finished, nothingToShare } from "../../share/push.ts"
import { writePack } from "../../share/write-pack.ts"
import { open, type Shared } from "../options.ts"
import { note, out, size } from "../print.ts"
import { sharing, withSignal } from "../supply.ts"
import { TransferProgress } from "../transfer-progress.ts"

export interface PackFlags extends Shared {
  readonly file: string
  readonly selectors: ReadonlyArray<string>
}

export const pack = Effect.fnUntraced(function* (flags: PackFlags) {
  const { project, graph } = yield* open(flags)
  const chosen = yield* Effect.try({ try: () => select(graph, flags.selectors), catch: (error) => error as UsageError })
  const plan = yield* planEffect(project, graph, { targets: chosen, forced: new Set(), bytes: new Set() })
  const entries = finished(plan)
  if (entries.length === 0) return yield* Effect.fail(nothingToShare(plan))
  const left = plan.nodes.size - entries.length
  if (left > 0)
    note(`${left} of ${plan.nodes.size} nodes are not up to date and are left out; \`repro plan\` says why.`)
  const progress = new TransferProgress("packing")
  const target = path.resolve(flags.file)
  const packed = yield* withSignal((signal) =>
    sharing(() => writePack(plan, entries, chosen, target, progress, signal)),
  ).pipe(Effect.ensuring(Effect.sync(progress.stop)))
  out(
    `${flags.file}: ${packed.records} records and ${packed.objects} objects, ${size(packed.bytes)}, SHA-256 ${packed.digest}`,
  )
  if (packed.withoutBytes.length > 0) {
    note(
      `Without bytes: ${packed.withoutBytes.slice(0, 5).join(", ")}${packed.withoutBytes.length > 5 ? `, and ${packed.withoutBytes.length - 5} more` : ""}.`,
    )
  }
})
