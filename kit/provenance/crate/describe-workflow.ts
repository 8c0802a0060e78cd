/**
 * The prospective half of a crate: the workflow, its stages as tools with formal parameters, and the step that each stage
 * is (Provenance Run Crate 0.5, "Workflow", "HowToStep" and "FormalParameter").
 */
import { type AnyArtifactType, inputKind, inputType } from "../../artifact.ts"
import type { Graph } from "../../node.ts"
import { flatten } from "../../plan/differences.ts"
import type { StageDefinition } from "../../stage.ts"
import type { StoreRecord } from "../../store/record.ts"
import { type EntityGraph, fragment, ref, refs } from "./entities.ts"

export const toolId = (stage: string): string => fragment("stage", stage)
export const stepId = (stage: string): string => fragment("step", stage)
export const parameterId = (stage: string, role: "input" | "output" | "param", name: string): string =>
  fragment("stage", stage, role, name)
export const PROFILE_PARAMETER = fragment("workflow", "profile")

/** What the crate knows of the sources: relative paths of files that it holds. */
export interface Sources {
  /** The pipeline's file. */
  readonly workflow: string
  /** The files that a stage's code reaches. */
  readonly code: (stage: string) => ReadonlyArray<string>
  /** The file of a path, if the crate holds it, as an id. */
  readonly fileId: (path: string) => string | undefined
}

const TYPES: Readonly<Record<string, string>> = { string: "Text", number: "Float", boolean: "Boolean" }

/** The type of a param's value in schema.org's words. */
const valueType = (value: unknown): string => (Number.isInteger(value) ? "Integer" : (TYPES[typeof value] ?? "Text"))

const artifactKind = ({ format }: AnyArtifactType): string => (format === "folder" ? "Dataset" : "File")

/** Adds the workflow and gives its id. */
export const describeWorkflow = (
  entities: EntityGraph,
  graph: Graph,
  stages: ReadonlyArray<StageDefinition>,
  records: ReadonlyArray<StoreRecord>,
  sources: Sources,
  version: string,
): string => {
  const id = sources.fileId(sources.workflow) ?? sources.workflow
  entities.add({
    "@id": "#typescript",
    "@type": "ComputerLanguage",
    name: "TypeScript",
    url: ref("https://www.typescriptlang.org/"),
  })
  entities.add({
    "@id": PROFILE_PARAMETER,
    "@type": "FormalParameter",
    name: "profile",
    additionalType: "Text",
    description: "The profile of the pipeline: which model, data and amounts",
    conformsTo: ref("https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"),
  })
  for (const [index, stage] of stages.entries()) {
    const own = records.filter((record) => record.stage === stage.name)
    describeStage(entities, stage, own, sources)
    entities.add({
      "@id": stepId(stage.name),
      "@type": "HowToStep",
      name: stage.name,
      position: String(index),
      workExample: ref(toolId(stage.name)),
    })
  }
  const outputs = graph.results
    .filter(({ node }) => stages.includes(node.stage))
    .map(({ node, output }) => parameterId(node.stage.name, "output", output))
  entities.add({
    "@id": id,
    "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
    name: graph.pipeline,
    conformsTo: ref("https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"),
    version,
    encodingFormat: "text/plain",
    programmingLanguage: ref("#typescript"),
    input: [ref(PROFILE_PARAMETER)],
    output: refs(outputs),
    hasPart: refs(stages.map(({ name }) => toolId(name))),
    step: refs(stages.map(({ name }) => stepId(name))),
  })
  return id
}

const describeStage = (
  entities: EntityGraph,
  stage: StageDefinition,
  records: ReadonlyArray<StoreRecord>,
  sources: Sources,
): void => {
  const inputs = Object.entries(stage.inputs).map(([name, spec]) =>
    entities.add({
      "@id": parameterId(stage.name, "input", name),
      "@type": "FormalParameter",
      name,
      additionalType: artifactKind(inputType(spec)),
      description: `An artifact of the type ${inputType(spec).name}`,
      valueRequired: inputKind(spec) !== "optional",
      ...(inputKind(spec) === "many" ? { multipleValues: true } : {}),
    }),
  )
  const outputs = Object.entries(stage.outputs).map(([name, type]) =>
    entities.add({
      "@id": parameterId(stage.name, "output", name),
      "@type": "FormalParameter",
      name,
      additionalType: artifactKind(type),
      description: `An artifact of the type ${type.name}`,
    }),
  )
  const params = new Map(records.flatMap(({ params: own }) => flatten(own).filter(([name]) => name !== "")))
  const settings = [...params].map(([name, value]) =>
    entities.add({
      "@id": parameterId(stage.name, "param", name),
      "@type": "FormalParameter",
      name,
      additionalType: valueType(value),
    }),
  )
  entities.add({
    "@id": toolId(stage.name),
    "@type": "SoftwareSourceCode",
    name: stage.name,
    description:
      stage.body.kind === "worker" ? `A task of the Python worker: ${stage.body.entry}` : "Computed by the kit itself",
    version: [...new Set(records.map(({ code }) => code.digest))].join(", "),
    programmingLanguage: ref("#typescript"),
    input: refs([...inputs, ...settings].map((parameter) => parameter["@id"])),
    output: refs(outputs.map((parameter) => parameter["@id"])),
    hasPart: refs(sources.code(stage.name).flatMap((file) => sources.fileId(file) ?? [])),
  })
}
