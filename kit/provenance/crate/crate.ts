/**
 * A Workflow Run RO-Crate (profile Provenance Run Crate 0.5) of results that are there: which workflow and code, which
 * runs with which params, inputs, outputs, times and machines. The metadata is made from records alone, so that the same
 * results give the same crate.
 */
import type { Graph } from "../../node.ts"
import type { StageDefinition } from "../../stage.ts"
import { safeName } from "../../store/layout.ts"
import type { StoredArtifact, StoreRecord } from "../../store/record.ts"
import { describeRuns, spanOf } from "./describe-runs.ts"
import { describeWorkflow, parameterId, type Sources } from "./describe-workflow.ts"
import { CONTEXT, EntityGraph, fragment, pathId, ref, refs } from "./entities.ts"

/** A file of the crate: bytes of the store by digest, or a file of the project. */
export type CrateFile =
  | { readonly kind: "object"; readonly path: string; readonly digest: string }
  | { readonly kind: "source"; readonly path: string }

export interface Crate {
  /** The text of `ro-crate-metadata.json`. */
  readonly metadata: string
  readonly files: ReadonlyArray<CrateFile>
  /** How many pieces of work it tells of. */
  readonly runs: number
}

/** What a crate is made of. */
export interface CrateContent {
  readonly graph: Graph
  /** Stages that have a record, in the order of the pipeline. */
  readonly stages: ReadonlyArray<StageDefinition>
  /** One record for each piece of work, in topological order. */
  readonly records: ReadonlyArray<StoreRecord>
  readonly project: {
    readonly name: string
    readonly description: string
    readonly version: string
    /** An SPDX identifier. */
    readonly license: string | undefined
  }
  /** The pipeline's file, and all files of the project that go along, relative to its root. */
  readonly workflow: string
  readonly sources: ReadonlyArray<string>
  /** Digests of what the pipeline is for. */
  readonly results: ReadonlyArray<string>
  /** Whether an artifact's bytes go along. */
  readonly withBytes: (record: StoreRecord, output: string) => boolean
}

const METADATA = "ro-crate-metadata.json"
const PROFILES = [
  ["https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"],
  ["https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"],
  ["https://w3id.org/ro/wfrun/provenance/0.5", "Provenance Run Crate", "0.5"],
  ["https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"],
] as const

/** Makes the metadata and says which files belong to it. */
export const makeCrate = (content: CrateContent): Crate => {
  const { graph, stages, records, project, sources } = content
  const entities = new EntityGraph()
  const files = new Map<string, CrateFile>()
  for (const path of sources) files.set(path, { kind: "source", path })
  const held: Sources = {
    workflow: content.workflow,
    code: (stage) => codeOf(records, stage),
    fileId: (path) => (files.has(path) ? pathId(path) : undefined),
  }
  const workflow = describeWorkflow(entities, graph, stages, records, held, project.version)
  for (const path of sources) entities.add(sourceEntity(path))
  const parts: Array<string> = []
  const actions = describeRuns(entities, content, workflow, (record, output, artifact) => {
    const held = content.withBytes(record, output)
    const id = addArtifact(entities, files, record, output, artifact, held)
    if (held) parts.push(id)
    return id
  })
  const root = rootEntity(content, [...sources.map(pathId), ...parts], actions, workflow, entities)
  const descriptor = {
    "@id": METADATA,
    "@type": "CreativeWork",
    about: ref("./"),
    conformsTo: [ref("https://w3id.org/ro/crate/1.1"), ref("https://w3id.org/workflowhub/workflow-ro-crate/1.0")],
  }
  const document = { "@context": CONTEXT, "@graph": [descriptor, root, ...entities.all] }
  return { metadata: `${JSON.stringify(document, null, 1)}\n`, files: [...files.values()], runs: records.length }
}

/** Files that the records of a stage say its code reached. */
export const codeOf = (records: ReadonlyArray<StoreRecord>, stage: string): ReadonlyArray<string> => [
  ...new Set(
    records
      .filter((record) => record.stage === stage)
      .flatMap(({ code }) => Object.keys(code.declarations).map((name) => name.split("#")[0] ?? name)),
  ),
]

