/**
 * The plan: for each node, whether its work is there already, and if not, why it must run. One plain pass over the nodes
 * in topological order; a node below one that must run waits for it, since an unchanged output stops the spread.
 */
import { ENGINE_FORMAT } from "../key.ts"
import { dependencies, type Graph, type Node } from "../node.ts"
import type { Project } from "../project.ts"
import type { StageDefinition } from "../stage.ts"
import { type Heads, readHeads } from "../store/heads.ts"
import { findDamage } from "../store/objects.ts"
import { type RecordSummary, readRecord, type StoredArtifact } from "../store/record.ts"
import { Summaries } from "../store/summaries.ts"
import { isOnTrust } from "../store/trust.ts"
import { differences, type Present } from "./differences.ts"
import { type Elsewhere, settleAll } from "./elsewhere.ts"
import type { Reason } from "./reasons.ts"
import { observed, type Resolved, resolve } from "./resolve.ts"
import { withAncestors } from "./select.ts"
import { type StageCode, stageCode } from "./stage-code.ts"
import { trustEnvironment } from "./trust.ts"

/**
 * "elsewhere" is done too, though its bytes are not here: they can be fetched, and nothing needs them; "fetch" is done, and
 * its bytes are fetched. "not needed": its bytes are gone, and nothing needs them.
 */
export type Decision = "cached" | "run" | "waits" | "not needed" | "elsewhere" | "fetch"

/** Whether nothing of a node is left to compute. */
export const isDone = (decision: Decision): boolean => decision !== "run" && decision !== "waits"

/** What is to be done for one node. */
export interface NodePlan {
  readonly node: Node
  readonly decision: Decision
  /** Known once all that the node depends on is. */
  readonly resolved: Resolved | undefined
  /** What its record says, its outputs whole unless the decision says otherwise. */
  readonly record: RecordSummary | undefined
  /** Why it is not cached. */
  readonly reasons: ReadonlyArray<Reason>
  /** Nodes that come before it though it doesn't read them: they do the same work, or should give the same bytes. */
  readonly after?: ReadonlyArray<Node>
}

export interface Plan {
  readonly graph: Graph
  readonly project: Project
  readonly code: ReadonlyMap<StageDefinition, StageCode>
  readonly heads: Heads
  readonly summaries: Summaries
  readonly nodes: ReadonlyMap<Node, NodePlan>
}

export interface PlanOptions {
  /** Nodes whose outputs are wanted. */
  readonly targets: ReadonlySet<Node>
  /** Nodes that run though they are cached. */
  readonly forced: ReadonlySet<Node>
  /** Targets whose bytes must be here, not only their records; all of them where it isn't said. */
  readonly bytes?: ReadonlySet<Node>
  /** What can be had from elsewhere; where it isn't said, records that were pulled can. */
  readonly elsewhere?: Elsewhere
}

/** Decides for each node that the targets need. */
export const makePlan = async (project: Project, graph: Graph, options: PlanOptions): Promise<Plan> => {
  const code = await stageCode(project, graph)
  const heads = readHeads(project.store, graph.pipeline, graph.profile)
  const summaries = new Summaries(project.store, graph)
  const needed = withAncestors(options.targets)
  const nodes = new Map<Node, NodePlan>()
  const planner = new Planner(project, code, { heads, summaries }, options, nodes)
  for (const node of graph.nodes) if (needed.has(node)) nodes.set(node, planner.decide(node))
  await settleAll(graph, nodes, options)
  return { graph, project, code, heads, summaries, nodes }
}

class Planner {
  readonly #project: Project
  readonly #code: ReadonlyMap<StageDefinition, StageCode>
  readonly #heads: Heads
  readonly #summaries: Summaries
  readonly #options: PlanOptions
  readonly #nodes: ReadonlyMap<Node, NodePlan>

  constructor(
    project: Project,
    code: ReadonlyMap<StageDefinition, StageCode>,
    { heads, summaries }: Pick<Plan, "heads" | "summaries">,
    options: PlanOptions,
    nodes: ReadonlyMap<Node, NodePlan>,
  ) {
    this.#project = project
    this.#code = code
    this.#heads = heads
    this.#summaries = summaries
    this.#options = options
    this.#nodes = nodes
  }

