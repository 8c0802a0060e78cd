/** `repro verify --rerun` and `--sample`: recorded results are computed anew, apart, and compared with their records. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../../errors.ts"
import { isDone, type NodePlan, type Plan } from "../../plan/plan.ts"
import { select } from "../../plan/select.ts"
import { draw, type Recomputed, recompute } from "../../run/recompute.ts"
import { planEffect } from "../../run/run.ts"
import { describeComparison } from "../comparison.ts"
import { open, type Shared } from "../options.ts"
import { describeError, duration, note, out, outExactly, shellQuote } from "../print.ts"
import { withProgress } from "../run-layer.ts"
import { bringForRerun } from "../supply.ts"

export interface RerunFlags extends Shared {
  readonly format: "text" | "json"
  readonly rerun: ReadonlyArray<string>
  readonly sample: Option.Option<number>
  readonly seed: number
}

export const verifyByRerun = Effect.fnUntraced(function* (flags: RerunFlags) {
  const { project, graph } = yield* open(flags)
  const chosen = yield* Effect.try({ try: () => select(graph, flags.rerun), catch: (error) => error as UsageError })
  const plan = yield* planEffect(project, graph, { targets: chosen, forced: new Set(), bytes: new Set() })
  const recorded = [...plan.nodes.values()].filter(({ node, decision }) => chosen.has(node) && isDone(decision))
  yield* tellUnrecorded(plan, chosen.size - recorded.length, recorded.length)
  const entries = Option.match(flags.sample, {
    onNone: () => recorded,
    onSome: (count) => draw(recorded, count, flags.seed),
  })
  yield* bringForRerun(plan, entries)
  const results = yield* recomputeAll(plan, entries)
  if (flags.format === "json") outExactly(JSON.stringify(results, null, 2))
  else tell(results)
  if (results.some(({ verdict }) => verdict === "different" || verdict === "failed")) process.exitCode = 1
})

/** What has no up-to-date result can't be compared: said, and an error where nothing is left. */
const tellUnrecorded = (plan: Plan, missing: number, found: number): Effect.Effect<void, UsageError> => {
  if (missing === 0) return Effect.void
  const message = `${missing === 1 ? "1 of the nodes has" : `${missing} of the nodes have`} no up-to-date result to compare with`
  const remedy = `\`repro run --profile ${shellQuote(plan.graph.profile)}\` makes them.`
  if (found === 0) return Effect.fail(new UsageError({ message, where: "", remedy }))
  return Effect.sync(() => note(`${message}; they are left out. ${remedy}`))
}

const recomputeAll = (
  plan: Plan,
  entries: ReadonlyArray<NodePlan>,
): Effect.Effect<ReadonlyArray<Recomputed>, UsageError> =>
  withProgress(plan.project, entries.length, (progress) =>
    Effect.forEach(entries, (entry, index) => {
      progress.emit({ type: "left", seconds: recordedSeconds(entries.slice(index)), unknown: 0 })
      return recompute(plan, entry)
    }),
  )

/** What the nodes took when they were recorded. */
const recordedSeconds = (entries: ReadonlyArray<NodePlan>): number =>
  entries.reduce((sum, { record }) => sum + (record?.run.milliseconds ?? 0), 0) / 1000

const HEADS = { equal: "equal    ", within: "within   ", different: "different", failed: "failed   " }

const tell = (results: ReadonlyArray<Recomputed>): void => {
  for (const { node, verdict, milliseconds, outputs, error } of results) {
    out(`${HEADS[verdict]} ${node}  (${duration(milliseconds / 1000)})`)
    for (const output of outputs) if (output.verdict !== "equal") out(`    ${describeComparison(output)}`)
    if (error !== undefined) out(describeError(error).replace(/^/gmu, "    "))
  }
  const count = (verdict: Recomputed["verdict"]): number =>
    results.filter((result) => result.verdict === verdict).length
  const parts = [
    `${count("equal")} byte-equal`,
    `${count("within")} within tolerance`,
    `${count("different")} different`,
  ]
  if (count("failed") > 0) parts.push(`${count("failed")} failed`)
  out(`${results.length} ${results.length === 1 ? "node" : "nodes"} recomputed: ${parts.join(", ")}.`)
}
