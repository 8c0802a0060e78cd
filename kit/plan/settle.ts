/**
 * What the decisions for single nodes mean for each other, so that a plan says exactly what its run does: what is read
 * is restored, the same work is done once, and what was made from bytes that are made anew waits to see them.
 */
import { dependencies, type Graph, type Node } from "../node.ts"
import type { NodePlan } from "./plan.ts"
import type { Reason } from "./reasons.ts"

type Plans = Map<Node, NodePlan>

/** Whether a node may get another result in this run than it has. */
const unsettled = (plan: NodePlan | undefined): boolean => plan?.decision === "run" || plan?.decision === "waits"

/** Whether a node has a result that can be had: here or elsewhere. */
const hasResult = ({ decision }: NodePlan): boolean =>
  decision === "cached" || decision === "elsewhere" || decision === "fetch"

/** Brings the decisions in line; they were made in the graph's order. */
export const settle = (graph: Graph, plans: Plans, forced: ReadonlySet<Node>): void => {
  if (![...plans.values()].some(unsettled)) return
  if (forced.size > 0) forceFirstTwins(plans, forced)
  restoreWhatIsRead(graph, plans)
  const done: Done = { work: new Map(), bytes: new Map() }
  for (const [node, plan] of plans) plans.set(node, inLine(plan, plans, done))
}

/**
 * Nodes whose outputs are gone and nobody asked for must run after all when something that runs reads them. What they
 * give may have other bytes now: whatever was made from the old ones waits for them, and may need inputs of its own.
 */
const restoreWhatIsRead = (graph: Graph, plans: Plans): void => {
  if (![...plans.values()].some(({ decision }) => decision === "not needed")) return
  const dependents = dependentsOf(graph, plans)
  const todo = [...plans.values()].filter(unsettled)
  const change = (plan: NodePlan): void => {
    plans.set(plan.node, plan)
    todo.push(plan)
  }
  for (let plan = todo.pop(); plan !== undefined; plan = todo.pop()) {
    const { node } = plan
    for (const dependency of dependencies(node)) {
      const above = plans.get(dependency)
      if (above?.decision === "not needed") change({ ...above, decision: "run" })
    }
    for (const dependent of dependents.get(node) ?? []) {
      const below = plans.get(dependent)
      if (below !== undefined && hasResult(below))
        change(waiting(below, [], [{ kind: "waits", node: node.id, only: true }]))
    }
  }
}

const dependentsOf = (graph: Graph, plans: Plans): ReadonlyMap<Node, ReadonlyArray<Node>> => {
  const found = new Map<Node, Array<Node>>()
  for (const node of graph.nodes) {
    if (!plans.has(node)) continue
    for (const dependency of dependencies(node)) {
      const known = found.get(dependency)
      if (known === undefined) found.set(dependency, [node])
      else known.push(node)
    }
  }
  return found
}

/** Where a forced node has a twin before it, that one runs: all that is made from either sees the new bytes. */
const forceFirstTwins = (plans: Plans, forced: ReadonlySet<Node>): void => {
  const named = new Map<string, Node>()
  for (const node of forced) {
    const plan = plans.get(node)
    if (plan?.decision === "run" && plan.resolved !== undefined) named.set(plan.resolved.key, node)
  }
  for (const [node, plan] of plans) {
    const twin = named.get(plan.resolved?.key ?? "")
    if (twin === undefined) continue
    named.delete(plan.resolved?.key ?? "")
    if (hasResult(plan)) plans.set(node, { ...plan, decision: "run", reasons: [{ kind: "forced", twin: twin.id }] })
  }
}

/** What runs before, by key and by the digests of the missing bytes that it should bring back. */
interface Done {
  readonly work: Map<string, Node>
  readonly bytes: Map<string, Node>
}

const inLine = (plan: NodePlan, plans: Plans, done: Done): NodePlan => {
  if (!hasResult(plan) && plan.decision !== "run") return plan
  const twin = done.work.get(plan.resolved?.key ?? "")
  if (twin !== undefined) return waiting(plan, [twin], [{ kind: "same", node: twin.id }])
  if (hasResult(plan)) return seeing(plan, plans)
  const restorers = restoredBy(plan, done)
  if (restorers.length > 0) {
    const restored = restorers.map((node): Reason => ({ kind: "restored", node: node.id }))
    return waiting(plan, restorers, [...plan.reasons, ...restored])
  }
  if (plan.resolved !== undefined) done.work.set(plan.resolved.key, plan.node)
  for (const reason of plan.reasons) if (reason.kind === "output") done.bytes.set(reason.digest, plan.node)
  return plan
}

const waiting = (plan: NodePlan, after: ReadonlyArray<Node>, reasons: ReadonlyArray<Reason>): NodePlan => ({
  ...plan,
  decision: "waits",
  reasons,
  after,
})

/**
 * A cached node waits for what it reads when that is made anew: other bytes would make it out of date. It stays as it is
 * where it could not run, since something else that it reads is gone and isn't brought back for its sake.
 */
const seeing = (plan: NodePlan, plans: Plans): NodePlan => {
  const read = dependencies(plan.node)
  const anew = read.filter((dependency) => unsettled(plans.get(dependency)))
  if (anew.length === 0 || read.some((dependency) => plans.get(dependency)?.decision === "not needed")) return plan
  return waiting(
    plan,
    [],
    anew.map(({ id }) => ({ kind: "waits", node: id, only: true })),
  )
}

/** The nodes that bring back all that a node lacks, or none where anything else speaks for running it. */
const restoredBy = (plan: NodePlan, done: Done): ReadonlyArray<Node> => {
  const found = plan.reasons.map((reason) => (reason.kind === "output" ? done.bytes.get(reason.digest) : undefined))
  return found.every((node) => node !== undefined) ? [...new Set(found)] : []
}
