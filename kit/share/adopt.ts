/**
 * Takes records from a remote: for each node whose inputs are known, the record of its key, if the store has none. A
 * record is taken only when it is what its key says; one that isn't is refused with the reason, and counts as absent.
 */
import { canonicalJson } from "../canonical.ts"
import { ENGINE_FORMAT } from "../key.ts"
import { dependencies, type Graph, type Node } from "../node.ts"
import { taskOf } from "../plan/differences.ts"
import { type Resolved, resolve } from "../plan/resolve.ts"
import { type StageCode, stageCode } from "../plan/stage-code.ts"
import type { Project } from "../project.ts"
import { RECORD_LIMIT, Refusal, readForeignRecord } from "../store/foreign-record.ts"
import { recordPlace } from "../store/layout.ts"
import { type InputRecord, readRecord, type StoreRecord } from "../store/record.ts"
import { inParallel } from "./in-parallel.ts"
import { type Remote, readSmall } from "./remote.ts"

/** What came of asking a remote for records. */
export interface Adopted {
  /** Records that the store did not have, by key. */
  readonly records: ReadonlyMap<string, StoreRecord>
  /** Why records were refused, in sentences. */
  readonly refused: ReadonlyArray<string>
}

/** Asks for the records of some nodes and of all that they are made from. Nothing is written. */
export const adoptRecords = async (
  project: Project,
  graph: Graph,
  needed: ReadonlySet<Node>,
  remote: Remote,
  signal: AbortSignal,
): Promise<Adopted> => {
  const code = await stageCode(project, graph)
  const known = new Map<Node, StoreRecord>()
  const records = new Map<string, StoreRecord>()
  const refused: Array<string> = []
  for (const level of levels(graph.nodes.filter((node) => needed.has(node)))) {
    const open = level.filter((node) => dependencies(node).every((dependency) => known.has(dependency)))
    await inParallel(open, remote.parallel, signal, async (node, own) => {
      const resolved = resolve(
        node,
        code.get(node.stage) as StageCode,
        project.root,
        (above) => known.get(above) as StoreRecord,
      )
      const local = readRecord(project.store, resolved.key) ?? records.get(resolved.key)
      const found =
        local ?? (await adoptRecord(remote, node, resolved, code.get(node.stage) as StageCode, own, refused))
      if (found === undefined) return
      known.set(node, found)
      if (local === undefined) records.set(resolved.key, found)
    })
  }
  return { records, refused }
}

/** Nodes in groups: each after those that it depends on. */
const levels = (nodes: ReadonlyArray<Node>): ReadonlyArray<ReadonlyArray<Node>> => {
  const depths = new Map<Node, number>()
  for (const node of nodes) {
    const above = dependencies(node).map((dependency) => depths.get(dependency) ?? 0)
    depths.set(
      node,
      above.reduce((deepest, depth) => Math.max(deepest, depth + 1), 0),
    )
  }
  const groups: Array<Array<Node>> = []
  for (const [node, depth] of depths) {
    groups[depth] ??= []
    groups[depth].push(node)
  }
  return groups
}

/** The record of one node's key from a remote, marked as pulled; undefined where there is none or it is refused. */
export const adoptRecord = async (
  remote: Remote,
  node: Node,
  resolved: Resolved,
  code: StageCode,
  signal: AbortSignal,
  refused: Array<string>,
): Promise<StoreRecord | undefined> => {
  const text = await readSmall(remote, recordPlace(resolved.key), RECORD_LIMIT, signal)
  if (text === undefined) return undefined
  try {
    const record = readForeignRecord(text.toString("utf8"), resolved.key)
    return own(record, node, resolved, code, remote.name)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    refused.push(`the record of ${node.id} at ${remote.name}: ${error.message}`)
    return undefined
  }
}

/** The record in the words of this project, once all that its key covers is as it is here. */
const own = (record: StoreRecord, node: Node, resolved: Resolved, { code }: StageCode, from: string): StoreRecord => {
  const types = node.stage.outputs
  expect("engine format", (record.engine ?? 1) === ENGINE_FORMAT)
  expect("stage", node.stage.body.kind === "worker" || record.stage === node.stage.name)
  expect("task", record.task === taskOf(node))
  expect("params", canonicalJson(record.params) === canonicalJson(node.params))
  expect("inputs", inputText(record.inputs) === inputText(resolved.inputs))
  expect("code", record.code.digest === resolved.code)
  expect("environment", canonicalJson(record.environment) === canonicalJson(resolved.environment))
  expect("outputs", Object.keys(record.outputs).sort().join() === Object.keys(types).sort().join())
  const outputs = Object.fromEntries(
    Object.entries(types).map(([name, type]) => {
      const artifact = record.outputs[name]
      if (artifact === undefined) throw new Refusal(`it lacks the output ${name}`)
      expect(`output ${name}`, artifact.format === type.format && artifact.extension === type.extension)
      return [name, { ...artifact, type: type.name }]
    }),
  )
  return { ...record, inputs: resolved.inputs, code, outputs, pulled: { from, at: new Date().toISOString() } }
}

const expect = (what: string, holds: boolean): void => {
  if (!holds) throw new Refusal(`it is not what its key says: the ${what} differ${what.endsWith("s") ? "" : "s"}`)
}

const inputText = (inputs: Readonly<Record<string, ReadonlyArray<InputRecord>>>): string =>
  canonicalJson(
    Object.fromEntries(
      Object.entries(inputs).map(([name, list]) => [name, list.map(({ digest, labels }) => [digest, labels ?? null])]),
    ),
  )
