/**
 * Runs one node whose key is claimed: inputs checked, the work done in a folder of its own, outputs moved into the store,
 * and last the record. Whatever stops it before the record leaves the store as it was.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import { describeErrno, StageError, StoreError, WorkerError } from "../errors.ts"
import { Executor, type TaskResult } from "../executors/executor.ts"
import { ENGINE_FORMAT } from "../key.ts"
import type { Node } from "../node.ts"
import { OBSERVED, taskOf } from "../plan/differences.ts"
import { decodedParams, type Resolved } from "../plan/resolve.ts"
import type { StageCode } from "../plan/stage-code.ts"
import { inputsOnTrust } from "../plan/trust.ts"
import type { Project } from "../project.ts"
import { artifactObjects } from "../store/artifact-objects.ts"
import { failureFolder, type StoreLayout, statePath } from "../store/layout.ts"
import { ingestBytes } from "../store/objects.ts"
import {
  RECORD_FORMAT,
  type RecordSummary,
  type StoredArtifact,
  type StoreRecord,
  type Unanswered,
  writeRecord,
} from "../store/record.ts"
import { removeQuietly } from "../store/remove-quietly.ts"
import { makeAsking } from "./asking.ts"
import { type Bring, bringInputs } from "./bring-inputs.ts"
import { Reporter } from "./events.ts"
import { cleanFolder, refuseSecretFiles, secretsOf, withoutSecrets } from "./keep-secrets.ts"
import { inputValues, type WiredInputs } from "./read-input.ts"
import { retrySchedule } from "./retries.ts"
import { runBody } from "./run-body.ts"
import { codeMayDiffer, requireSameCode, requireSameWorld } from "./same-code.ts"
import { inSpan } from "./spans.ts"
import { layTask } from "./task-folder.ts"
import { type Verified, verifyInputs } from "./verify-inputs.ts"
import { wireInputs } from "./wire-inputs.ts"
import { storeOutput, storeValue } from "./write-output.ts"

/** What running a node needs to know. */
export interface NodeWork {
  readonly project: Project
  readonly pipeline: string
  readonly profile: string
  readonly node: Node
  readonly resolved: Resolved
  readonly code: StageCode
  readonly recordOf: (dependency: Node) => RecordSummary
  /** Where outputs and the record go, and a killed task's state lies: the project's store, or a rerun's own. */
  readonly into: StoreLayout
  /** A folder for attempts that belongs to this driver, on the file system of `into`. */
  readonly attempts: string
  readonly verified: Verified
  /** Whether the result is recorded; else it is only given back. */
  readonly record: boolean
  /** Whether answers that earlier runs were given are passed over. */
  readonly fresh: boolean
  /** The way to inputs that are elsewhere; without it they must be here. */
  readonly bring?: Bring | undefined
}

export type NodeError = StageError | StoreError | WorkerError

/** Runs the node and gives its record. */
export const executeNode = (work: NodeWork): Effect.Effect<StoreRecord, NodeError, Executor | Reporter> =>
  Effect.gen(function* () {
    const reporter = yield* Reporter
    const started = new Date()
    let attempt = 0
    return yield* Effect.suspend(() =>
      runAttempt(work, started, ++attempt).pipe(inSpan("attempt", { "repro.attempt": attempt })),
    ).pipe(
      Effect.retry(
        retrySchedule<NodeError>(work.node.stage.retries, (retry) =>
          reporter.emit({ type: "retry", node: work.node.id, ...retry }),
        ),
      ),
      // Whatever breaks outside a stage ends this node as any failure does: the run must hear of it.
      Effect.catchDefect((defect) => Effect.fail(toNodeError(defect, work))),
      inSpan(`stage ${work.node.stage.name}`, { "repro.node": work.node.id, "repro.key": work.resolved.key }),
    )
  })

