/** Runs one node again though its result is recorded: apart from the store, or so that the new record replaces the old. */
import * as Effect from "effect/Effect"
import { StoreError } from "../errors.ts"
import type { Executor } from "../executors/executor.ts"
import type { Node } from "../node.ts"
import type { NodePlan, Plan } from "../plan/plan.ts"
import type { Resolved } from "../plan/resolve.ts"
import type { StageCode } from "../plan/stage-code.ts"
import type { StoreLayout } from "../store/layout.ts"
import type { RecordSummary, StoreRecord } from "../store/record.ts"
import { announcing } from "../store/uses.ts"
import { Reporter } from "./events.ts"
import { executeNode, type NodeError } from "./execute-node.ts"
import { withClaims } from "./with-claims.ts"

/** Where a rerun's result goes, and whether its record is written there. */
interface Target {
  readonly into: StoreLayout
  readonly attempts: string
  readonly record: boolean
}

/** Runs a node's work again in a store that holds nothing else; the project's store is only read. */
export const rerunApart = (
  plan: Plan,
  entry: NodePlan,
  into: StoreLayout,
): Effect.Effect<StoreRecord, NodeError | StoreError, Executor | Reporter> =>
  execute(plan, entry, { into, attempts: `${into.root}/attempts`, record: false })

/** Runs a node's work again and records the result. Fails where another driver computes the same work now. */
export const rerunAndRecord = (
  plan: Plan,
  entry: NodePlan,
): Effect.Effect<StoreRecord, NodeError | StoreError, Executor | Reporter> =>
  withClaims(plan.project, (claims, attempts) =>
    claims.claim((entry.resolved as Resolved).key)
      ? execute(plan, entry, { into: announcing(plan.project.store, claims.uses), attempts, record: true })
      : Effect.fail(busy(entry.node)),
  )

const execute = Effect.fnUntraced(function* (plan: Plan, { node, resolved }: NodePlan, target: Target) {
  const reporter = yield* Reporter
  reporter.emit({ type: "start", node: node.id, reasons: ["rerun"] })
  const record = yield* executeNode({
    project: plan.project,
    pipeline: plan.graph.pipeline,
    profile: plan.graph.profile,
    node,
    resolved: resolved as Resolved,
    code: plan.code.get(node.stage) as StageCode,
    recordOf: (dependency: Node) => plan.nodes.get(dependency)?.record as RecordSummary,
    verified: new Map(),
    fresh: true,
    ...target,
  })
  reporter.emit({ type: "done", node: node.id, milliseconds: record.run.milliseconds, reused: false })
  return record
})

const busy = (node: Node): StoreError =>
  new StoreError({
    message: `Another run computes ${node.id} now`,
    where: node.id,
    remedy: "Wait until it has ended, then rerun the stage.",
  })
