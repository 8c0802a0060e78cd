/** Runs one node again though its result is recorded. The new record replaces the old one only when asked. */
import * as Effect from "effect/Effect"
import { StoreError } from "../errors.ts"
import type { Executor } from "../executors/executor.ts"
import type { Node } from "../node.ts"
import type { NodePlan, Plan } from "../plan/plan.ts"
import type { Resolved } from "../plan/resolve.ts"
import type { StageCode } from "../plan/stage-code.ts"
import type { StoreRecord } from "../store/record.ts"
import { Reporter } from "./events.ts"
import { executeNode, type NodeError } from "./execute-node.ts"
import { withClaims } from "./with-claims.ts"

export interface RerunOptions {
  /** Record the new result though another is recorded. */
  readonly accept: boolean
}

/** The new record of a node whose inputs are there. Fails where another driver computes the same work now. */
export const rerun = (
  plan: Plan,
  entry: NodePlan,
  options: RerunOptions,
): Effect.Effect<StoreRecord, NodeError | StoreError, Executor | Reporter> =>
  withClaims(plan.project, (claims, attempts) =>
    Effect.gen(function* () {
      const reporter = yield* Reporter
      const { node } = entry
      const { key } = entry.resolved as Resolved
      if (!claims.claim(key)) return yield* Effect.fail(busy(node))
      reporter.emit({ type: "start", node: node.id, reasons: ["rerun"] })
      const record = yield* executeNode({
        project: plan.project,
        pipeline: plan.graph.pipeline,
        profile: plan.graph.profile,
        node,
        resolved: entry.resolved as Resolved,
        code: plan.code.get(node.stage) as StageCode,
        recordOf: (dependency: Node) => plan.nodes.get(dependency)?.record as StoreRecord,
        attempts,
        verified: new Map(),
        record: options.accept || entry.record === undefined,
        fresh: true,
      })
      reporter.emit({ type: "done", node: node.id, milliseconds: record.run.milliseconds, reused: false })
      return record
    }),
  )

const busy = (node: Node): StoreError =>
  new StoreError({
    message: `Another run computes ${node.id} now`,
    where: node.id,
    remedy: "Wait until it has ended, then rerun the stage.",
  })
