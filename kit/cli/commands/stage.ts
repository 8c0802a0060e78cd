/** `repro stage`: reruns one node on its recorded inputs, compares, and changes nothing downstream unless asked. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { UsageError } from "../../errors.ts"
import type { NodePlan, Plan } from "../../plan/plan.ts"
import { selectOne } from "../../plan/select.ts"
import { Reporter } from "../../run/events.ts"
import { rerun } from "../../run/rerun.ts"
import { planEffect } from "../../run/run.ts"
import { compareOutputs, type OutputComparison } from "../../store/compare.ts"
import { localLayer } from "../executor-layer.ts"
import { open, type Shared } from "../options.ts"
import { duration, note, out, shellQuote } from "../print.ts"
import { makeProgress } from "../progress.ts"
import { tracing } from "../tracing.ts"

export interface StageFlags extends Shared {
  readonly node: string
  readonly accept: boolean
}

export const stage = Effect.fnUntraced(function* (flags: StageFlags) {
  const { project, graph } = yield* open(flags)
  const node = yield* Effect.try({ try: () => selectOne(graph, flags.node), catch: (error) => error as UsageError })
  const plan = yield* planEffect(project, graph, { targets: new Set([node]), forced: new Set([node]) })
  const entry = yield* readyEntry(plan, plan.nodes.get(node) as NodePlan)
  const progress = makeProgress()
  progress.emit({ type: "plan", nodes: 1, cached: 0, seconds: undefined })
  const reporter = Layer.succeed(Reporter, Reporter.of({ emit: progress.emit }))
  const record = yield* rerun(plan, entry, { accept: flags.accept }).pipe(
    Effect.provide(Layer.mergeAll(localLayer(project), reporter, tracing)),
    Effect.ensuring(Effect.sync(progress.stop)),
  )
  note(`${node.id} ran in ${duration(record.run.milliseconds / 1000)}.`)
  if (entry.record === undefined) {
    out("It had no recorded result; this one is recorded now.")
    return
  }
  const comparisons = compareOutputs(project.store, entry.record, record)
  for (const comparison of comparisons) out(describe(comparison))
  const same = comparisons.every(({ equal }) => equal)
  out(same ? "The result equals the recorded one." : verdict(flags.accept))
})

const verdict = (accepted: boolean): string =>
  accepted
    ? "The result differs from the recorded one and replaces it; `repro run` carries it downstream."
    : "The result differs from the recorded one, which stays. `--accept` records the new one."

const describe = ({ output, equal, detail }: OutputComparison): string =>
  `  ${equal ? "same     " : "different"} ${output}${detail === "" ? "" : `: ${detail}`}`

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
