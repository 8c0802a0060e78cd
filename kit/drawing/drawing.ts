/**
 * A pipeline as boxes and arrows: what `repro graph` draws. Folded, a box is a stage with its grid; in full, a box is a
 * node. An arrow says which kinds of artifacts one box gives to another.
 */
import { dependencies, type Graph, type Labels, type Node, wireHandles } from "../node.ts"

/** What a box stands for: data that comes in, work in this process, a task of the worker. */
export type BoxKind = "source" | "here" | "worker"

export interface Box {
  /** Unique in the drawing: the node's name, or the stage's (of sources, with what reads them). */
  readonly id: string
  /** The node's name, or the stage's where there are several. */
  readonly title: string
  /** The grid that it stands for, such as `safety (4), seed (2)`; empty for a single node. */
  readonly axes: string
  /** How many nodes it stands for. */
  readonly count: number
  readonly kind: BoxKind
  /** Whether a run is for an output of it. */
  readonly result: boolean
  /** Whether some of its nodes read from others of them. */
  readonly recurs: boolean
}

export interface Arrow {
  readonly from: string
  readonly to: string
  /** Artifact types that go this way, in order of the inputs. */
  readonly types: ReadonlyArray<string>
  /** How many wires it stands for. */
  readonly wires: number
}

export interface Drawing {
  readonly pipeline: string
  readonly profile: string
  /** Nodes in all. */
  readonly nodes: number
  readonly boxes: ReadonlyArray<Box>
  readonly arrows: ReadonlyArray<Arrow>
}

/** Draws some nodes of a graph; `full` gives each a box of its own. */
export const drawingOf = (graph: Graph, chosen: ReadonlySet<Node>, full: boolean): Drawing => {
  const nodes = graph.nodes.filter((node) => chosen.has(node))
  const idOf = full ? (node: Node): string => node.id : foldedIds(nodes)
  const wanted = new Set(graph.results.map(({ node }) => node))
  const members = Map.groupBy(nodes, idOf)
  const arrows = arrowsOf(nodes, chosen, idOf)
  const recurring = new Set(arrows.filter(({ from, to }) => from === to).map(({ from }) => from))
  return {
    pipeline: graph.pipeline,
    profile: graph.profile,
    nodes: nodes.length,
    boxes: [...members].map(([id, list]) => ({
      id,
      title: list.length === 1 ? (list[0] as Node).id : (list[0] as Node).stage.name,
      axes: full ? "" : axesOf(list.map(({ labels }) => labels)),
      count: list.length,
      kind: kindOf(list[0] as Node),
      result: list.some((node) => wanted.has(node)),
      recurs: recurring.has(id),
    })),
    arrows: arrows.filter(({ from, to }) => from !== to),
  }
}

/** The box of each node: that of its stage; sources that different stages read are apart, since one box would tie all together. */
const foldedIds = (nodes: ReadonlyArray<Node>): ((node: Node) => string) => {
  const readers = new Map<Node, Set<string>>()
  for (const node of nodes)
    for (const source of dependencies(node))
      readers.set(source, (readers.get(source) ?? new Set()).add(node.stage.name))
  return (node) => {
    if (kindOf(node) !== "source") return node.stage.name
    return [node.stage.name, ...[...(readers.get(node) ?? [])].sort()].join(" → ")
  }
}

const kindOf = ({ stage, wires }: Node): BoxKind => {
  if (stage.body.kind === "worker") return "worker"
  return Object.keys(wires).length === 0 ? "source" : "here"
}

/** The axes that some nodes lie on, each with the number of its values: `safety (4), seed (2)`; one text for each set of axes. */
const axesOf = (labels: ReadonlyArray<Labels>): string => {
  const shapes = Map.groupBy(labels, (point) => JSON.stringify(Object.keys(point)))
  const texts = [...shapes.values()].map((points) => {
    const names = Object.keys(points[0] ?? {})
    if (names.length === 1 && points.length === labels.length) return names[0] ?? ""
    return names.map((name) => axisText(name, new Set(points.map((point) => point[name])))).join(", ")
  })
  return texts.filter((text) => text !== "").join(" + ")
}

const axisText = (name: string, values: ReadonlySet<unknown>): string =>
  values.size === 1 ? `${name} ${[...values][0]}` : `${name} (${values.size})`

const arrowsOf = (
  nodes: ReadonlyArray<Node>,
  chosen: ReadonlySet<Node>,
  idOf: (node: Node) => string,
): ReadonlyArray<Arrow> => {
  const arrows = new Map<string, { from: string; to: string; types: Set<string>; wires: number }>()
  for (const node of nodes) {
    for (const handle of Object.values(node.wires).flatMap(wireHandles)) {
      if (!chosen.has(handle.node)) continue
      const [from, to] = [idOf(handle.node), idOf(node)]
      const id = JSON.stringify([from, to])
      const arrow = arrows.get(id) ?? { from, to, types: new Set(), wires: 0 }
      arrow.types.add(handle.type.name)
      arrow.wires++
      arrows.set(id, arrow)
    }
  }
  return [...arrows.values()].map((arrow) => ({ ...arrow, types: [...arrow.types] }))
}
