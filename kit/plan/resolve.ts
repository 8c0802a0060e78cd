/** From a node and what its dependencies gave to its key: the one computation that the planner and the runner share. */
import * as Schema from "effect/Schema"
import { compareInputs, type KeyMaterial, keyOf } from "../key.ts"
import type { AnyHandle, Node } from "../node.ts"
import { perObject } from "../per-object.ts"
import type { StageDefinition } from "../stage.ts"
import type { EnvironmentRecord, InputRecord, RecordSummary } from "../store/record.ts"
import { OBSERVED } from "./differences.ts"
import type { StageCode } from "./stage-code.ts"
import { trustEnvironment } from "./trust.ts"

/** A node whose inputs are known. */
export interface Resolved extends KeyMaterial {
  readonly key: string
}

/** The inputs of a node, from the records of the nodes that it depends on. */
export const resolveInputs = (
  node: Node,
  recordOf: (dependency: Node) => RecordSummary,
): Readonly<Record<string, ReadonlyArray<InputRecord>>> => {
  const one = (handle: AnyHandle): InputRecord => ({
    digest: recordOf(handle.node).outputs[handle.output]?.digest ?? "",
    node: handle.node.id,
    output: handle.output,
  })
  return Object.fromEntries(
    Object.entries(node.wires).map(([name, wire]) => {
      if (wire.kind === "none") return [name, []]
      if (wire.kind === "one") return [name, [one(wire.handle)]]
      return [name, wire.handles.map((handle) => ({ ...one(handle), labels: handle.node.labels })).sort(compareInputs)]
    }),
  )
}

/** What a node observes of the outside world, under a name of its own in its environment. */
export const observed = (node: Node, root: string): Readonly<Record<string, string>> => {
  const { body } = node.stage
  if (body.kind !== "here" || body.observe === undefined) return {}
  return { [OBSERVED]: body.observe(decodedParams(node) as never, root) }
}

const decoderOf = perObject((stage: StageDefinition) => Schema.decodeUnknownSync(stage.params))

/** The params of a node as its stage sees them. */
export const decodedParams = ({ stage, params }: Node): unknown => decoderOf(stage)(params)

/** A node's environment: that of its stage, the same object, where the node adds nothing of its own. */
const environmentOf = (
  node: Node,
  { environment }: StageCode,
  root: string,
  recordOf: (dependency: Node) => RecordSummary,
): EnvironmentRecord => {
  const { body } = node.stage
  if (body.kind !== "here" || (body.observe === undefined && !body.seesTrust)) return environment
  return { ...environment, ...observed(node, root), ...trustEnvironment(node, recordOf) }
}

/** The key of a node whose dependencies have records. */
export const resolve = (
  node: Node,
  code: StageCode,
  root: string,
  recordOf: (dependency: Node) => RecordSummary,
): Resolved => {
  const material = {
    inputs: resolveInputs(node, recordOf),
    code: code.code.digest,
    environment: environmentOf(node, code, root, recordOf),
  }
  return { ...material, key: keyOf(node, material) }
}
