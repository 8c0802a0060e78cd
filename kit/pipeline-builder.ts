/**
 * The graph under construction. A pipeline's body is plain, synchronous TypeScript, so one builder at a time is enough:
 * stages add their nodes to it, grids push their labels onto it.
 */
import * as Schema from "effect/Schema"
import { type AnyArtifactType, type InputSpec, inputKind, inputType } from "./artifact.ts"
import { canonicalValue, NoJson } from "./canonical.ts"
import { PipelineError } from "./errors.ts"
import { type AnyHandle, type Labels, labelPath, type Node, type Wire } from "./node.ts"
import { perObject } from "./per-object.ts"
import type { StageDefinition } from "./stage.ts"
import { looksSecret } from "./variables.ts"

interface Builder {
  readonly pipeline: string
  readonly nodes: Array<Node>
  readonly byId: Map<string, Node>
  /** Stages that were called, whose names are right. */
  readonly stages: Set<StageDefinition>
  labels: Labels
}

let current: Builder | undefined

/** Runs a pipeline's body and collects the nodes that it makes. */
export const build = <A>(
  pipeline: string,
  body: () => A,
): { readonly nodes: ReadonlyArray<Node>; readonly result: A } => {
  if (current !== undefined) {
    throw new PipelineError({
      message: `Pipeline "${pipeline}" was built inside pipeline "${current.pipeline}"`,
      where: pipeline,
      remedy: "Call the stages of both from one pipeline.",
    })
  }
  const builder: Builder = { pipeline, nodes: [], byId: new Map(), stages: new Set(), labels: {} }
  current = builder
  try {
    return { result: body(), nodes: builder.nodes }
  } finally {
    current = undefined
  }
}

/** Runs `body` with more labels on every node that it makes. */
export const withLabels = <A>(labels: Labels, body: () => A): A => {
  const builder = active("grid")
  const outer = builder.labels
  const repeated = Object.keys(labels).find((name) => name in outer)
  if (repeated !== undefined) {
    throw new PipelineError({
      message: `The axis "${repeated}" is already an axis of an outer grid`,
      where: builder.pipeline,
      remedy: "Give the inner axis another name.",
    })
  }
  refuseOwnNames(builder, "An axis", Object.keys(labels), OWN_COLUMNS)
  builder.labels = { ...outer, ...recordable(builder, labels) }
  try {
    return body()
  } finally {
    builder.labels = outer
  }
}

/** Labels as records hold them. */
const recordable = (builder: Builder, labels: Labels): Labels => {
  try {
    return Object.fromEntries(
      Object.entries(labels).map(([name, value]) => [name, canonicalValue(value, name)]),
    ) as Labels
  } catch (error) {
    if (!(error instanceof NoJson)) throw error
    throw new PipelineError({
      message: `The value ${error.what} of the axis "${error.place}" can't be recorded: JSON has no name for it`,
      where: builder.pipeline,
      remedy: "Name the value by a text.",
    })
  }
}

/** The builder in charge, or an error that says that stages are called inside pipelines. */
const active = (what: string): Builder => {
  if (current === undefined) {
    throw new PipelineError({
      message: `"${what}" was called outside a pipeline`,
      where: what,
      remedy: "Call it inside the body of Pipeline.make, and not after an `await`.",
    })
  }
  return current
}

/** Columns that views have of their own: a label of that name could not be told from them. */
const OWN_COLUMNS = new Set(
  "node stage output type bytes digest path filename key started seconds params metrics machine".split(" "),
)

/** Views about the store itself. */
const OWN_VIEWS = new Set(["artifacts", "runs"])

const refuseOwnNames = (
  builder: Builder,
  what: string,
  names: ReadonlyArray<string>,
  own: ReadonlySet<string>,
): void => {
  const taken = names.find((name) => own.has(name.toLowerCase()))
  if (taken === undefined) return
  throw new PipelineError({
    message: `${what} can't be called "${taken}": SQL has ${[...own].join(", ")} of its own`,
    where: builder.pipeline,
    remedy: "Give it another name.",
  })
}

