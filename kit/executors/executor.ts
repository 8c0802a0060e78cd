/**
 * Executors run worker tasks. A task is a folder (`task.json`, `inputs/`, afterwards `outputs/` and `result.json`), so an
 * executor only has to get a process to run it: here, or on another machine. A job's handle is plain data that can be
 * saved before waiting, so that another process can find the job again.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { WorkerError } from "../errors.ts"
import type { StoreLayout } from "../store/layout.ts"
import type { StoredArtifact } from "../store/record.ts"

/** A task that is ready to run. */
export interface WorkerTask {
  /** Absolute path of the attempt's folder. */
  readonly folder: string
  /** For messages. */
  readonly node: string
  /** Names of environment variables that the task may see beside the fixed ones. */
  readonly environment: ReadonlyArray<string>
  /** More of these, whose values are kept out of logs and messages. */
  readonly secrets: ReadonlyArray<string>
}

/** How far a task is: counts and any numbers that it reports, such as loss and tokens a second. */
export interface TaskProgress {
  readonly step: number
  readonly total: number
  readonly unit: string
  readonly numbers: Readonly<Record<string, number>>
}

/** What a finished task says of its run; none of it counts in a key. */
export interface TaskResult {
  readonly metrics: Readonly<Record<string, number>>
  readonly versions: Readonly<Record<string, string>>
  readonly machine: Readonly<Record<string, string | number>>
  /** The end of what the process printed. */
  readonly log: string
}

/** A model that the worker shall offer over HTTP. */
export interface ServiceTask {
  /** The Python module to run. */
  readonly module: string
  readonly params: Readonly<Record<string, unknown>>
  readonly artifacts: Readonly<Record<string, StoredArtifact>>
  readonly store: StoreLayout
  /** Two services with one identity are one. */
  readonly identity: string
  /** For messages. */
  readonly node: string
}

/** Where worker tasks run. Interrupting `run` cancels the task and leaves no process behind. */
export class Executor extends Context.Service<
  Executor,
  {
    readonly name: string
    readonly run: (
      task: WorkerTask,
      onProgress: (progress: TaskProgress) => void,
    ) => Effect.Effect<TaskResult, WorkerError>
    /** The address of a service, which is started at the first call and stays until the executor ends. */
    readonly serve: (
      service: ServiceTask,
    ) => Effect.Effect<{ readonly url: string; readonly token: Redacted.Redacted<string> }, WorkerError>
  }
>()("kit/Executor") {}