const runAttempt = (work: NodeWork, started: Date, attempt: number) => {
  const folder = `${work.attempts}/${work.resolved.key.slice(0, 16)}-${attempt}`
  return Effect.acquireUseRelease(
    file(() => fs.mkdirSync(folder, { recursive: true })),
    () =>
      Effect.gen(function* () {
        const reporter = yield* Reporter
        const begun = performance.now()
        const wired = wireInputs(work.node, work.resolved, work.recordOf) as WiredInputs
        work.into.announce?.(inputDigests(wired))
        yield* asStoreError(() => bringInputs(work, wired, reporter.emit), work)
        yield* asStoreError(() => verifyInputs(work.project.store, wired, work.verified), work)
        const sameCode = codeMayDiffer(work) ? asStoreError(() => requireSameCode(work), work) : Effect.void
        yield* sameCode
        const computed = yield* compute(work, wired, folder)
        yield* sameCode
        if (OBSERVED in work.resolved.environment) yield* file(() => requireSameWorld(work))
        const record = yield* asStoreError(
          () => commit(work, { ...computed, started, attempt, folder, milliseconds: performance.now() - begun }),
          work,
        )
        return record
      }),
    (_, exit) =>
      Effect.sync(() => {
        if (exit._tag === "Failure" && isTelling(exit.cause)) keepFailure(work, folder, exit.cause)
        removeAttempt(folder)
      }),
  )
}

/** Most attempts leave nothing in their folders, which then go without being searched. */
const removeAttempt = (folder: string): void => {
  try {
    fs.rmdirSync(`${folder}/scratch`)
    fs.rmdirSync(folder)
  } catch {
    removeQuietly(folder)
  }
}

/** What the node reads, announced before it is looked at: another driver may replace the records that name it. */
const inputDigests = (wired: WiredInputs): ReadonlyArray<string> =>
  Object.values(wired).flatMap((inputs) =>
    inputs.flatMap(({ artifact }) => artifactObjects(artifact).map(({ digest }) => digest)),
  )

interface Computed {
  readonly outputs: Readonly<Record<string, StoredArtifact>>
  readonly result: TaskResult | undefined
  readonly unanswered: Unanswered | undefined
}

const compute = (
  work: NodeWork,
  wired: WiredInputs,
  folder: string,
): Effect.Effect<Computed, NodeError, Executor | Reporter> => {
  const computed: Effect.Effect<Computed, NodeError, Executor | Reporter> =
    work.node.stage.body.kind === "worker" ? computeTask(work, wired, folder) : computeHere(work, wired, folder)
  return Effect.mapError(computed, (error) => withoutSecrets(error, secretsOf(work.node)))
}

const computeHere = Effect.fnUntraced(function* (work: NodeWork, wired: WiredInputs, folder: string) {
  const { node, project } = work
  const [executor, reporter] = [yield* Executor, yield* Reporter]
  if (node.stage.body.kind !== "here") return yield* Effect.die("not a stage of this process")
  const scratch = `${folder}/scratch`
  const inputs = yield* file(() => {
    fs.mkdirSync(scratch)
    return inputValues(project.store, node, wired, `${folder}/inputs`)
  })
  const { code, fresh } = work
  const asker = { store: project.store, items: work.into, key: work.resolved.key, node, code, wired, fresh }
  const { asking, unanswered } = makeAsking(executor, asker)
  const context = {
    params: decodedParams(node) as never,
    inputs,
    settings: node.settings,
    asking,
    scratch,
    root: project.root,
    mirrors: mirrorFolders(),
    onTrust: node.stage.body.seesTrust ? inputsOnTrust(node, work.recordOf) : {},
    progress: (step: number, total: number, unit: string) =>
      reporter.emit({ type: "progress", node: node.id, progress: { step, total, unit, numbers: {} } }),
  }
  const values = yield* runBody(node, context)
  const outputs = yield* asStoreError(async () => {
    const stored: Record<string, StoredArtifact> = {}
    for (const [index, [name, type]] of Object.entries(node.stage.outputs).entries()) {
      const place = `output "${name}" of ${node.id}`
      const prefix = `${folder}/value-${index}`
      stored[name] = await storeValue(work.into, type, values[name], prefix, place, secretsOf(node))
    }
    return stored
  }, work)
  return { outputs, result: undefined, unanswered: unanswered() }
})

/** The folders that MIRROR names, as the system separates paths. */
const mirrorFolders = (): ReadonlyArray<string> =>
  (process.env.MIRROR ?? "").split(path.delimiter).filter((folder) => folder !== "")

