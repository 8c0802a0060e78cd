/**
 * The plan: for each node, whether its work is there already, and if not, why it must run. One plain pass over the nodes
 * in topological order; a node below one that must run waits for it, since an unchanged output stops the spread.
 */
import { dependencies, type Graph, type Node } from "../node.ts"
import type { Project } from "../project.ts"
import type { StageDefinition } from "../stage.ts"
import { type Heads, readHeads } from "../store/heads.ts"
import { findDamage } from "../store/objects.ts"
import { readRecord, type StoreRecord } from "../store/record.ts"
import { changedCode, changedParams, differences, type Reason } from "./reasons.ts"
import { type Resolved, resolve } from "./resolve.ts"
import { withAncestors } from "./select.ts"
import { type StageCode, stageCode } from "./stage-code.ts"

export type Decision = "cached" | "run" | "waits" | "not needed"

/** What is to be done for one node. */
export interface NodePlan {
  readonly node: Node
  readonly decision: Decision
  /** Known once all that the node depends on is. */
  readonly resolved: Resolved | undefined
  /** The record of that key, its outputs whole unless the decision says otherwise. */
  readonly record: StoreRecord | undefined
  /** Why it is not cached. */
  readonly reasons: ReadonlyArray<Reason>
}

export interface Plan {
  readonly graph: Graph
  readonly project: Project
  readonly code: ReadonlyMap<StageDefinition, StageCode>
  readonly heads: Heads
  readonly nodes: ReadonlyMap<Node, NodePlan>
}

export interface PlanOptions {
  /** Nodes whose outputs are wanted. */
  readonly targets: ReadonlySet<Node>
  /** Nodes that run though they are cached. */
  readonly forced: ReadonlySet<Node>
}

/** Decides for each node that the targets need. */
export const makePlan = async (project: Project, graph: Graph, options: PlanOptions): Promise<Plan> => {
  const code = await stageCode(project, graph)
  const heads = readHeads(project.store, graph.pipeline, graph.profile)
  const needed = withAncestors(options.targets)
  const nodes = new Map<Node, NodePlan>()
  const planner = new Planner(project, code, heads, options, nodes)
  for (const node of graph.nodes) if (needed.has(node)) nodes.set(node, planner.decide(node))
  restoreWhatIsRead(graph, nodes)
  return { graph, project, code, heads, nodes }
}

class Planner {
  readonly #project: Project
  readonly #code: ReadonlyMap<StageDefinition, StageCode>
  readonly #heads: Heads
  readonly #options: PlanOptions
  readonly #nodes: ReadonlyMap<Node, NodePlan>

  constructor(
    project: Project,
    code: ReadonlyMap<StageDefinition, StageCode>,
    heads: Heads,
    options: PlanOptions,
    nodes: ReadonlyMap<Node, NodePlan>,
  ) {
    this.#project = project
    this.#code = code
    this.#heads = heads
    this.#options = options
    this.#nodes = nodes
  }

  decide(node: Node): NodePlan {
    const waits = dependencies(node).filter((dependency) => this.#unsettled(dependency))
    return waits.length > 0 ? this.#waiting(node, waits) : this.#settled(node)
  }

  #unsettled(node: Node): boolean {
    const plan = this.#nodes.get(node)
    return plan === undefined || plan.decision === "run" || plan.decision === "waits"
  }

  #last(node: Node): StoreRecord | undefined {
    const head = this.#heads.nodes[node.id]
    return head === undefined ? undefined : readRecord(this.#project.store, head.key)
  }

  #waiting(node: Node, waits: ReadonlyArray<Node>): NodePlan {
    const last = this.#last(node)
    const code = this.#code.get(node.stage) as StageCode
    const own: ReadonlyArray<Reason> =
      last === undefined
        ? [{ kind: "new" }]
        : [...changedParams(node.params, last.params), ...changedCode(code.code, last.code)]
    const upstream = waits.map((dependency): Reason => ({ kind: "waits", node: dependency.id }))
    const forced: ReadonlyArray<Reason> = this.#options.forced.has(node) ? [{ kind: "forced" }] : []
    const reasons = [...forced, ...own, ...upstream]
    return { node, decision: "waits", resolved: undefined, record: undefined, reasons }
  }

  #settled(node: Node): NodePlan {
    const code = this.#code.get(node.stage) as StageCode
    const resolved = resolve(
      node,
      code,
      this.#project.root,
      (dependency) => this.#nodes.get(dependency)?.record as StoreRecord,
    )
    const record = readRecord(this.#project.store, resolved.key)
    if (this.#options.forced.has(node))
      return { node, decision: "run", resolved, record, reasons: [{ kind: "forced" }] }
    if (record === undefined) {
      const last = this.#last(node)
      const now = { params: node.params, inputs: resolved.inputs, code: code.code, environment: resolved.environment }
      const reasons: ReadonlyArray<Reason> = last === undefined ? [{ kind: "new" }] : differences(now, last)
      return { node, decision: "run", resolved, record, reasons: reasons.length === 0 ? [{ kind: "new" }] : reasons }
    }
    const damage = damagedOutputs(this.#project, record)
    if (damage.length === 0) return { node, decision: "cached", resolved, record, reasons: [] }
    const decision = this.#options.targets.has(node) ? "run" : "not needed"
    return { node, decision, resolved, record, reasons: damage }
  }
}

const damagedOutputs = (project: Project, record: StoreRecord): ReadonlyArray<Reason> =>
  Object.entries(record.outputs).flatMap(([name, artifact]) => {
    const found = findDamage(project.store, artifact)
    if (found === undefined) return []
    return [
      { kind: "output", name: found.file.path === "" ? name : `${name}/${found.file.path}`, damage: found.damage },
    ]
  })

/**
 * Nodes whose outputs are gone and nobody asked for must run after all when something that runs reads them. What they
 * give may have other bytes now: whatever was made from the old ones waits for them, and may need inputs of its own.
 */
const restoreWhatIsRead = (graph: Graph, nodes: Map<Node, NodePlan>): void => {
  if (![...nodes.values()].some(({ decision }) => decision === "not needed")) return
  const dependents = dependentsOf(graph, nodes)
  const todo = [...nodes.values()].filter(({ decision }) => decision === "run" || decision === "waits")
  const change = (plan: NodePlan): void => {
    nodes.set(plan.node, plan)
    todo.push(plan)
  }
  for (let plan = todo.pop(); plan !== undefined; plan = todo.pop()) {
    const { node } = plan
    for (const dependency of dependencies(node)) {
      const above = nodes.get(dependency)
      if (above?.decision === "not needed") change({ ...above, decision: "run" })
    }
    for (const dependent of dependents.get(node) ?? []) {
      const below = nodes.get(dependent)
      if (below?.decision !== "cached") continue
      const reasons: ReadonlyArray<Reason> = [{ kind: "waits", node: node.id }]
      change({ node: dependent, decision: "waits", resolved: undefined, record: undefined, reasons })
    }
  }
}

const dependentsOf = (graph: Graph, nodes: ReadonlyMap<Node, NodePlan>): ReadonlyMap<Node, ReadonlyArray<Node>> => {
  const found = new Map<Node, Array<Node>>()
  for (const node of graph.nodes) {
    if (!nodes.has(node)) continue
    for (const dependency of dependencies(node)) {
      const known = found.get(dependency)
      if (known === undefined) found.set(dependency, [node])
      else known.push(node)
    }
  }
  return found
}
