/** `repro plan`: what would run, and why. */
import * as Effect from "effect/Effect"
import type { UsageError } from "../../errors.ts"
import type { Graph } from "../../node.ts"
import { type Group, groupPlans, nodeNames } from "../../plan/groups.ts"
import type { NodePlan } from "../../plan/plan.ts"
import { describeReason } from "../../plan/reasons.ts"
import { planEffect } from "../../run/run.ts"
import { open, type Shared } from "../options.ts"
import { out, outExactly } from "../print.ts"
import { targetsOf } from "./run.ts"

export interface PlanFlags extends Shared {
  readonly selectors: ReadonlyArray<string>
  readonly force: boolean
  readonly withDownstream: boolean
  readonly format: "text" | "json"
}

export const plan = Effect.fnUntraced(function* (flags: PlanFlags) {
  const { project, graph } = yield* open(flags)
  const chosen = yield* Effect.try({ try: () => targetsOf(graph, flags), catch: (error) => error as UsageError })
  const made = yield* planEffect(project, graph, chosen)
  const entries = [...made.nodes.values()]
  if (flags.format === "json") return outExactly(JSON.stringify(entries.map(asData), null, 2))
  const pending = entries.filter(({ decision }) => decision === "run" || decision === "waits")
  for (const group of groupPlans(pending, stagesOf(graph))) out(describeGroup(group))
  const cached = entries.length - pending.length
  out(
    pending.length === 0
      ? `Nothing to do: all ${entries.length} nodes of profile "${graph.profile}" are up to date.`
      : `${count(pending, "run")} would run, ${count(pending, "waits")} wait for those, ${cached} cached.`,
  )
})

/** The stage of a node by the node's name. */
export const stagesOf = (graph: Graph): ((id: string) => string) => {
  const stages = new Map(graph.nodes.map(({ id, stage }) => [id, stage.name]))
  return (id) => stages.get(id) ?? id
}

const count = (entries: ReadonlyArray<NodePlan>, decision: string): number =>
  entries.filter((entry) => entry.decision === decision).length

const SHOWN = 3

/** A group in two lines: which nodes, and why. */
export const describeGroup = ({ decision, nodes, reasons }: Group): string => {
  const shown = reasons.slice(0, SHOWN).join("; ")
  const hidden = reasons.length - SHOWN
  const more = hidden > 0 ? `; and ${hidden} more reason${hidden === 1 ? "" : "s"}` : ""
  const many = nodes.length > 1 ? `  (${nodes.length} nodes)` : ""
  return `${decision === "run" ? "run  " : "wait "} ${nodeNames(nodes)}${many}\n        ${shown}${more}`
}

const asData = ({ node, decision, reasons, resolved }: NodePlan): unknown => ({
  node: node.id,
  stage: node.stage.name,
  labels: node.labels,
  decision,
  key: resolved?.key,
  reasons: reasons.map((reason) => ({ ...reason, text: describeReason(reason, { all: true }) })),
})
