/** `repro run`: runs what must run, then says what there is and where. */
import * as os from "node:os"
import * as path from "node:path"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { catalogOf } from "../../catalog/entries.ts"
import { usableAccelerators } from "../../doctor/machine.ts"
import type { UsageError } from "../../errors.ts"
import type { AnyHandle, Graph, Node } from "../../node.ts"
import { select, withDescendants } from "../../plan/select.ts"
import type { Project } from "../../project.ts"
import type { RunEvent } from "../../run/events.ts"
import { type RunSummary, run as runGraph } from "../../run/run.ts"
import { inSpan } from "../../run/spans.ts"
import type { Supply } from "../../run/supply.ts"
import { readHeads } from "../../store/heads.ts"
import { viewPath } from "../../store/view.ts"
import { reproCommand } from "../by-hand.ts"
import type { EventsFile } from "../events-file.ts"
import { type Opened, open, type Shared, type SupplyFlags } from "../options.ts"
import { describeError, duration, note, out, textTable } from "../print.ts"
import { makeProgress } from "../progress.ts"
import { runLayer } from "../run-layer.ts"
import { bytesWanted, withSupply } from "../supply.ts"
import { tellSupply } from "../tell-supply.ts"
import { TransferProgress } from "../transfer-progress.ts"

export interface RunFlags extends Shared, SupplyFlags {
  readonly selectors: ReadonlyArray<string>
  readonly force: boolean
  readonly withDownstream: boolean
  readonly keepGoing: boolean
  readonly jobs: Option.Option<number>
  readonly events: Option.Option<string>
}

/** The nodes that selectors and flags mean. */
export const targetsOf = (
  graph: Graph,
  flags: Pick<RunFlags, "selectors" | "withDownstream" | "force">,
): { readonly targets: ReadonlySet<Node>; readonly forced: ReadonlySet<Node> } => {
  const chosen = select(graph, flags.selectors)
  const targets = flags.withDownstream ? withDescendants(graph, chosen) : chosen
  return { targets, forced: flags.force ? chosen : new Set() }
}

export const run = Effect.fnUntraced(function* (flags: RunFlags) {
  const opened = yield* open(flags)
  yield* withSupply(opened.project, flags, (supply) => runWith(opened, flags, supply))
})

const runWith = Effect.fnUntraced(function* (opened: Opened, flags: RunFlags, supply: Supply) {
  const { project, graph } = opened
  const begun = performance.now()
  const chosen = yield* Effect.try({ try: () => targetsOf(graph, flags), catch: (error) => error as UsageError })
  const events = yield* Effect.tryPromise({ try: () => eventsOf(flags, graph), catch: (error) => error as UsageError })
  const progress = makeProgress()
  const transfer = new TransferProgress("fetching")
  const emit = (event: RunEvent): void => {
    progress.emit(event)
    events?.emit(event)
  }
  const options = {
    ...chosen,
    jobs: Option.getOrElse(flags.jobs, () => os.availableParallelism()),
    gpus: usableAccelerators,
    keepGoing: flags.keepGoing,
    bytes: bytesWanted(opened.pipeline, graph, flags.selectors, chosen.targets),
    supply,
    transfer,
  }
  const summary = yield* runGraph(project, graph, options).pipe(
    inSpan("run", { "repro.pipeline": graph.pipeline, "repro.profile": graph.profile }),
    Effect.provide(runLayer(project, emit)),
    Effect.ensuring(Effect.sync(() => [progress, transfer].map(({ stop }) => stop()))),
    Effect.onExit((exit) => Effect.sync(() => events?.end(outcomeOf(exit)))),
  )
  const failed = summary.outcome?.failed ?? new Map()
  tellOutcome(summary, (performance.now() - begun) / 1000, flags)
  tellSupply(summary, supply)
  const { unnamed, unfetched } = summary
  for (const error of [unnamed, unfetched]) if (error !== undefined) note(describeError(error))
  if (failed.size > 0 || unnamed !== undefined || unfetched !== undefined) process.exitCode = 1
  if (process.exitCode === 1 || Option.contains(flags.events, "-")) return
  if (flags.selectors.length === 0)
    yield* Effect.tryPromise({ try: () => tellFindings(opened), catch: (error) => error as UsageError })
  else tellPlaces(project, graph, outputsOf(chosen.targets))
})

const eventsOf = async ({ events }: RunFlags, graph: Graph): Promise<EventsFile | undefined> => {
  if (Option.isNone(events)) return undefined
  const { openEvents } = await import("../events-file.ts")
  return openEvents(events.value, graph)
}

const outcomeOf = (exit: Exit.Exit<RunSummary, unknown>): "done" | "failed" | "stopped" => {
  if (Exit.isFailure(exit)) return Cause.hasInterruptsOnly(exit.cause) ? "stopped" : "failed"
  const { outcome, unnamed, unfetched } = exit.value
  return (outcome?.failed.size ?? 0) > 0 || unnamed !== undefined || unfetched !== undefined ? "failed" : "done"
}

/** Says what became of a run, and every failure. */
export const tellOutcome = ({ plan, outcome }: RunSummary, seconds: number, flags: Shared): void => {
  const count = plan.nodes.size
  if (outcome === undefined) {
    note(`Nothing to do: all ${count} nodes of profile "${plan.graph.profile}" are up to date (${duration(seconds)}).`)
    return
  }
  for (const [node, error] of outcome.failed)
    note(
      `\n${node.id}\n${describeError(error)}\n  see: ${reproCommand(plan.project, plan.graph.profile, flags, "show", node.id)}`,
    )
  const parts = [
    `${outcome.computed.length} computed`,
    ...(outcome.reused.length > 0 ? [`${outcome.reused.length} found done`] : []),
    `${count - outcome.computed.length - outcome.reused.length - outcome.failed.size - outcome.skipped.length} cached`,
    ...(outcome.failed.size > 0 ? [`${outcome.failed.size} failed`] : []),
    ...(outcome.skipped.length > 0 ? [`${outcome.skipped.length} not run`] : []),
  ]
  note(`${parts.join(", ")} of ${count} nodes in ${duration(seconds)}.`)
}

/** The pipeline's own short report, then where its results lie. */
const tellFindings = async ({ project, pipeline, graph }: Opened): Promise<void> => {
  if (pipeline.findings.length > 0) {
    const { openCatalog } = await import("../../catalog/open.ts")
    const catalog = await openCatalog(catalogOf(project.store, readHeads(project.store, graph.pipeline, graph.profile)))
    for (const { title, sql } of pipeline.findings) {
      const { columns, rows } = await catalog.query(sql)
      out(`\n${title}\n${textTable(columns, rows)}`)
    }
    catalog.close()
  }
  tellPlaces(project, graph, graph.results)
}

/** How many places are told. */
const SHOWN = 40

const tellPlaces = (project: Project, graph: Graph, handles: ReadonlyArray<AnyHandle>): void => {
  if (handles.length === 0) return
  const rows = handles
    .slice(0, SHOWN)
    .map(({ node, output, type }) => [
      node.id,
      path.relative(process.cwd(), viewPath(project.store, graph, node.id, output, type.extension)),
    ])
  const more = handles.length > SHOWN ? `\n… and ${handles.length - SHOWN} more: repro ls` : ""
  out(`\n${textTable(["node", "where"], rows, Number.POSITIVE_INFINITY)}${more}`)
}

/** All outputs of some nodes. */
const outputsOf = (nodes: Iterable<Node>): ReadonlyArray<AnyHandle> =>
  [...nodes].flatMap((node) => Object.entries(node.stage.outputs).map(([output, type]) => ({ node, output, type })))
