/**
 * The code and the environment of each stage of a graph. A stage that computes here counts by the bundle of its exported
 * value and the packages that it reaches; a worker stage by the Python it reaches and the lock that the profile declares.
 */
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { canonicalJson, sha256 } from "../canonical.ts"
import { type CodeRequest, codeDigests, requestName } from "../code/cache.ts"
import { pythonLockDigest } from "../code/python-lock.ts"
import type { CodeDigest } from "../code/types.ts"
import { PipelineError } from "../errors.ts"
import type { Graph } from "../node.ts"
import type { Project } from "../project.ts"
import type { StageDefinition } from "../stage.ts"
import type { CodeRecord, EnvironmentRecord } from "../store/record.ts"
import { countedVariables } from "../variables.ts"
import { WORKER_LOCK } from "./differences.ts"

/** What a stage's code and packages are, as they count. */
export interface StageCode {
  readonly code: CodeRecord
  readonly environment: EnvironmentRecord
  /** The files that its digest depends on, as absolute paths; a folder ends in `/`. */
  readonly files: ReadonlyArray<string>
  /** Milliseconds since 1970, from after they were read. */
  readonly counted: number
  /** Digest of the service that it asks, with the worker's lock. */
  readonly service?: string | undefined
}

/** The code of every stage that a graph calls. */
export const stageCode = async (project: Project, graph: Graph): Promise<ReadonlyMap<StageDefinition, StageCode>> => {
  const stages = [...new Set(graph.nodes.map((node) => node.stage))]
  const lock = stages.some(isPython) ? workerEnvironment(project, graph) : {}
  const found = await measured(project, stages, lock)
  return new Map(
    stages.map((stage, index) => {
      const { environment, ...code } = found[index] as StageCode
      return [stage, { ...code, environment: { ...environment, ...countedVariables(stage) } }]
    }),
  )
}

/** The code of a stage as it is on the disk now. */
export const codeNow = async (project: Project, stage: StageDefinition): Promise<CodeRecord> => {
  const [{ code }] = (await measured(project, [stage], {})) as [StageCode]
  return code
}

const measured = async (
  project: Project,
  stages: ReadonlyArray<StageDefinition>,
  lock: EnvironmentRecord,
): Promise<ReadonlyArray<StageCode>> => {
  const requests = await Promise.all(stages.map((stage) => request(project, stage)))
  const services = stages.flatMap((stage) => serviceRequest(stage) ?? [])
  const digests = await codeDigests(project.root, `${project.cache}/code/digests.json`, [...requests, ...services])
  const counted = Date.now()
  return stages.map((stage, index) => {
    const own = digestOf(digests, requests[index] as CodeRequest)
    const service = serviceRequest(stage)
    const found = service === undefined ? alone(stage, own, lock) : asking(own, digestOf(digests, service), lock)
    const files = service === undefined ? own.files : [...own.files, ...digestOf(digests, service).files]
    return { ...found, counted, files: files.map((file) => `${project.root}/${file}`) }
  })
}

const isPython = (stage: StageDefinition): boolean =>
  stage.body.kind === "worker" || serviceRequest(stage) !== undefined

const serviceRequest = ({ body }: StageDefinition): CodeRequest | undefined =>
  body.kind === "here" && body.service !== undefined ? { kind: "python", entry: body.service } : undefined

const digestOf = (digests: ReadonlyMap<string, CodeDigest>, of: CodeRequest): CodeDigest => {
  const digest = digests.get(requestName(of))
  if (digest === undefined) throw new Error(`no code digest for ${requestName(of)}`)
  return digest
}

type Counted = Omit<StageCode, "files" | "counted">

const alone = (stage: StageDefinition, own: CodeDigest, lock: EnvironmentRecord): Counted => ({
  code: { digest: own.digest, declarations: own.declarations },
  environment: stage.body.kind === "worker" ? lock : own.packages,
})

/** A stage that asks a service of the worker counts by both codes and both environments. */
const asking = (own: CodeDigest, service: CodeDigest, lock: EnvironmentRecord): Counted => ({
  code: {
    digest: sha256(canonicalJson([own.digest, service.digest])),
    declarations: { ...own.declarations, ...service.declarations },
  },
  environment: { ...own.packages, ...lock },
  service: sha256(canonicalJson([service.digest, lock])),
})

const workerEnvironment = (project: Project, graph: Graph): EnvironmentRecord => {
  const lock = pythonLockDigest(path.join(project.root, graph.workerLock))
  return { [WORKER_LOCK]: lock.digest, ...lock.packages }
}

const request = async (project: Project, stage: StageDefinition): Promise<CodeRequest> => {
  if (stage.body.kind === "worker") return { kind: "python", entry: stage.body.entry }
  const module = (await import(pathToFileURL(stage.file).href)) as Readonly<Record<string, unknown>>
  const name = Object.keys(module).find((key) => (module[key] as { definition?: unknown } | null)?.definition === stage)
  if (name === undefined) {
    throw new PipelineError({
      message: `The stage "${stage.name}" is not exported from the file that defines it`,
      where: path.relative(project.root, stage.file),
      remedy: `Write \`export const … = Stage.make("${stage.name}", …)\` at the top level: its code is digested by that name.`,
    })
  }
  const environment = [...stage.environment, ...stage.secrets]
  return { kind: "typescript", file: path.relative(project.root, stage.file), export: name, environment }
}
