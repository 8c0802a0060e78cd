/** `repro ls`: the nodes of a profile, whether their work is there, and how long it took. */
import * as Effect from "effect/Effect"
import type { UsageError } from "../../errors.ts"
import { planEffect } from "../../run/run.ts"
import { isOnTrust } from "../../store/trust.ts"
import { open, type Shared } from "../options.ts"
import { duration, out, size, textTable } from "../print.ts"
import { targetsOf } from "./run.ts"

export const ls = Effect.fnUntraced(function* (flags: Shared & { readonly selectors: ReadonlyArray<string> }) {
  const { project, graph } = yield* open(flags)
  const { targets } = yield* Effect.try({
    try: () => targetsOf(graph, { ...flags, force: false, withDownstream: false }),
    catch: (error) => error as UsageError,
  })
  const made = yield* planEffect(project, graph, { targets, forced: new Set(), bytes: new Set() })
  const rows = [...made.nodes.values()]
    .filter(({ node }) => targets.has(node))
    .map(({ node, decision, record }) => {
      const bytes = Object.values(record?.outputs ?? {}).reduce((sum, output) => sum + output.bytes, 0)
      return [
        node.id,
        decision === "cached" && record !== undefined && isOnTrust(record) ? "on trust" : decision,
        record === undefined ? "" : duration(record.run.milliseconds / 1000),
        record === undefined ? "" : size(bytes),
      ]
    })
  out(textTable(["node", "state", "took", "size"], rows))
})
