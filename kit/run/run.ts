/** A run from start to end: plan, claims, schedule, names for people. What was finished stays, however the run ends. */
import * as Effect from "effect/Effect"
import { PipelineError, StageError, StoreError, type UsageError } from "../errors.ts"
import type { Executor } from "../executors/executor.ts"
import type { Graph, Node } from "../node.ts"
import { isDone, makePlan, type Plan, type PlanOptions } from "../plan/plan.ts"
import { withAncestors } from "../plan/select.ts"
import type { Project } from "../project.ts"
import { artifactsOf, type TransferListener } from "../share/fetcher.ts"
import type { Claims } from "../store/claims.ts"
import { collectionCount } from "../store/collections.ts"
import { namesLockPath } from "../store/layout.ts"
import { Lock } from "../store/lock.ts"
import { readRecord } from "../store/record.ts"
import { isElsewhere } from "../store/trust.ts"
import type { Bring } from "./bring-inputs.ts"
import { Estimates, longestPaths, pendingNodes } from "./estimate.ts"
import { Reporter } from "./events.ts"
import { Names } from "./names.ts"
import { requireNeeds } from "./needs.ts"
import { capacity, ResourcePool } from "./resources.ts"
import { type RunOutcome, runPlan } from "./scheduler.ts"
import { Supply } from "./supply.ts"
import { TimeLeft, tellingTimeLeft } from "./time-left.ts"
import { asStoreError, withClaims } from "./with-claims.ts"

export interface RunOptions {
  readonly targets: ReadonlySet<Node>
  readonly forced: ReadonlySet<Node>
  readonly jobs: number
  /** How many accelerators tasks may use at a time; asked only where something must run. */
  readonly gpus: () => number
  readonly keepGoing: boolean
  /** Targets whose bytes must be here in the end; all of them where it isn't said. */
  readonly bytes?: ReadonlySet<Node>
  /** What can be taken from elsewhere; bytes of pulled records where it isn't said. */
  readonly supply?: Supply
  /** Told of the bytes that are fetched at the end. */
  readonly transfer?: TransferListener
}

/** A plan and how it went. */
export interface RunSummary {
  readonly plan: Plan
  /** Undefined where nothing had to run. */
  readonly outcome: RunOutcome | undefined
  /** Why results that are there could not get their names, in heads and view. */
  readonly unnamed: StoreError | undefined
  /** Why bytes that were asked for could not be fetched. */
  readonly unfetched: StoreError | undefined
}

/** Makes the targets' outputs be there, running only what must. */
export const run = Effect.fnUntraced(function* (project: Project, graph: Graph, options: RunOptions) {
  const collections = collectionCount(project.store)
  const reporter = yield* Reporter
  const supply = options.supply ?? new Supply(project, undefined, true, new AbortController().signal)
  yield* Effect.tryPromise({ try: () => supply.find(graph, withAncestors(options.targets)), catch: asKnown })
  const { targets, forced, bytes = targets } = options
  const plan = yield* planEffect(project, graph, { targets, forced, bytes, elsewhere: supply.elsewhere(true) })
  const entries = [...plan.nodes.values()]
  const pending = pendingNodes(plan)
  yield* Effect.tryPromise({ try: () => requireNeeds(graph, pending), catch: (error) => error as UsageError })
  const estimates = Estimates.of(plan)
  reporter.emit({ type: "plan", nodes: entries.length, cached: entries.length - pending.length })
  const names = new Names(plan)
  for (const { node, record, decision } of entries) {
    if (record === undefined) continue
    if (decision === "cached") names.keep(node, record)
    if (decision === "elsewhere" || decision === "fetch") names.keepElsewhere(node, record)
  }
  const fetches = supply.adopted.size > 0 || entries.some(({ decision }) => decision === "fetch")
  if (pending.length === 0 && !fetches) {
    return { plan, outcome: undefined, unnamed: yield* nameOnly(plan, names), unfetched: undefined } as RunSummary
  }
  const total = capacity(options.jobs, options.gpus())
  const timeLeft = new TimeLeft(pending, estimates, total, () => performance.now())
  if (pending.length > 0) reporter.emit({ type: "left", ...timeLeft.left })
  const emit = tellingTimeLeft(timeLeft, reporter.emit, () => performance.now())
  const schedule = (claims: Claims, attempts: string) =>
    runPlan(plan, claims, new ResourcePool(total), {
      keepGoing: options.keepGoing,
      attempts,
      supply,
      bring: supply.bring(claims),
      onRecord: (node, record) => names.add(node, record),
      priority: longestPaths(pending, (node) => estimates.of(node)),
    }).pipe(Effect.provideService(Reporter, Reporter.of({ emit })))
  const work = Effect.fnUntraced(function* (claims: Claims, attempts: string) {
    if (!relyOnDone(plan, claims, supply, collections)) return undefined
    yield* Effect.try({ try: () => supply.keep(attempts), catch: (error) => asStoreError(project, error) })
    const outcome = pending.length === 0 ? undefined : yield* schedule(claims, attempts)
    const unfetched = yield* bringWanted(plan, outcome, { ...options, supply }, names, supply.bring(claims))
    return { plan, outcome, unnamed: finish(plan, names), unfetched } satisfies RunSummary as RunSummary
  })
  const summary = yield* withClaims(project, (claims, attempts) =>
    naming(plan, names, attempts, work(claims, attempts)),
  )
  return summary ?? (yield* Effect.suspend(() => runAgain(project, graph, options)))
})

