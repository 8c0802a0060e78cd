/** From what a node reads, by digest and origin, to the artifacts that it is. */
import { dependencies, type Node } from "../node.ts"
import type { Resolved } from "../plan/resolve.ts"
import type { RecordSummary } from "../store/record.ts"
import type { WiredInput, WiredInputs } from "./read-input.ts"

/** The inputs of a node with their artifacts; undefined where nobody knows one of these. */
export const wireInputs = (
  node: Node,
  { inputs }: Resolved,
  recordOf: (dependency: Node) => RecordSummary | undefined,
): WiredInputs | undefined => {
  const outputs = new Map(dependencies(node).map((dependency) => [dependency.id, recordOf(dependency)?.outputs]))
  const wired: Record<string, ReadonlyArray<WiredInput>> = {}
  for (const [name, list] of Object.entries(inputs)) {
    const found = list.flatMap((record) => {
      const artifact = outputs.get(record.node)?.[record.output]
      return artifact === undefined ? [] : [{ record, artifact }]
    })
    if (found.length < list.length) return undefined
    wired[name] = found
  }
  return wired
}
