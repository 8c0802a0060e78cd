/** `repro stage`: reruns one node on its recorded inputs, compares, and changes nothing downstream unless asked. */
import * as Effect from "effect/Effect"
import { compareResults, type OutputComparison, type Result } from "../../compare/compare.ts"
import { UsageError } from "../../errors.ts"
import type { Node } from "../../node.ts"
import type { NodePlan, Plan } from "../../plan/plan.ts"
import { selectOne } from "../../plan/select.ts"
import { rerunAndRecord, rerunApart } from "../../run/rerun.ts"
import { planEffect } from "../../run/run.ts"
import { withScratchStore } from "../../run/scratch-store.ts"
import type { RecordSummary, StoreRecord } from "../../store/record.ts"
import { confirm, isOnTrust } from "../../store/trust.ts"
import { describeComparison } from "../comparison.ts"
import { open, type Shared } from "../options.ts"
import { duration, note, out, shellQuote } from "../print.ts"
import { withProgress } from "../run-layer.ts"
import { bringForRerun } from "../supply.ts"

export interface StageFlags extends Shared {
  readonly node: string
  readonly accept: boolean
}

export const stage = Effect.fnUntraced(function* (flags: StageFlags) {
  const { project, graph } = yield* open(flags)
  const node = yield* Effect.try({ try: () => selectOne(graph, flags.node), catch: (error) => error as UsageError })
  const plan = yield* planEffect(project, graph, { targets: new Set([node]), forced: new Set([node]) })
  const entry = yield* readyEntry(plan, plan.nodes.get(node) as NodePlan)
  yield* bringForRerun(plan, [entry])
  if (flags.accept || entry.record === undefined) {
    const record = yield* withProgress(project, 1, () => rerunAndRecord(plan, entry))
    tellTime(node, record)
    if (entry.record === undefined) out("It had no recorded result; this one is recorded now.")
    else yield* tell(plan, entry, { store: project.store, record }, true)
    return
  }
  yield* withScratchStore(project, (store) =>
    Effect.gen(function* () {
      const record = yield* withProgress(project, 1, () => rerunApart(plan, entry, store))
      tellTime(node, record)
      yield* tell(plan, entry, { store, record }, false)
    }),
  )
})

const tellTime = (node: Node, { run }: StoreRecord): void =>
  note(`${node.id} ran in ${duration(run.milliseconds / 1000)}.`)

const tell = (plan: Plan, { node, record }: NodePlan, now: Result, accepted: boolean) =>
  Effect.promise(async () => {
    const then = { store: plan.project.store, record: record as RecordSummary }
    const comparisons = await compareResults(node, then, now)
    for (const comparison of comparisons) out(`  ${describeComparison(comparison)}`)
    out(conclusion(comparisons, accepted))
    const confirmed = !accepted && comparisons.every(({ verdict }) => verdict !== "different")
    if (confirmed && isOnTrust(then.record) && confirm(then.store, then.record)) {
      out("It was on trust, and is no longer: its work was done here.")
    }
  })

const conclusion = (comparisons: ReadonlyArray<OutputComparison>, accepted: boolean): string => {
  if (comparisons.every(({ verdict }) => verdict === "equal")) return "The result equals the recorded one."
  const how = comparisons.some(({ verdict }) => verdict === "different")
    ? "differs from the recorded one"
    : "is not the recorded one byte for byte, but within the tolerance of its types"
  return accepted
    ? `The result ${how} and replaces it; \`repro run\` carries it downstream.`
    : `The result ${how}${how.startsWith("differs") ? ", which stays" : "; the recorded one stays"}. \`--accept\` records the new one.`
}

/** A node whose inputs are all there; otherwise what to run first. */
const readyEntry = (plan: Plan, entry: NodePlan): Effect.Effect<NodePlan, UsageError> => {
  if (entry.resolved !== undefined) return Effect.succeed(entry)
  const missing = [...plan.nodes.values()].filter(({ node, decision }) => decision === "run" && node !== entry.node)
  return Effect.fail(
    new UsageError({
      message: `The inputs of ${entry.node.id} are not up to date: ${missing
        .slice(0, 3)
        .map(({ node }) => node.id)
        .join(", ")}${missing.length > 3 ? ", …" : ""} would run first`,
      where: entry.node.id,
      remedy: `Run \`repro run ${shellQuote(entry.node.id)}\` first.`,
    }),
  )
}
