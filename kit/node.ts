/**
 * The graph's data: nodes, the handles that connect them, and the graph itself. Handles exist only after the node that
 * makes them was called, so the order of creation is a topological order and a cycle can't be written.
 */
import type { AnyArtifactType, ArtifactType } from "./artifact.ts"
import type { Need } from "./needs.ts"
import type { StageDefinition } from "./stage.ts"

/** The coordinates of a node in its grids, for people and as columns in SQL. */
export type Labels = Readonly<Record<string, string | number | boolean>>

/** An output of a node, typed by what it holds. */
export interface Handle<Name extends string, Value> {
  readonly node: Node
  readonly output: string
  readonly type: ArtifactType<Name, Value>
}

// biome-ignore lint/suspicious/noExplicitAny: see AnyArtifactType
export type AnyHandle = Handle<string, any>

export type HandleOf<A extends AnyArtifactType> =
  A extends ArtifactType<infer Name, infer Value> ? Handle<Name, Value> : never

/** One wired input: a handle, several, or none for an optional one. */
export type Wire =
  | { readonly kind: "one"; readonly handle: AnyHandle }
  | { readonly kind: "many"; readonly handles: ReadonlyArray<AnyHandle> }
  | { readonly kind: "none" }

/** A stage called with params and inputs. `id` is unique in its graph, such as `fine-tune/safety=100/draw=1/seed=1`. */
export interface Node {
  readonly id: string
  readonly index: number
  readonly stage: StageDefinition
  /** The params as they are stored and hashed: encoded by the stage's schema. */
  readonly params: unknown
  /** How the work is done; it counts for nothing. */
  readonly settings: object
  readonly labels: Labels
  readonly wires: Readonly<Record<string, Wire>>
}

/** All nodes of a pipeline under one profile, each after those it depends on. */
export interface Graph {
  readonly pipeline: string
  readonly profile: string
  readonly nodes: ReadonlyArray<Node>
  /** The lock that the profile declares for worker stages, relative to the project. */
  readonly workerLock: string
  /** The outputs that a run is for, in the order in which they are shown at the end. */
  readonly results: ReadonlyArray<AnyHandle>
  /** The result that describes the data, where the pipeline declares one. */
  readonly data?: AnyHandle | undefined
  /** What its stages need beside this machine's CPU and the project's files. */
  readonly needs?: ReadonlyArray<Need>
}

/** The handles that a wire holds. */
export const wireHandles = (wire: Wire): ReadonlyArray<AnyHandle> =>
  wire.kind === "one" ? [wire.handle] : wire.kind === "many" ? wire.handles : []

/** The nodes that a node reads from, without repeats. */
export const dependencies = (node: Node): ReadonlyArray<Node> => {
  const found = new Set<Node>()
  for (const name in node.wires) for (const handle of wireHandles(node.wires[name] as Wire)) found.add(handle.node)
  return [...found]
}

/** Labels as text in a fixed order: `safety=100/draw=1/seed=1`. */
export const labelPath = (labels: Labels): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join("/")