  decide(node: Node): NodePlan {
    const waits = dependencies(node).filter((dependency) => this.#unsettled(dependency))
    return waits.length > 0 ? this.#waiting(node, waits) : this.#settled(node)
  }

  #unsettled(node: Node): boolean {
    const plan = this.#nodes.get(node)
    return plan === undefined || !isDone(plan.decision)
  }

  /** What speaks for running a node by itself: what differs from its last record. */
  #changes(present: Present): ReadonlyArray<Reason> {
    const head = this.#heads.nodes[present.node.id]
    if (head === undefined) return [{ kind: "new" }]
    const last = readRecord(this.#project.store, head.key)
    return last === undefined ? [{ kind: "lost" }] : differences(present, last)
  }

  #waiting(node: Node, waits: ReadonlyArray<Node>): NodePlan {
    const { code, environment } = this.#code.get(node.stage) as StageCode
    const trust = trustEnvironment(node, (dependency) => this.#expected(dependency))
    const now = { ...environment, ...observed(node, this.#project.root), ...trust }
    const forced: ReadonlyArray<Reason> = this.#options.forced.has(node) ? [{ kind: "forced" }] : []
    const own = [...forced, ...this.#changes({ engine: ENGINE_FORMAT, node, code, environment: now })]
    const upstream = waits.map(({ id }): Reason => ({ kind: "waits", node: id, only: own.length === 0 }))
    return { node, decision: "waits", resolved: undefined, record: undefined, reasons: [...own, ...upstream] }
  }

  /** What says whether a node will rest on trust: what runs is made here, what waits counts as it last was. */
  #expected(node: Node): RecordSummary | undefined {
    const plan = this.#nodes.get(node)
    if (plan === undefined || plan.decision === "run") return undefined
    const head = this.#heads.nodes[node.id]
    return plan.record ?? (head === undefined ? undefined : this.#summaries.find(head.key, true))
  }

  #settled(node: Node): NodePlan {
    const code = this.#code.get(node.stage) as StageCode
    const resolved = resolve(
      node,
      code,
      this.#project.root,
      (dependency) => this.#nodes.get(dependency)?.record as RecordSummary,
    )
    const isLast = this.#heads.nodes[node.id]?.key === resolved.key
    const own = this.#summaries.find(resolved.key, isLast)
    const record = own ?? this.#options.elsewhere?.records.get(resolved.key)
    if (this.#options.forced.has(node))
      return { node, decision: "run", resolved, record, reasons: [{ kind: "forced" }] }
    if (record === undefined) {
      const { inputs, environment } = resolved
      const changes = this.#changes({ engine: ENGINE_FORMAT, node, code: code.code, environment, inputs })
      const reasons: ReadonlyArray<Reason> = changes.length === 0 ? [{ kind: "unnamed" }] : changes
      return { node, decision: "run", resolved, record, reasons }
    }
    if (record.unanswered !== undefined) {
      const { count, of, reason } = record.unanswered
      return { node, decision: "run", resolved, record, reasons: [{ kind: "unanswered", count, of, why: reason }] }
    }
    const damage = damagedOutputs(this.#project, record)
    if (damage.length === 0) return { node, decision: "cached", resolved, record, reasons: [] }
    const decision = this.#isElsewhere(record) ? "elsewhere" : this.#options.targets.has(node) ? "run" : "not needed"
    return { node, decision, resolved, record, reasons: damage }
  }

  #isElsewhere(record: RecordSummary): boolean {
    const { elsewhere } = this.#options
    return elsewhere === undefined ? isOnTrust(record) : elsewhere.mayHave(record)
  }
}

const damagedOutputs = (project: Project, { outputs }: RecordSummary): ReadonlyArray<Reason> => {
  const reasons: Array<Reason> = []
  for (const name in outputs) {
    const found = findDamage(project.store, outputs[name] as StoredArtifact)
    if (found === undefined) continue
    const { file, damage } = found
    const place = file.path === "" ? name : `${name}/${file.path}`
    reasons.push({ kind: "output", name: place, damage, digest: file.digest })
  }
  return reasons
}
