/** Recomputes recorded results apart from the store and compares them with what is recorded. */
import * as Effect from "effect/Effect"
import { compareResults, type OutputComparison } from "../compare/compare.ts"
import type { Verdict } from "../compare/differences.ts"
import type { Executor } from "../executors/executor.ts"
import { seededRandom, shuffled } from "../lib/random.ts"
import type { NodePlan, Plan } from "../plan/plan.ts"
import type { RecordSummary } from "../store/record.ts"
import { confirm } from "../store/trust.ts"
import type { Reporter } from "./events.ts"
import type { NodeError } from "./execute-node.ts"
import { rerunApart } from "./rerun.ts"
import { withScratchStore } from "./scratch-store.ts"

/** How a recomputed node compares: the worst of its outputs, or why it could not be recomputed. */
export interface Recomputed {
  readonly node: string
  readonly verdict: Verdict | "failed"
  readonly milliseconds: number
  readonly outputs: ReadonlyArray<OutputComparison>
  readonly error: NodeError | undefined
}

/** A draw of nodes: the same for the same seed and nodes, in the order of the graph. */
export const draw = (entries: ReadonlyArray<NodePlan>, count: number, seed: number): ReadonlyArray<NodePlan> => {
  const drawn = new Set(shuffled(entries, seededRandom(`verify ${seed}`)).slice(0, count))
  return entries.filter((entry) => drawn.has(entry))
}

/** Runs a recorded node's work again in a store of its own, and compares. */
export const recompute = (plan: Plan, entry: NodePlan): Effect.Effect<Recomputed, never, Executor | Reporter> => {
  const recorded = { store: plan.project.store, record: entry.record as RecordSummary }
  return withScratchStore(plan.project, (store) =>
    Effect.gen(function* () {
      const record = yield* rerunApart(plan, entry, store)
      const outputs = yield* Effect.promise(() => compareResults(entry.node, recorded, { store, record }))
      const verdict = worst(outputs)
      if (verdict !== "different") yield* Effect.sync(() => tryConfirm(plan, recorded.record))
      const { milliseconds } = record.run
      return { node: entry.node.id, verdict, milliseconds, outputs, error: undefined } as Recomputed
    }),
  ).pipe(
    Effect.catch((error) =>
      Effect.succeed<Recomputed>({ node: entry.node.id, verdict: "failed", milliseconds: 0, outputs: [], error }),
    ),
  )
}

const ORDER: ReadonlyArray<Verdict> = ["different", "within", "equal"]

const worst = (outputs: ReadonlyArray<OutputComparison>): Verdict =>
  ORDER.find((verdict) => outputs.some((output) => output.verdict === verdict)) ?? "equal"

/** What was taken from elsewhere on trust is now known to come out here too. */
const tryConfirm = (plan: Plan, record: RecordSummary): void => {
  try {
    confirm(plan.project.store, record)
  } catch {
    // a store that can't be written to keeps the mark
  }
}
