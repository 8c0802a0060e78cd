/**
 * Executors run worker tasks. A task is a folder (`task.json`, `inputs/`, afterwards `outputs/` and `result.json`), so an
 * executor only has to get a process to run it: here, or on another machine. A job's handle is plain data that can be
 * saved before waiting, so that another process can find the job again.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type { WorkerError } from "../errors.ts"

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

/** Where worker tasks run. Interrupting `run` cancels the task and leaves no process behind. */
export class Executor extends Context.Service<
  Executor,
  {
    readonly name: string
    readonly run: (
      task: WorkerTask,
      onProgress: (progress: TaskProgress) => void,
    ) => Effect.Effect<TaskResult, WorkerError>
  }
>()("kit/Executor") {}
