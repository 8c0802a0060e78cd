/**
 * Keys: when is work the same work. A key is the SHA-256 of canonical JSON of the stage's name (a worker's: its task),
 * the encoded params, the content of each input, the digest of the code, and the declared environment. Never part of it:
 * times, absolute paths, secrets, the executor, retries, logging, the number of workers, node names.
 */
import { canonicalJson, sha256 } from "./canonical.ts"
import type { Node } from "./node.ts"
import { perObject } from "./per-object.ts"
import type { EnvironmentRecord, InputRecord, StoreRecord } from "./store/record.ts"

/** Counts changes of the engine that change what stages see; raised by hand. */
export const ENGINE_FORMAT = 1

/** All that counts for a node's work. */
export interface KeyMaterial {
  readonly inputs: Readonly<Record<string, ReadonlyArray<InputRecord>>>
  readonly code: string
  readonly environment: EnvironmentRecord
}

/** The format and file name ending of each output: they say where a stage leaves its results. */
type OutputShapes = Readonly<Record<string, { readonly format: string; readonly extension: string }>>

interface Work extends KeyMaterial {
  readonly engine: number
  readonly work: { readonly task: string } | { readonly stage: string }
  readonly params: unknown
  readonly outputs: OutputShapes
}

/** Canonical JSON of the work. Its parts are put together by hand, their names in order, since many nodes share most of them. */
const keyOfWork = ({ code, engine, environment, inputs, outputs, params, work }: Work): string => {
  const before = `{"code":${canonicalJson(code)},"engine":${canonicalJson(engine)},"environment":${environmentText(environment)}`
  const made = `"inputs":${inputsText(inputs)},"outputs":${shapesText(outputs)}`
  const given = params === undefined ? "" : `"params":${canonicalJson(params)},`
  return sha256(`${before},${made},${given}"work":${canonicalJson(work)}}`)
}

const inputsText = (inputs: KeyMaterial["inputs"]): string =>
  canonicalJson(mapValues(inputs, (list) => list.map(inputIdentity)))

const environmentText = perObject((environment: EnvironmentRecord) => canonicalJson(environment))

const shapesText = perObject((outputs: OutputShapes) =>
  canonicalJson(mapValues(outputs, ({ format, extension }) => [format, extension])),
)

const mapValues = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Readonly<Record<string, B>> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]))

/** The key of a node's work. */
export const keyOf = (node: Node, { inputs, code, environment }: KeyMaterial): string => {
  const { body, name, outputs } = node.stage
  const work = body.kind === "worker" ? { task: body.task } : { stage: name }
  return keyOfWork({ engine: ENGINE_FORMAT, work, params: node.params, inputs, outputs, code, environment })
}

/** The key that a record's own contents make, or undefined for a record of format 1, which does not hold all of them. */
export const keyOfRecord = (record: StoreRecord): string | undefined => {
  const { engine, task, stage, params, inputs, outputs, code, environment } = record
  if (engine === undefined) return undefined
  const work = task === undefined ? { stage } : { task }
  return keyOfWork({ engine, work, params, inputs, outputs, code: code.digest, environment })
}

/** A single input counts by its content; one of many counts by its labels too, since the stage sees them. */
const inputIdentity = (input: InputRecord): unknown =>
  input.labels === undefined ? input.digest : [input.labels, input.digest]

/** The order in which the members of a many-input reach the stage and the key: by labels, then node, never by the grid. */
export const compareInputs = (a: InputRecord, b: InputRecord): number => {
  const [left, right] = [canonicalJson([a.labels, a.node, a.output]), canonicalJson([b.labels, b.node, b.output])]
  return left < right ? -1 : left > right ? 1 : 0
}
