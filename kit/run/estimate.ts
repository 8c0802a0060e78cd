/** Time estimates from past records: what a node took last time, or what its stage's nodes took on average. */
import { dependencies, type Node } from "../node.ts"
import type { Plan } from "../plan/plan.ts"
import { readRecord } from "../store/record.ts"

/** Past durations, in milliseconds, by node and by stage. */
export class Estimates {
  readonly #byNode = new Map<string, number>()
  readonly #byStage = new Map<string, { sum: number; count: number }>()

  /** Learns from the last results of the plan's stages; reads only records of stages that have something to run. */
  static of(plan: Plan): Estimates {
    const estimates = new Estimates()
    const wanted = new Set([...plan.nodes.values()].filter(pending).map(({ node }) => node.stage.name))
    for (const [id, head] of Object.entries(plan.heads.nodes)) {
      if (!wanted.has(head.stage)) continue
      const record = readRecord(plan.project.store, head.key)
      if (record !== undefined) estimates.learn(id, head.stage, record.run.milliseconds)
    }
    return estimates
  }

  learn(node: string, stage: string, milliseconds: number): void {
    this.#byNode.set(node, milliseconds)
    const past = this.#byStage.get(stage) ?? { sum: 0, count: 0 }
    this.#byStage.set(stage, { sum: past.sum + milliseconds, count: past.count + 1 })
  }

  /** Milliseconds that a node should take, or undefined where nothing like it ever ran. */
  of(node: Node): number | undefined {
    const stage = this.#byStage.get(node.stage.name)
    return this.#byNode.get(node.id) ?? (stage === undefined ? undefined : stage.sum / stage.count)
  }
}

const pending = ({ decision }: { readonly decision: string }): boolean => decision === "run" || decision === "waits"

/** The longest time from the start of each pending node to the end of the run, by estimate. */
export const longestPaths = (plan: Plan, estimates: Estimates): ((node: Node) => number) => {
  const paths = new Map<Node, number>()
  const below = new Map<Node, number>()
  for (const { node } of [...plan.nodes.values()].filter(pending).reverse()) {
    const path = (estimates.of(node) ?? 1000) + (below.get(node) ?? 0)
    paths.set(node, path)
    for (const dependency of dependencies(node)) below.set(dependency, Math.max(below.get(dependency) ?? 0, path))
  }
  return (node) => paths.get(node) ?? 0
}