/** A run whose plan was overtaken by a collection. */
const runAgain = (
  project: Project,
  graph: Graph,
  options: RunOptions,
): Effect.Effect<
  RunSummary,
  Effect.Error<ReturnType<typeof planEffect>> | StoreError | UsageError,
  Executor | Reporter
> => run(project, graph, options)

/** Announces what the plan found done; false where a collection that went on meanwhile removed some of it. */
const relyOnDone = (plan: Plan, claims: Claims, supply: Supply, collections: number): boolean => {
  const { store } = plan.project
  const keys = announceDone(plan, claims)
  if (!claims.uses.collecting && collectionCount(store) === collections) return true
  return keys.every((key) => supply.adopted.has(key) || readRecord(store, key) !== undefined)
}

/** Announces the keys of what was found done, here or elsewhere. */
export const announceDone = (plan: Plan, claims: Claims): ReadonlyArray<string> => {
  const keys = [...plan.nodes.values()].flatMap(({ decision, record }) =>
    record !== undefined && isDone(decision) ? [record.key] : [],
  )
  claims.uses.announce(keys)
  return keys
}

/** Fetches the bytes that were asked for and are elsewhere; gives the error where they can't be had. */
const bringWanted = (
  plan: Plan,
  outcome: RunOutcome | undefined,
  { targets, bytes = targets, supply, transfer }: RunOptions & { readonly supply: Supply },
  names: Names,
  bring: Bring,
): Effect.Effect<StoreError | undefined> =>
  Effect.gen(function* () {
    const records = [...bytes].flatMap((node) => {
      const record = outcome?.records.get(node) ?? plan.nodes.get(node)?.record
      return record !== undefined && supply.mayHave(record) && isElsewhere(plan.project.store, record)
        ? [{ node, record }]
        : []
    })
    if (records.length === 0) return undefined
    yield* Effect.tryPromise({
      try: () => bring.fetch(artifactsOf(records.map(({ record }) => record)), transfer),
      catch: (error) => asStoreError(plan.project, error),
    })
    for (const { node, record } of records) names.add(node, record)
    return undefined
  }).pipe(Effect.catch((error) => Effect.succeed(error)))

/** Brings names up to date where nothing has to run; a store that needs nothing is not written to. */
const nameOnly = (plan: Plan, names: Names): Effect.Effect<StoreError | undefined> =>
  names.pending
    ? withClaims(plan.project, (claims, attempts) => {
        announceDone(plan, claims)
        return naming(
          plan,
          names,
          attempts,
          Effect.sync(() => finish(plan, names)),
        )
      }).pipe(Effect.catch((error) => Effect.succeed(unnamed(plan, error))))
    : Effect.succeed(undefined)

/** Lets names be written while `use` runs, and saves the heads however it ends. */
export const naming = <A, E, R>(plan: Plan, names: Names, scratch: string, use: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.try({
      try: () => new Lock(namesLockPath(plan.project.store, plan.graph)),
      catch: (error) => asStoreError(plan.project, error),
    }),
    (lock) => {
      names.begin({ lock, scratch })
      return use
    },
    (lock) =>
      Effect.sync(() => {
        names.trySave()
        lock.close()
      }),
  )

/** Writes what names are left, and gives the error where that fails. */
export const finish = (plan: Plan, names: Names): StoreError | undefined => {
  try {
    names.finish()
    return undefined
  } catch (error) {
    return unnamed(plan, asStoreError(plan.project, error))
  }
}

const unnamed = (plan: Plan, { message, where, remedy }: StoreError): StoreError =>
  new StoreError({
    message: `The results of profile "${plan.graph.profile}" are kept, but their names (heads and view) can't be brought up to date: ${message}`,
    where,
    remedy,
  })

/** The plan, with a person's mistakes as errors and anything else as a defect. */
export const planEffect = (project: Project, graph: Graph, options: PlanOptions) =>
  Effect.tryPromise({
    try: () => makePlan(project, graph, options),
    catch: (error) => asKnown(error),
  })

const asKnown = (error: unknown): PipelineError | StageError | StoreError => {
  if (error instanceof PipelineError || error instanceof StageError || error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new PipelineError({ message, where: "", remedy: "" })
}