/** Programming language and media type by the ending of a file's name. */
const KINDS: Readonly<Record<string, { readonly language?: string; readonly media: string }>> = {
  ts: { language: "TypeScript", media: "text/plain" },
  py: { language: "Python", media: "text/x-python" },
  sql: { language: "SQL", media: "application/sql" },
  typ: { language: "Typst", media: "text/plain" },
  json: { media: "application/json" },
  jsonl: { media: "application/jsonl" },
  md: { media: "text/markdown" },
  txt: { media: "text/plain" },
  html: { media: "text/html" },
  svg: { media: "image/svg+xml" },
  png: { media: "image/png" },
  pdf: { media: "application/pdf" },
}

const kindOf = (path: string) => KINDS[path.split(".").at(-1) ?? ""]

/** The media type of a file; any bytes where its name doesn't tell. */
const mediaOf = (path: string): string => kindOf(path)?.media ?? "application/octet-stream"

const sourceEntity = (path: string) => {
  const language = kindOf(path)?.language
  return {
    "@id": pathId(path),
    "@type": language === undefined ? "File" : ["File", "SoftwareSourceCode"],
    name: path,
    encodingFormat: mediaOf(path),
    ...(path === "README.md" ? { about: ref("./") } : {}),
    ...(language === undefined ? {} : { programmingLanguage: language }),
  }
}

const addArtifact = (
  entities: EntityGraph,
  files: Map<string, CrateFile>,
  record: StoreRecord,
  output: string,
  artifact: StoredArtifact,
  held: boolean,
): string => {
  const folder = artifact.format === "folder"
  const path = `artifacts/${record.node.split("/").map(safeName).join("/")}/${output}${artifact.extension}`
  const id = held ? pathId(folder ? `${path}/` : path) : fragment("artifact", artifact.digest)
  const described = {
    name: `${output} of ${record.node}`,
    description: `An artifact of the type ${artifact.type}`,
    exampleOfWork: ref(parameterId(record.stage, "output", output)),
    contentSize: String(artifact.bytes),
  }
  if (!held) {
    entities.add({ "@id": id, "@type": "CreativeWork", ...described, sha256: artifact.digest })
    return id
  }
  const members = artifact.files.map((file) => (folder ? `${path}/${file.path}` : path))
  for (const [index, file] of artifact.files.entries())
    files.set(members[index] as string, { kind: "object", path: members[index] as string, digest: file.digest })
  if (folder) {
    for (const [index, file] of artifact.files.entries())
      entities.add({
        "@id": pathId(members[index] as string),
        "@type": "File",
        name: file.path,
        encodingFormat: mediaOf(file.path),
        contentSize: String(file.bytes),
        sha256: file.digest,
      })
    entities.add({ "@id": id, "@type": "Dataset", ...described, hasPart: refs(members.map(pathId)) })
  } else
    entities.add({ "@id": id, "@type": "File", ...described, encodingFormat: mediaOf(path), sha256: artifact.digest })
  return id
}

const rootEntity = (
  { graph, records, project }: CrateContent,
  parts: ReadonlyArray<string>,
  actions: ReadonlyArray<string>,
  workflow: string,
  entities: EntityGraph,
) => {
  for (const [id, name, version] of PROFILES) entities.add({ "@id": id, "@type": "CreativeWork", name, version })
  const license = project.license === undefined ? "#license" : `https://spdx.org/licenses/${project.license}`
  entities.add({
    "@id": license,
    "@type": "CreativeWork",
    name: project.license ?? "The licence is not stated",
    description: "The licence of the code. Data sets and models keep their own.",
  })
  return {
    "@id": "./",
    "@type": "Dataset",
    name: `${project.name}: ${graph.pipeline}, profile ${graph.profile}`,
    description: project.description,
    datePublished: spanOf(records).end,
    license: ref(license),
    conformsTo: PROFILES.map(([id]) => ref(id)),
    mainEntity: ref(workflow),
    hasPart: refs(parts),
    mentions: refs(actions),
  }
}
