/**
 * How long nodes take: what a node took last time, at the pace of this run; else what nodes of its stage take in this run;
 * else what they took before.
 */
import { dependencies, type Node } from "../node.ts"
import type { Plan } from "../plan/plan.ts"
import { readRecord } from "../store/record.ts"

/** Milliseconds that count beside what was measured, so that the first short steps don't set the pace. */
const PACE_WEIGHT = 5_000

class Mean {
  readonly #stages = new Map<string, { sum: number; count: number }>()

  add(stage: string, milliseconds: number): void {
    const past = this.#stages.get(stage) ?? { sum: 0, count: 0 }
    this.#stages.set(stage, { sum: past.sum + milliseconds, count: past.count + 1 })
  }

  of(stage: string): number | undefined {
    const found = this.#stages.get(stage)
    return found === undefined ? undefined : found.sum / found.count
  }
}

/** Durations in milliseconds, by node and by stage. */
export class Estimates {
  readonly #byNode = new Map<string, number>()
  readonly #before = new Mean()
  readonly #now = new Mean()
  #measured = PACE_WEIGHT
  #expected = PACE_WEIGHT

  /** Learns from the last results of the plan's stages; reads only records of stages that have something to run. */
  static of(plan: Plan): Estimates {
    const estimates = new Estimates()
    const wanted = new Set([...plan.nodes.values()].filter(pending).map(({ node }) => node.stage.name))
    if (wanted.size === 0) return estimates
    const known = new Map([...plan.nodes.values()].map(({ node, record }) => [node.id, record]))
    for (const [id, head] of Object.entries(plan.heads.nodes)) {
      if (!wanted.has(head.stage)) continue
      const planned = known.get(id)
      const record = planned?.key === head.key ? planned : readRecord(plan.project.store, head.key)
      if (record !== undefined) estimates.remember(id, head.stage, record.run.milliseconds)
    }
    return estimates
  }

  /** What a node took in an earlier run. */
  remember(node: string, stage: string, milliseconds: number): void {
    this.#byNode.set(node, milliseconds)
    this.#before.add(stage, milliseconds)
  }

  /** What a node took in this run. */
  learn(node: Node, milliseconds: number): void {
    const before = this.#byNode.get(node.id)
    if (before !== undefined)
      [this.#measured, this.#expected] = [this.#measured + milliseconds, this.#expected + before]
    this.#now.add(node.stage.name, milliseconds)
  }

  /** Milliseconds that a node should take, or undefined where nothing like it ever ran. */
  of(node: Node): number | undefined {
    const pace = this.#measured / this.#expected
    const before = this.#byNode.get(node.id)
    if (before !== undefined) return before * pace
    const stage = this.#now.of(node.stage.name)
    if (stage !== undefined) return stage
    const earlier = this.#before.of(node.stage.name)
    return earlier === undefined ? undefined : earlier * pace
  }
}

const pending = ({ decision }: { readonly decision: string }): boolean => decision === "run" || decision === "waits"

/** The nodes of a plan that have no result yet, each after those it depends on. */
export const pendingNodes = (plan: Plan): ReadonlyArray<Node> =>
  [...plan.nodes.values()].filter(pending).map(({ node }) => node)

/** Milliseconds of a node that nothing is known of, where only the order of starts depends on it. */
const UNKNOWN = 1_000

/** The longest time from the start of each node to the end of the run. `nodes` are in topological order. */
export const longestPaths = (
  nodes: ReadonlyArray<Node>,
  of: (node: Node) => number | undefined,
): ((node: Node) => number) => {
  const paths = new Map<Node, number>()
  const below = new Map<Node, number>()
  for (let index = nodes.length - 1; index >= 0; index--) {
    const node = nodes[index] as Node
    const path = (of(node) ?? UNKNOWN) + (below.get(node) ?? 0)
    paths.set(node, path)
    for (const dependency of dependencies(node)) below.set(dependency, Math.max(below.get(dependency) ?? 0, path))
  }
  return (node) => paths.get(node) ?? 0
}
