/** `repro plan` and `repro explain`: what would run, and why. */
import * as Effect from "effect/Effect"
import type { UsageError } from "../../errors.ts"
import type { NodePlan } from "../../plan/plan.ts"
import { describeReason } from "../../plan/reasons.ts"
import { selectOne } from "../../plan/select.ts"
import { planEffect } from "../../run/run.ts"
import { open, type Shared } from "../options.ts"
import { out } from "../print.ts"
import { targetsOf } from "./run.ts"

export interface PlanFlags extends Shared {
  readonly selectors: ReadonlyArray<string>
  readonly force: boolean
  readonly withDownstream: boolean
}

export const plan = Effect.fnUntraced(function* (flags: PlanFlags) {
  const { project, graph } = yield* open(flags)
  const chosen = yield* Effect.try({ try: () => targetsOf(graph, flags), catch: (error) => error as UsageError })
  const made = yield* planEffect(project, graph, chosen)
  const entries = [...made.nodes.values()]
  const pending = entries.filter(({ decision }) => decision === "run" || decision === "waits")
  for (const entry of pending) out(line(entry))
  const cached = entries.length - pending.length
  out(
    pending.length === 0
      ? `Nothing to do: all ${entries.length} nodes of profile "${graph.profile}" are up to date.`
      : `${count(pending, "run")} would run, ${count(pending, "waits")} wait for those, ${cached} cached.`,
  )
})

const count = (entries: ReadonlyArray<NodePlan>, decision: string): number =>
  entries.filter((entry) => entry.decision === decision).length

const SHOWN = 3

const line = ({ node, decision, reasons }: NodePlan): string => {
  const shown = reasons.slice(0, SHOWN).map(describeReason).join("; ")
  const more = reasons.length > SHOWN ? `; and ${reasons.length - SHOWN} more reasons` : ""
  return `${decision === "run" ? "run  " : "wait "} ${node.id}\n        ${shown}${more}`
}

export const explain = Effect.fnUntraced(function* (flags: Shared & { readonly node: string }) {
  const { project, graph } = yield* open(flags)
  const node = yield* Effect.try({ try: () => selectOne(graph, flags.node), catch: (error) => error as UsageError })
  const made = yield* planEffect(project, graph, { targets: new Set([node]), forced: new Set() })
  const entry = made.nodes.get(node) as NodePlan
  if (entry.decision === "cached") {
    const { record } = entry
    out(
      `${node.id} is up to date.\n  key    ${record?.key}\n  made   ${record?.run.started}${record?.node === node.id ? "" : ` as ${record?.node} of profile ${record?.profile}`}`,
    )
    return
  }
  out(`${node.id} ${entry.decision === "run" ? "would run" : "waits"}:`)
  for (const reason of entry.reasons) out(`  - ${describeReason(reason)}`)
  const waits = entry.reasons.flatMap((reason) => (reason.kind === "waits" ? [reason.node] : []))
  const above = [...made.nodes.values()].filter(
    (other) => waits.includes(other.node.id) || (waits.length > 0 && other.decision === "run"),
  )
  for (const other of above) {
    for (const reason of other.reasons.filter(({ kind }) => kind !== "waits"))
      out(`      ${other.node.id}: ${describeReason(reason)}`)
  }
})