const computeTask = Effect.fnUntraced(function* (work: NodeWork, wired: WiredInputs, folder: string) {
  const { node, project } = work
  const [executor, reporter] = [yield* Executor, yield* Reporter]
  const { body } = node.stage
  if (body.kind !== "worker") return yield* Effect.die("not a worker stage")
  const variables = { environment: node.stage.environment, secrets: node.stage.secrets }
  const places = yield* file(() =>
    layTask(project.store, node, body.task, statePath(work.into, work.resolved.key), wired, folder),
  )
  const result = yield* executor.run({ folder, node: node.id, ...variables }, (progress) =>
    reporter.emit({ type: "progress", node: node.id, progress }),
  )
  const outputs = yield* asStoreError(async () => {
    const stored: Record<string, StoredArtifact> = {}
    for (const [name, type] of Object.entries(node.stage.outputs)) {
      const output = `${folder}/${places[name]}`
      refuseSecretFiles(output, secretsOf(node), `output "${name}" of ${node.id}`)
      stored[name] = await storeOutput(work.into, type, output, node.id)
    }
    return stored
  }, work)
  return { outputs, result, unanswered: undefined }
})

const MACHINE = { system: `${os.type()} ${os.arch()}`, cpus: os.availableParallelism() }

interface Commit extends Computed {
  readonly started: Date
  readonly attempt: number
  readonly milliseconds: number
  readonly folder: string
}

const commit = async (work: NodeWork, done: Commit): Promise<StoreRecord> => {
  const { node, into, resolved } = work
  const log = await ingestBytes(into, done.result?.log ?? "", `${done.folder}.log`)
  const record: StoreRecord = {
    format: RECORD_FORMAT,
    key: resolved.key,
    pipeline: work.pipeline,
    profile: work.profile,
    node: node.id,
    stage: node.stage.name,
    task: taskOf(node),
    engine: ENGINE_FORMAT,
    labels: node.labels,
    params: node.params,
    inputs: resolved.inputs,
    code: work.code.code,
    environment: resolved.environment,
    outputs: done.outputs,
    unanswered: done.unanswered,
    run: {
      started: done.started.toISOString(),
      milliseconds: Math.round(done.milliseconds),
      attempt: done.attempt,
      machine: { ...MACHINE, ...done.result?.machine },
      versions: { node: process.versions.node, ...done.result?.versions },
      metrics: done.result?.metrics ?? {},
      log: log.digest,
    },
  }
  if (work.record) writeRecord(into, record, done.folder)
  for (const left of [statePath(into, resolved.key), failureFolder(into, resolved.key)]) {
    if (fs.existsSync(left)) fs.rmSync(left, { recursive: true, force: true })
  }
  return record
}

/** Whether the attempt's folder tells something: a full disk is told by the error, and needs the room. */
const isTelling = (cause: Cause.Cause<NodeError>): boolean => {
  const error = Cause.findErrorOption(cause)
  return !Cause.hasInterrupts(cause) && !(error._tag === "Some" && error.value._tag === "StoreError")
}

/** The error as a person is told it. */
const told = (cause: Cause.Cause<NodeError>): string => {
  const found = Cause.findErrorOption(cause)
  if (found._tag === "None") return Cause.pretty(cause)
  const { message, where, remedy } = found.value
  return [message, ...(where === "" ? [] : [`at: ${where}`]), ...(remedy === "" ? [] : [`do: ${remedy}`])].join("\n")
}

/** A failed attempt stays, with what it was told, so that it can be looked at and run by hand. */
const keepFailure = (work: NodeWork, folder: string, cause: Cause.Cause<NodeError>): void => {
  const target = failureFolder(work.project.store, work.resolved.key)
  try {
    fs.rmSync(target, { recursive: true, force: true })
    cleanFolder(folder, secretsOf(work.node))
    fs.renameSync(folder, target)
    const { node, resolved } = work
    const given = { node: node.id, params: node.params, inputs: resolved.inputs }
    const failure = { ...given, time: new Date().toISOString(), error: told(cause) }
    fs.writeFileSync(`${target}/failure.json`, `${JSON.stringify(failure, null, 2)}\n`)
  } catch {
    // the disk may be full or read-only; the error itself is what the person must see
  }
}

const toNodeError = (error: unknown, work: NodeWork | undefined): NodeError => {
  if (error instanceof StageError || error instanceof StoreError || error instanceof WorkerError) return error
  const { message, remedy } = describeErrno(error)
  return new StoreError({ message, where: work?.node.id ?? "", remedy })
}

const asStoreError = <A>(run: () => Promise<A>, work: NodeWork): Effect.Effect<A, NodeError> =>
  Effect.tryPromise({ try: run, catch: (error) => toNodeError(error, work) })

const file = <A>(run: () => A): Effect.Effect<A, NodeError> =>
  Effect.try({ try: run, catch: (error) => toNodeError(error, undefined) })
