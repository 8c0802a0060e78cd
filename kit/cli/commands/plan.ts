/** `repro plan`: what would run, and why. */
import * as Effect from "effect/Effect"
import { findNeeds } from "../../doctor/needs.ts"
import type { UsageError } from "../../errors.ts"
import type { Graph } from "../../node.ts"
import { type Group, groupPlans, nodeNames } from "../../plan/groups.ts"
import { isDone, type NodePlan } from "../../plan/plan.ts"
import { describeReason } from "../../plan/reasons.ts"
import { withAncestors } from "../../plan/select.ts"
import { pendingNodes } from "../../run/estimate.ts"
import { needsOf } from "../../run/needs.ts"
import { planEffect } from "../../run/run.ts"
import { needLines } from "../needs.ts"
import { open, type Shared, type SupplyFlags } from "../options.ts"
import { note, out, outExactly, size } from "../print.ts"
import { bytesWanted, sharing, withSupply } from "../supply.ts"
import { targetsOf } from "./run.ts"

export interface PlanFlags extends Shared, SupplyFlags {
  readonly selectors: ReadonlyArray<string>
  readonly force: boolean
  readonly withDownstream: boolean
  readonly format: "text" | "json"
}

export const plan = Effect.fnUntraced(function* (flags: PlanFlags) {
  const { project, pipeline, graph } = yield* open(flags)
  const chosen = yield* Effect.try({ try: () => targetsOf(graph, flags), catch: (error) => error as UsageError })
  const bytes = bytesWanted(pipeline, graph, flags.selectors, chosen.targets)
  const made = yield* withSupply(project, flags, (supply) =>
    Effect.gen(function* () {
      yield* sharing(() => supply.find(graph, withAncestors(chosen.targets)))
      for (const reason of supply.refused) note(`refused: ${reason}`)
      return yield* planEffect(project, graph, { ...chosen, bytes, elsewhere: supply.elsewhere(supply.canAsk) })
    }),
  )
  const entries = [...made.nodes.values()]
  if (flags.format === "json") return outExactly(JSON.stringify(entries.map(asData), null, 2))
  const pending = entries.filter(({ decision }) => !isDone(decision))
  for (const group of groupPlans(pending, stagesOf(graph))) out(describeGroup(group))
  for (const entry of entries) if (entry.decision === "fetch") out(fetchLine(entry))
  out(totals(graph, entries))
  const needs = needsOf(graph, pendingNodes(made))
  const findings = yield* Effect.promise(() => findNeeds(needs, false))
  for (const line of needLines(findings)) out(line)
})

const totals = (graph: Graph, entries: ReadonlyArray<NodePlan>): string => {
  const pending = entries.filter(({ decision }) => !isDone(decision)).length
  const [fetched, elsewhere] = [count(entries, "fetch"), count(entries, "elsewhere")]
  const taken = [
    ...(fetched > 0 ? [`${fetched} would be fetched`] : []),
    ...(elsewhere > 0 ? [`${elsewhere} on trust, their bytes left elsewhere`] : []),
  ]
  if (pending === 0 && taken.length === 0) {
    return `Nothing to do: all ${entries.length} nodes of profile "${graph.profile}" are up to date.`
  }
  const cached = entries.length - pending - fetched - elsewhere
  const run = [`${count(entries, "run")} would run`, `${count(entries, "waits")} wait for those`]
  return `${[...run, ...taken, `${cached} cached`].join(", ")}.`
}

const fetchLine = ({ node, record }: NodePlan): string => {
  const bytes = Object.values(record?.outputs ?? {}).reduce((sum, output) => sum + output.bytes, 0)
  return `fetch ${node.id}\n        ${size(bytes)} from ${record?.pulled?.from ?? "the place that --from names"}`
}

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
