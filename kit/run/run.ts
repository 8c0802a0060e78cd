/** A run from start to end: plan, claims, schedule, names for people. What was finished stays, however the run ends. */
import * as Effect from "effect/Effect"
import { PipelineError, StageError, StoreError } from "../errors.ts"
import type { Graph, Node } from "../node.ts"
import { makePlan, type Plan } from "../plan/plan.ts"
import type { Project } from "../project.ts"
import type { Claims } from "../store/claims.ts"
import { namesLockPath } from "../store/layout.ts"
import { Lock } from "../store/lock.ts"
import { Estimates, longestPaths, pendingNodes } from "./estimate.ts"
import { Reporter } from "./events.ts"
import { Names } from "./names.ts"
import { capacity, ResourcePool } from "./resources.ts"
import { type RunOutcome, runPlan } from "./scheduler.ts"
import { TimeLeft, tellingTimeLeft } from "./time-left.ts"
import { asStoreError, withClaims } from "./with-claims.ts"

export interface RunOptions {
  readonly targets: ReadonlySet<Node>
  readonly forced: ReadonlySet<Node>
  readonly jobs: number
  readonly gpus: number
  readonly keepGoing: boolean
}

/** A plan and how it went. */
export interface RunSummary {
  readonly plan: Plan
  /** Undefined where nothing had to run. */
  readonly outcome: RunOutcome | undefined
  /** Why results that are there could not get their names, in heads and view. */
  readonly unnamed: StoreError | undefined
}

/** Makes the targets' outputs be there, running only what must. */
export const run = Effect.fnUntraced(function* (project: Project, graph: Graph, options: RunOptions) {
  const reporter = yield* Reporter
  const plan = yield* planEffect(project, graph, options)
  const entries = [...plan.nodes.values()]
  const pending = pendingNodes(plan)
  const estimates = Estimates.of(plan)
  reporter.emit({ type: "plan", nodes: entries.length, cached: entries.length - pending.length })
  const names = new Names(plan)
  for (const { node, record, decision } of entries)
    if (decision === "cached" && record !== undefined) names.keep(node, record)
  if (pending.length === 0) return { plan, outcome: undefined, unnamed: yield* nameOnly(plan, names) } as RunSummary
  const total = capacity(options.jobs, options.gpus)
  const timeLeft = new TimeLeft(pending, estimates, total, () => performance.now())
  reporter.emit({ type: "left", ...timeLeft.left })
  const emit = tellingTimeLeft(timeLeft, reporter.emit, () => performance.now())
  const schedule = (claims: Claims, attempts: string) =>
    runPlan(plan, claims, new ResourcePool(total), {
      keepGoing: options.keepGoing,
      attempts,
      onRecord: (node, record) => names.add(node, record),
      priority: longestPaths(pending, (node) => estimates.of(node)),
    }).pipe(Effect.provideService(Reporter, Reporter.of({ emit })))
  return yield* withClaims(project, (claims, attempts) =>
    naming(
      plan,
      names,
      attempts,
      Effect.map(
        schedule(claims, attempts),
        (outcome): RunSummary => ({ plan, outcome, unnamed: finish(plan, names) }),
      ),
    ),
  )
})

/** Brings names up to date where nothing has to run; a store that needs nothing is not written to. */
const nameOnly = (plan: Plan, names: Names): Effect.Effect<StoreError | undefined> =>
  names.pending
    ? withClaims(plan.project, (_, attempts) =>
        naming(
          plan,
          names,
          attempts,
          Effect.sync(() => finish(plan, names)),
        ),
      ).pipe(Effect.catch((error) => Effect.succeed(unnamed(plan, error))))
    : Effect.succeed(undefined)

/** Lets names be written while `use` runs, and saves the heads however it ends. */
const naming = <A, E, R>(plan: Plan, names: Names, scratch: string, use: Effect.Effect<A, E, R>) =>
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

const finish = (plan: Plan, names: Names): StoreError | undefined => {
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
export const planEffect = (project: Project, graph: Graph, options: Pick<RunOptions, "targets" | "forced">) =>
  Effect.tryPromise({
    try: () => makePlan(project, graph, options),
    catch: (error) => asKnown(error),
  })

const asKnown = (error: unknown): PipelineError | StageError | StoreError => {
  if (error instanceof PipelineError || error instanceof StageError || error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new PipelineError({ message, where: "", remedy: "" })
}
