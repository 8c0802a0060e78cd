/** What work needs around it when the command line runs it: a local executor, somebody who hears of events, traces. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { sweepOfDead } from "../dead-processes.ts"
import type { UsageError } from "../errors.ts"
import type { Executor } from "../executors/executor.ts"
import { localExecutor } from "../executors/local.ts"
import type { Project } from "../project.ts"
import { Reporter, type RunEvent } from "../run/events.ts"
import { makeProgress, type Progress } from "./progress.ts"
import { tracing } from "./tracing.ts"

/** The local executor with one thread a process and strict reads where asked, and `emit` for events. */
export const runLayer = (
  project: Project,
  emit: (event: RunEvent) => void,
): Layer.Layer<Executor | Reporter, UsageError> => {
  // Homes of worker processes lie here, one folder for each driver's process id.
  const homes = `${project.cache}/workers`
  sweepOfDead(homes)
  const executor = localExecutor(project, {
    threads: 1,
    strict: process.env.REPRO_STRICT === "1" || process.env.CI === "true",
    home: `${homes}/${process.pid}`,
  })
  return Layer.mergeAll(executor, Layer.succeed(Reporter, Reporter.of({ emit })), tracing)
}

/** Runs some nodes apart from a run of the whole, with progress on stderr. */
export const withProgress = <A, E>(
  project: Project,
  nodes: number,
  work: (progress: Progress) => Effect.Effect<A, E, Executor | Reporter>,
): Effect.Effect<A, E | UsageError> =>
  Effect.suspend(() => {
    const progress = makeProgress()
    progress.emit({ type: "plan", nodes, cached: 0 })
    return work(progress).pipe(
      Effect.provide(runLayer(project, progress.emit)),
      Effect.ensuring(Effect.sync(progress.stop)),
    )
  })
