/**
 * What rests on trust: the nodes above a node whose records were pulled and whose work was not done here. A stage that
 * shows it to people declares so; what it sees is then part of its key, under names of its own in the environment.
 */
import { sha256 } from "../canonical.ts"
import { dependencies, type Node, wireHandles } from "../node.ts"
import type { EnvironmentRecord, RecordSummary } from "../store/record.ts"
import { isOnTrust } from "../store/trust.ts"
import { TRUST } from "./differences.ts"

/** The nodes with pulled records among some nodes and all that they are made from, by name. */
export const pulledNodes = (
  nodes: Iterable<Node>,
  recordOf: (node: Node) => RecordSummary | undefined,
): ReadonlyArray<string> => {
  const seen = new Set(nodes)
  for (const node of seen) for (const dependency of dependencies(node)) seen.add(dependency)
  return [...seen]
    .filter((node) => {
      const record = recordOf(node)
      return record !== undefined && isOnTrust(record)
    })
    .map(({ id }) => id)
    .sort()
}

/** For each input of a node that rests on pulled records, the nodes that have them. */
export const inputsOnTrust = (
  node: Node,
  recordOf: (node: Node) => RecordSummary | undefined,
): Readonly<Record<string, ReadonlyArray<string>>> =>
  Object.fromEntries(
    Object.entries(node.wires)
      .map(
        ([name, wire]) =>
          [
            name,
            pulledNodes(
              wireHandles(wire).map((handle) => handle.node),
              recordOf,
            ),
          ] as const,
      )
      .filter(([, pulled]) => pulled.length > 0),
  )

/** How trust counts for a stage that sees it: not at all where nothing was pulled. */
export const trustEnvironment = (
  node: Node,
  recordOf: (node: Node) => RecordSummary | undefined,
): EnvironmentRecord => {
  const { body } = node.stage
  if (body.kind !== "here" || !body.seesTrust) return {}
  return Object.fromEntries(
    Object.entries(inputsOnTrust(node, recordOf)).map(([name, pulled]) => [
      `${TRUST}${name}`,
      `${pulled.length} pulled (${sha256(JSON.stringify(pulled)).slice(0, 16)})`,
    ]),
  )
}
