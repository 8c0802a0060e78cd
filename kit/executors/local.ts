/**
 * The local executor: a pool of warm worker processes on this machine. A process is started when a task finds none idle
 * and is kept for the next one; tasks share no state, so which process runs one doesn't matter.
 */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describeErrno, WorkerError } from "../errors.ts"
import type { Project } from "../project.ts"
import { removeQuietly } from "../store/remove-quietly.ts"
import { Executor, type TaskProgress, type TaskResult, type WorkerTask } from "./executor.ts"
import { LocalServices, type PoolSettings } from "./local-services.ts"
import { followProgress } from "./progress-file.ts"
import { redact } from "./redact.ts"
import { WorkerProcess } from "./worker-process.ts"

/** How the pool runs its processes. */
export interface LocalOptions {
  /** Threads of each process; results depend on it, so it is 1 unless a profile says otherwise. */
  readonly threads: number
  /** Refuse reads outside inputs, code and environment. */
  readonly strict: boolean
  /** A folder for the processes' homes, removed at the end. */
  readonly home: string
}

/** The Python of the worker's environment. */
export const workerPython = (project: Project): string =>
  process.env.REPRO_WORKER_PYTHON ?? `${project.root}/.cache/worker-venv/bin/python`

class Pool {
  readonly #settings: PoolSettings
  readonly #idle = new Map<string, Array<WorkerProcess>>()
  readonly #all = new Set<WorkerProcess>()
  #count = 0

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  take(task: WorkerTask): WorkerProcess {
    const idle = this.#idle.get(poolKey(task)) ?? []
    for (let worker = idle.pop(); worker !== undefined; worker = idle.pop()) if (worker.alive) return worker
    const worker = new WorkerProcess({
      ...this.#settings,
      home: `${this.#settings.home}/${this.#count++}`,
      environment: declared([...task.environment, ...task.secrets]),
      secrets: declared(task.secrets),
    })
    this.#all.add(worker)
    return worker
  }

  give(task: WorkerTask, worker: WorkerProcess): void {
    const key = poolKey(task)
    this.#idle.set(key, [...(this.#idle.get(key) ?? []), worker])
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.stop()))
    removeQuietly(this.#settings.home)
  }
}

const poolKey = ({ environment, secrets }: WorkerTask): string =>
  [environment, secrets].map((names) => [...names].sort().join(",")).join(";")

const declared = (names: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))

const run = (pool: Pool, task: WorkerTask, onProgress: (progress: TaskProgress) => void) =>
  Effect.acquireUseRelease(
    Effect.try({
      try: () => ({
        worker: pool.take(task),
        progress: followProgress(`${task.folder}/progress.jsonl`, onProgress),
      }),
      catch: (error) => noProcess(task, error),
    }),
    ({ worker }) =>
      Effect.tryPromise({
        try: () => worker.run(task.folder),
        catch: (error) => (error instanceof WorkerError ? error : internal(task, error)),
      }).pipe(
        Effect.flatMap(() => readResult(task, worker.log)),
        Effect.tapError(() => Effect.sync(() => keepLog(task, worker.log))),
      ),
    ({ worker, progress }, exit) =>
      Effect.promise(async () => {
        progress.stop()
        if (exit._tag === "Success" || (worker.alive && !interrupted(exit))) pool.give(task, worker)
        else await worker.stop()
      }),
  )

/** The log of a failed task stays in its folder, which is kept. */
const keepLog = (task: WorkerTask, log: string): void => {
  try {
    if (log !== "") fs.writeFileSync(`${task.folder}/log.txt`, `${log}\n`)
  } catch {
    // the disk may be full; the task's own error is what the person must see
  }
}

const interrupted = (exit: {
  readonly _tag: string
  readonly cause?: { readonly reasons: ReadonlyArray<{ _tag: string }> }
}): boolean => exit.cause?.reasons.some((reason) => reason._tag === "Interrupt") ?? false

/** The process has no home: its disk is full or read-only. */
const noProcess = (task: WorkerTask, error: unknown): WorkerError => {
  const { message, remedy } = describeErrno(error)
  return new WorkerError({
    kind: "spawn",
    message: `The worker's process can't be started: ${message}`,
    where: task.node,
    remedy,
  })
}

const internal = (task: WorkerTask, error: unknown): WorkerError =>
  new WorkerError({
    kind: "internal",
    message: `The task could not be run: ${error instanceof Error ? error.message : String(error)}`,
    where: task.node,
    remedy: `\`repro show ${task.node}\` tells where its log is.`,
  })

interface ResultFile {
  readonly status: "done" | "failed"
  readonly metrics?: Readonly<Record<string, number>>
  readonly versions?: Readonly<Record<string, string>>
  readonly machine?: Readonly<Record<string, string | number>>
  readonly error?: {
    readonly kind: "input" | "memory" | "internal"
    readonly message: string
    readonly where: string
    readonly remedy: string
  }
}

/** The job's own result file is the truth about how it ended. */
const readResult = (task: WorkerTask, log: string): Effect.Effect<TaskResult, WorkerError> =>
  Effect.suspend(() => {
    let result: ResultFile
    try {
      result = JSON.parse(readRedacted(`${task.folder}/result.json`, declared(task.secrets))) as ResultFile
    } catch (error) {
      return Effect.fail(internal(task, error))
    }
    if (result.error !== undefined) return Effect.fail(new WorkerError({ ...result.error }))
    const { metrics = {}, versions = {}, machine = {} } = result
    return Effect.succeed({ metrics, versions, machine, log })
  })

/** A file's text without secrets; the file itself is rewritten, since a failed task's folder is kept. */
const readRedacted = (file: string, variables: Readonly<Record<string, string>>): string => {
  const text = fs.readFileSync(file, "utf8")
  const redacted = redact(text, variables)
  if (redacted !== text) fs.writeFileSync(file, redacted)
  return redacted
}

/** The pool as a service; its processes end with the scope. */
export const localExecutor = (project: Project, options: LocalOptions): Layer.Layer<Executor> =>
  Layer.effect(
    Executor,
    Effect.gen(function* () {
      const settings = { ...options, python: workerPython(project), source: `${project.root}/worker` }
      const pool = yield* Effect.acquireRelease(
        Effect.sync(() => new Pool(settings)),
        (pool) => Effect.promise(() => pool.close()),
      )
      const services = yield* Effect.acquireRelease(
        Effect.sync(() => new LocalServices({ ...settings, home: `${options.home}/services` })),
        (services) => Effect.promise(() => services.close()),
      )
      return Executor.of({
        name: "local",
        run: (task, onProgress) => run(pool, task, onProgress),
        serve: (service) => services.serve(service),
      })
    }),
  )
