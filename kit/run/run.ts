/** A run from start to end: plan, claims, schedule, names for people. What was finished stays, however the run ends. */
import * as Effect from "effect/Effect"
import { PipelineError, StageError, StoreError } from "../errors.ts"
import type { Graph, Node } from "../node.ts"
import { makePlan, type Plan } from "../plan/plan.ts"
import type { Project } from "../project.ts"
import { Estimates, longestPaths } from "./estimate.ts"
import { Reporter } from "./events.ts"
import { Names } from "./names.ts"
import { capacity, ResourcePool } from "./resources.ts"
import { type RunOutcome, runPlan } from "./scheduler.ts"
import { withClaims } from "./with-claims.ts"

export interface RunOptions {
  readonly targets: ReadonlySet<Node>
  readonly forced: ReadonlySet<Node>
  readonly jobs: number
  readonly gpus: number
  readonly keepGoing: boolean
}

/** A plan and how it went; `outcome` is undefined where nothing had to run. */
export interface RunSummary {
  readonly plan: Plan
  readonly outcome: RunOutcome | undefined
}

/** Makes the targets' outputs be there, running only what must. */
export const run = Effect.fnUntraced(function* (project: Project, graph: Graph, options: RunOptions) {
  const reporter = yield* Reporter
  const plan = yield* planEffect(project, graph, options)
  const entries = [...plan.nodes.values()]
  const pending = entries.filter(({ decision }) => decision === "run" || decision === "waits")
  const estimates = Estimates.of(plan)
  reporter.emit({
    type: "plan",
    nodes: entries.length,
    cached: entries.length - pending.length,
    seconds: remaining(pending, estimates, options.jobs),
  })
  const names = new Names(plan)
  for (const { node, record, decision } of entries)
    if (decision === "cached" && record !== undefined) names.keep(node, record)
  if (pending.length === 0) {
    yield* storeEffect(project, () => names.save())
    return { plan, outcome: undefined } satisfies RunSummary as RunSummary
  }
  const outcome = yield* withClaims(project, (claims, attempts) =>
    runPlan(plan, claims, new ResourcePool(capacity(options.jobs, options.gpus)), {
      forced: options.forced,
      keepGoing: options.keepGoing,
      attempts,
      onRecord: (node, record) => names.add(node, record),
      priority: longestPaths(plan, estimates),
    }).pipe(Effect.ensuring(Effect.sync(() => names.trySave()))),
  )
  yield* storeEffect(project, () => names.save())
  return { plan, outcome } as RunSummary
})

/** Seconds that the pending nodes should take, shared over the jobs; undefined where any has no past. */
const remaining = (
  pending: ReadonlyArray<{ readonly node: Node }>,
  estimates: Estimates,
  jobs: number,
): number | undefined => {
  let sum = 0
  for (const { node } of pending) {
    const milliseconds = estimates.of(node)
    if (milliseconds === undefined) return undefined
    sum += milliseconds
  }
  return sum / 1000 / Math.max(1, jobs)
}

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

const storeEffect = (project: Project, action: () => void): Effect.Effect<void, StoreError> =>
  Effect.try({
    try: action,
    catch: (error) =>
      error instanceof StoreError
        ? error
        : new StoreError({
            message: (error as Error).message,
            where: project.store.root,
            remedy: "Check the disk, then run again.",
          }),
  })
