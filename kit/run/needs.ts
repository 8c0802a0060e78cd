/** What the stages that a run would start need of the world, and the end of a run that lacks some of it. */
import { findNeeds } from "../doctor/needs.ts"
import { UsageError } from "../errors.ts"
import type { Need } from "../needs.ts"
import type { Graph, Node } from "../node.ts"

/** What nodes that would run need. */
export const needsOf = (graph: Graph, pending: ReadonlyArray<Node>): ReadonlyArray<Need> => {
  const stages = new Set(pending.map(({ stage }) => stage.name))
  return (graph.needs ?? []).filter((need) => need.stages.some((stage) => stages.has(stage)))
}

/** Rejects with a UsageError where something that the pending nodes need is not there. Asks the network. */
export const requireNeeds = async (graph: Graph, pending: ReadonlyArray<Node>): Promise<void> => {
  const findings = await findNeeds(needsOf(graph, pending), true)
  const lacking = findings.filter(({ state }) => state === "missing")
  if (lacking.length === 0) return
  throw new UsageError({
    message: `The profile "${graph.profile}" can't run here. It lacks:${lacking.map(({ name, found }) => `\n    ${name}: ${found}`).join("")}`,
    where: `${graph.pipeline}, profile ${graph.profile}`,
    remedy: [...new Set(lacking.map(({ remedy }) => remedy))].join("\n      "),
  })
}
