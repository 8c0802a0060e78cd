/** Selectors: which nodes a command means. A selector is a node's name, a stage's name, or a glob over node names. */
import { UsageError } from "../errors.ts"
import { nearest } from "../lib/nearest.ts"
import { dependencies, type Graph, type Node } from "../node.ts"

/** The nodes that the selectors name; all nodes when there are none. An unknown one is an error with the nearest name. */
export const select = (graph: Graph, selectors: ReadonlyArray<string>): ReadonlySet<Node> => {
  if (selectors.length === 0) return new Set(graph.nodes)
  return new Set(selectors.flatMap((selector) => matches(graph, selector)))
}

const matches = (graph: Graph, selector: string): ReadonlyArray<Node> => {
  const exact = graph.nodes.filter((node) => node.id === selector)
  if (exact.length > 0) return exact
  const stage = graph.nodes.filter((node) => node.stage.name === selector || node.id.startsWith(`${selector}/`))
  if (stage.length > 0) return stage
  const pattern = selector.includes("*") ? graph.nodes.filter((node) => glob(selector).test(node.id)) : []
  if (pattern.length > 0) return pattern
  throw unknown(graph, selector)
}

/** `*` stands for any text, slashes included; all else for itself. */
const glob = (selector: string): RegExp =>
  new RegExp(
    `^${selector
      .split("*")
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
      .join(".*")}$`,
    "su",
  )

const unknown = (graph: Graph, selector: string): UsageError => {
  const names = [...new Set(graph.nodes.flatMap((node) => [node.stage.name, node.id]))]
  const near = nearest(selector, names)
  return new UsageError({
    message: `No node, stage or glob of profile "${graph.profile}" matches "${selector}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
    where: selector,
    remedy: "`repro ls` lists them all.",
  })
}

/** The single node that a selector names. */
export const selectOne = (graph: Graph, selector: string): Node => {
  const found = [...select(graph, [selector])]
  if (found.length === 1) return found[0] as Node
  throw new UsageError({
    message: `"${selector}" names ${found.length} nodes: ${found
      .slice(0, 5)
      .map((node) => node.id)
      .join(", ")}${found.length > 5 ? ", …" : ""}`,
    where: selector,
    remedy: "Name one of them.",
  })
}

/** The chosen nodes and all that they need. */
export const withAncestors = (chosen: ReadonlySet<Node>): ReadonlySet<Node> => {
  const found = new Set(chosen)
  const todo = [...chosen]
  for (let node = todo.pop(); node !== undefined; node = todo.pop()) {
    for (const dependency of dependencies(node)) {
      if (found.has(dependency)) continue
      found.add(dependency)
      todo.push(dependency)
    }
  }
  return found
}

/** The chosen nodes and all that is made from them. */
export const withDescendants = (graph: Graph, chosen: ReadonlySet<Node>): ReadonlySet<Node> => {
  const found = new Set(chosen)
  for (const node of graph.nodes) if (dependencies(node).some((dependency) => found.has(dependency))) found.add(node)
  return found
}
