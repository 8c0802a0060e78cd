/** Nodes that could start if there were room, the longest remaining path first, then in the graph's order. */
import type { Node } from "../node.ts"

/** A list that stays sorted. Priorities must not change while a node is in it. */
export class ReadyNodes {
  readonly nodes: Array<Node> = []
  readonly #priority: (node: Node) => number

  constructor(priority: (node: Node) => number) {
    this.#priority = priority
  }

  add(node: Node): void {
    const { nodes } = this
    let [low, high] = [0, nodes.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#comesFirst(nodes[middle] as Node, node)) low = middle + 1
      else high = middle
    }
    if (low === nodes.length) nodes.push(node)
    else nodes.splice(low, 0, node)
  }

  /** Takes out the node at a place of the list. */
  remove(index: number): void {
    if (index === 0) this.nodes.shift()
    else this.nodes.splice(index, 1)
  }

  #comesFirst(a: Node, b: Node): boolean {
    const difference = this.#priority(b) - this.#priority(a)
    return difference < 0 || (difference === 0 && a.index < b.index)
  }
}
