/** `repro data`: the table that the pipeline declares as the description of its data; what it is made from runs when it must. */
import * as os from "node:os"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { usableAccelerators } from "../../doctor/machine.ts"
import { UsageError } from "../../errors.ts"
import { run } from "../../run/run.ts"
import { type Opened, open, type Shared } from "../options.ts"
import { makeProgress } from "../progress.ts"
import { runLayer } from "../run-layer.ts"
import { withSupply } from "../supply.ts"
import { TransferProgress } from "../transfer-progress.ts"
import { ask, type TableFormat, tellRows } from "./query.ts"
import { tellOutcome } from "./run.ts"

export interface DataFlags extends Shared {
  readonly format: TableFormat
}

export const data = Effect.fnUntraced(function* (flags: DataFlags) {
  const opened = yield* open(flags)
  const { graph, pipeline } = opened
  if (graph.data === undefined || pipeline.data === undefined) return yield* Effect.fail(undeclared(graph.pipeline))
  const begun = performance.now()
  const summary = yield* describe(opened, graph.data)
  if (summary.outcome !== undefined) tellOutcome(summary, (performance.now() - begun) / 1000, flags)
  if ((summary.outcome?.failed.size ?? 0) > 0) {
    process.exitCode = 1
    return
  }
  tellRows(yield* ask(opened, pipeline.data.sql), flags.format)
})

const describe = ({ project, graph }: Opened, { node }: NonNullable<Opened["graph"]["data"]>) => {
  const progress = makeProgress()
  const transfer = new TransferProgress("fetching")
  const options = {
    targets: new Set([node]),
    bytes: new Set([node]),
    transfer,
    forced: new Set<typeof node>(),
    jobs: os.availableParallelism(),
    gpus: usableAccelerators,
    keepGoing: false,
  }
  return withSupply(project, { from: Option.none(), noFetch: false }, (supply) =>
    run(project, graph, { ...options, supply }),
  ).pipe(
    Effect.provide(runLayer(project, progress.emit)),
    Effect.ensuring(Effect.sync(() => [progress, transfer].map(({ stop }) => stop()))),
  )
}

const undeclared = (pipeline: string): UsageError =>
  new UsageError({
    message: `The pipeline "${pipeline}" does not describe its data`,
    where: pipeline,
    remedy: "Give Pipeline.make a `data`: the name of a result that describes the data, and SQL that shows it.",
  })
