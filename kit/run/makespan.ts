/**
 * How long a schedule takes: plays the rest of a run as the scheduler would run it, each node as soon as what it needs is
 * there and the machine has room, the longest remaining path first (list scheduling; Graham 1969).
 */
import { dependencies, type Node } from "../node.ts"
import type { Resources } from "../stage.ts"
import { longestPaths } from "./estimate.ts"
import { ResourcePool } from "./resources.ts"

/** What is left of a run. */
export interface Rest {
  /** Nodes without a result, in topological order. */
  readonly nodes: ReadonlyArray<Node>
  /** Those of them that run now. */
  readonly running: ReadonlySet<Node>
  /** Milliseconds that a node still takes. */
  readonly remaining: (node: Node) => number
  readonly capacity: Resources
}

interface Playing {
  readonly node: Node
  readonly end: number
  readonly taken: Resources | undefined
}

/** Milliseconds until all of it is done. */
export const makespan = ({ nodes, running, remaining, capacity }: Rest): number => {
  const left = new Set(nodes)
  const priority = longestPaths(nodes, remaining)
  const missing = new Map<Node, number>()
  const dependents = new Map<Node, Array<Node>>()
  for (const node of nodes) {
    const open = dependencies(node).filter((dependency) => left.has(dependency))
    missing.set(node, open.length)
    for (const dependency of open) {
      const list = dependents.get(dependency)
      if (list === undefined) dependents.set(dependency, [node])
      else list.push(node)
    }
  }
  const pool = new ResourcePool(capacity)
  const ready = nodes
    .filter((node) => missing.get(node) === 0 && !running.has(node))
    .sort((a, b) => priority(b) - priority(a))
  const playing = nodes
    .filter((node) => running.has(node))
    .map((node): Playing => ({ node, end: remaining(node), taken: pool.take(node.stage.resources) }))
  let time = 0
  for (;;) {
    start(ready, pool, time, remaining, playing)
    const next = soonest(playing)
    if (next === undefined) return time
    playing.splice(playing.indexOf(next), 1)
    time = next.end
    if (next.taken !== undefined) pool.give(next.taken)
    for (const dependent of dependents.get(next.node) ?? []) {
      const count = (missing.get(dependent) ?? 0) - 1
      missing.set(dependent, count)
      if (count === 0) insert(ready, dependent, priority)
    }
  }
}

/** Starts what fits; as long as a slot is free, so that a long list of ready nodes costs little. */
const start = (
  ready: Array<Node>,
  pool: ResourcePool,
  time: number,
  remaining: (node: Node) => number,
  playing: Array<Playing>,
): void => {
  for (let index = 0; index < ready.length && pool.hasSlot; ) {
    const node = ready[index] as Node
    const taken = pool.take(node.stage.resources)
    if (taken === undefined) index++
    else {
      ready.splice(index, 1)
      playing.push({ node, end: time + remaining(node), taken })
    }
  }
}

/** Puts a node behind those of at least its priority. */
const insert = (ready: Array<Node>, node: Node, priority: (node: Node) => number): void => {
  let [low, high] = [0, ready.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (priority(ready[middle] as Node) >= priority(node)) low = middle + 1
    else high = middle
  }
  ready.splice(low, 0, node)
}

const soonest = (playing: ReadonlyArray<Playing>): Playing | undefined =>
  playing.reduce<Playing | undefined>((best, one) => (best === undefined || one.end < best.end ? one : best), undefined)
