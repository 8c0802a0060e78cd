/**
 * Nodes that are done though their bytes are not here. Those whose bytes something needs are fetched where they can be had,
 * and computed where they can't; the others stay elsewhere.
 */
import { dependencies, type Graph, type Node } from "../node.ts"
import type { RecordSummary, StoreRecord } from "../store/record.ts"
import type { NodePlan, PlanOptions } from "./plan.ts"
import { settle } from "./settle.ts"

/** What a plan knows of other places. */
export interface Elsewhere {
  /** Records of other places that the store does not hold, by key. */
  readonly records: ReadonlyMap<string, StoreRecord>
  /** Whether a record's bytes may be had from somewhere. */
  readonly mayHave: (record: RecordSummary) => boolean
  /** Those of these records whose bytes can be had; all of them where nobody can be asked. */
  readonly available?: (records: ReadonlyArray<RecordSummary>) => Promise<ReadonlySet<RecordSummary>>
}

/** Brings all decisions in line, with what can be had from elsewhere. */
export const settleAll = async (
  graph: Graph,
  nodes: Map<Node, NodePlan>,
  { targets, forced, bytes = targets, elsewhere }: PlanOptions,
): Promise<void> => {
  const asked = new Set<Node>()
  for (;;) {
    settle(graph, nodes, forced)
    if (![...nodes.values()].some(({ decision }) => decision === "elsewhere")) return
    const readers = readBy(nodes)
    const needed = [...nodes.values()].filter(
      ({ node, decision }) => decision === "elsewhere" && !asked.has(node) && (bytes.has(node) || readers.has(node)),
    )
    if (needed.length === 0) return
    const records = needed.map(({ record }) => record as RecordSummary)
    const there = elsewhere?.available === undefined ? new Set(records) : await elsewhere.available(records)
    for (const plan of needed) {
      asked.add(plan.node)
      if (!there.has(plan.record as RecordSummary)) nodes.set(plan.node, { ...plan, decision: "run" })
      else if (bytes.has(plan.node) || readers.get(plan.node) === "run")
        nodes.set(plan.node, { ...plan, decision: "fetch" })
    }
  }
}

/** Which nodes are read by one that runs, or else by one that waits and may not run in the end. */
const readBy = (nodes: ReadonlyMap<Node, NodePlan>): ReadonlyMap<Node, "run" | "waits"> => {
  const readers = new Map<Node, "run" | "waits">()
  for (const { node, decision } of nodes.values()) {
    if (decision !== "run" && decision !== "waits") continue
    for (const dependency of dependencies(node)) {
      if (readers.get(dependency) !== "run") readers.set(dependency, decision)
    }
  }
  return readers
}