/** Adds a node for a call of a stage and gives back the handles of its outputs. */
export const addNode = (
  stage: StageDefinition,
  inputs: object,
  params: unknown,
  given?: object,
): Record<string, AnyHandle> => {
  const builder = active(stage.name)
  const path = labelPath(builder.labels)
  const id = path === "" ? stage.name : `${stage.name}/${path}`
  const twin = builder.byId.get(id)
  const encoded = encodeParams(stage, id, params)
  refuseSecretParams(stage, id, encoded)
  if (twin !== undefined) throw duplicate(twin, stage, encoded)
  const wires: Record<string, Wire> = {}
  for (const name in stage.inputs) {
    wires[name] = wire(id, name, stage.inputs[name] as InputSpec, (inputs as Record<string, unknown>)[name])
  }
  refuseUnknownInputs(id, stage, inputs)
  if (!builder.stages.has(stage)) {
    const types = Object.values(stage.outputs).map(({ name }) => name)
    refuseOwnNames(builder, "An artifact type", types, OWN_VIEWS)
    builder.stages.add(stage)
  }
  const { labels } = builder
  const settings = given === undefined ? stage.settings : { ...stage.settings, ...given }
  const node: Node = { id, index: builder.nodes.length, stage, params: encoded, settings, labels, wires }
  builder.nodes.push(node)
  builder.byId.set(id, node)
  const handles: Record<string, AnyHandle> = {}
  for (const output in stage.outputs) handles[output] = { node, output, type: stage.outputs[output] as AnyArtifactType }
  return handles
}

const encoderOf = perObject((stage: StageDefinition) =>
  Schema.encodeUnknownSync(stage.params, { onExcessProperty: "error" }),
)

/** The params as their key tells them, so that a stage sees no order of keys, sign of a zero or object that its key doesn't. */
const encodeParams = (stage: StageDefinition, id: string, params: unknown): unknown => {
  try {
    const encoded = encoderOf(stage)(params)
    return encoded === undefined ? undefined : canonicalValue(encoded)
  } catch (error) {
    if (error instanceof NoJson) throw noJson(stage, id, error)
    throw new PipelineError({
      message: `The params of "${id}" are not valid: ${(error as Error).message}`,
      where: stage.file,
      remedy: "Correct the profile or the call of the stage.",
    })
  }
}

const noJson = (stage: StageDefinition, id: string, { place, what }: NoJson): PipelineError =>
  new PipelineError({
    message: `The params of "${id}" can't be recorded: ${place === "" ? "they are" : `${place} is`} ${what}, which JSON has no name for`,
    where: stage.file,
    remedy: "Give another value, or let the stage's schema encode it as text, a finite number, a list or plain fields.",
  })

/** Params are part of keys and records, and are shown. */
const refuseSecretParams = (stage: StageDefinition, id: string, params: unknown): void => {
  if (!looksSecret(JSON.stringify(params) ?? "")) return
  throw new PipelineError({
    message: `A param of "${id}" looks like a secret`,
    where: stage.file,
    remedy: "Params are recorded and shown. Name a variable under the stage's `secrets` and read that.",
  })
}

const duplicate = (twin: Node, stage: StageDefinition, params: unknown): PipelineError =>
  new PipelineError({
    message: `Two nodes have the name "${twin.id}": one with ${JSON.stringify(twin.params)}, one with ${JSON.stringify(params)}`,
    where: stage.file,
    remedy: "Call the stage inside a grid whose axes tell the two apart, or drop one of them.",
  })

const refuseUnknownInputs = (id: string, stage: StageDefinition, inputs: object): void => {
  const unknown = Object.keys(inputs).find((name) => !(name in stage.inputs))
  if (unknown === undefined) return
  throw new PipelineError({
    message: `"${id}" has no input "${unknown}"; its inputs are ${Object.keys(stage.inputs).join(", ") || "none"}`,
    where: stage.file,
    remedy: "Rename or remove it.",
  })
}

const isHandle = (value: unknown): value is AnyHandle =>
  typeof value === "object" && value !== null && "node" in value && "output" in value && "type" in value

const wire = (id: string, name: string, spec: InputSpec, value: unknown): Wire => {
  const kind = inputKind(spec)
  if (value === undefined && kind === "optional") return { kind: "none" }
  const handles = kind === "many" ? value : [value]
  if (!Array.isArray(handles) || !handles.every(isHandle)) {
    throw wiring(
      id,
      name,
      "is not wired",
      `Pass ${kind === "many" ? "an array of handles" : "the handle"} of another stage.`,
    )
  }
  if (handles.length === 0) {
    throw wiring(id, name, "got an empty list", "Check the grid that should have made its members.")
  }
  const wrong = handles.find((handle) => handle.type.name !== inputType(spec).name)
  if (wrong !== undefined) {
    throw wiring(
      id,
      name,
      `takes "${inputType(spec).name}", not "${wrong.type.name}" of ${wrong.node.id}`,
      "Wire another output.",
    )
  }
  return kind === "many" ? { kind: "many", handles } : { kind: "one", handle: handles[0] as AnyHandle }
}

const wiring = (id: string, input: string, what: string, remedy: string): PipelineError =>
  new PipelineError({ message: `Input "${input}" of "${id}" ${what}`, where: id, remedy })
