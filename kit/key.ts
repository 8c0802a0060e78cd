/**
 * Keys: when is work the same work. A key is the SHA-256 of canonical JSON of the stage's name (a worker's: its task),
 * the encoded params, the content of each input, the digest of the code, and the declared environment. Never part of it:
 * times, absolute paths, secrets, the executor, retries, logging, the number of workers, node names.
 */
import { canonicalJson, sha256 } from "./canonical.ts"
import type { Node } from "./node.ts"
import type { EnvironmentRecord, InputRecord } from "./store/record.ts"

/** Counts changes of the engine that change what stages see; raised by hand. */
export const ENGINE_FORMAT = 1

/** All that counts for a node's work. */
export interface KeyMaterial {
  readonly inputs: Readonly<Record<string, ReadonlyArray<InputRecord>>>
  readonly code: string
  readonly environment: EnvironmentRecord
}

/** The key of a node's work. */
export const keyOf = (node: Node, material: KeyMaterial): string => {
  const { body } = node.stage
  return sha256(
    canonicalJson({
      engine: ENGINE_FORMAT,
      work: body.kind === "worker" ? { task: body.task } : { stage: node.stage.name },
      params: node.params,
      inputs: Object.fromEntries(
        Object.entries(material.inputs).map(([name, list]) => [name, list.map(inputIdentity)]),
      ),
      outputs: Object.fromEntries(
        Object.entries(node.stage.outputs).map(([name, type]) => [name, [type.format, type.extension]]),
      ),
      code: material.code,
      environment: material.environment,
    }),
  )
}

/** A single input counts by its content; one of many counts by its labels too, since the stage sees them. */
const inputIdentity = (input: InputRecord): unknown =>
  input.labels === undefined ? input.digest : [input.labels, input.digest]

/** The order in which the members of a many-input reach the stage and the key: by labels, then node, never by the grid. */
export const compareInputs = (a: InputRecord, b: InputRecord): number => {
  const [left, right] = [canonicalJson([a.labels, a.node, a.output]), canonicalJson([b.labels, b.node, b.output])]
  return left < right ? -1 : left > right ? 1 : 0
}
