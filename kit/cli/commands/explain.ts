/** `repro explain`: why a node would run or not, with old and new values; what its key rests on; how two nodes differ. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../../errors.ts"
import { ENGINE_FORMAT } from "../../key.ts"
import type { Graph, Node } from "../../node.ts"
import { differences } from "../../plan/differences.ts"
import { groupPlans } from "../../plan/groups.ts"
import { isDone, type NodePlan, type Plan } from "../../plan/plan.ts"
import { describeReason, type Reason } from "../../plan/reasons.ts"
import { observed } from "../../plan/resolve.ts"
import { selectOne } from "../../plan/select.ts"
import type { StageCode } from "../../plan/stage-code.ts"
import { planEffect } from "../../run/run.ts"
import { readRecord, type StoreRecord, wholeRecord } from "../../store/record.ts"
import { open, type Shared } from "../options.ts"
import { out } from "../print.ts"
import { trustText } from "../trust-text.ts"
import { foundation } from "./foundation.ts"
import { describeGroup, stagesOf } from "./plan.ts"

export interface ExplainFlags extends Shared {
  readonly node: string
  readonly against: Option.Option<string>
}

export const explain = Effect.fnUntraced(function* (flags: ExplainFlags) {
  const { project, graph } = yield* open(flags)
  const node = yield* one(graph, flags.node)
  const made = yield* planEffect(project, graph, { targets: new Set([node]), forced: new Set(), bytes: new Set() })
  const entry = made.nodes.get(node) as NodePlan
  if (Option.isSome(flags.against)) {
    const other = yield* one(graph, flags.against.value)
    const record = yield* lastRecord(made, other)
    return compare(made, entry, other, record)
  }
  if (isDone(entry.decision)) {
    upToDate(made, entry)
    const trust = trustText(made, entry)
    if (trust !== undefined) out(`It ${trust.startsWith("on trust") ? "is " : ""}${trust}.`)
    return
  }
  out(`${node.id} ${entry.decision === "run" ? "would run" : "waits"}:`)
  for (const reason of entry.reasons) out(`  - ${inFull(reason)}`)
  const above = [...made.nodes.values()].filter(({ node: other, decision, reasons }) => {
    const own = reasons.some((reason) => reason.kind !== "waits" || !reason.only)
    return other !== node && (decision === "run" || (decision === "waits" && own))
  })
  if (above.length > 0) out("before it:")
  for (const group of groupPlans(above, stagesOf(graph))) out(`  ${describeGroup(group).replaceAll("\n", "\n  ")}`)
})

const one = (graph: Graph, selector: string): Effect.Effect<Node, UsageError> =>
  Effect.try({ try: () => selectOne(graph, selector), catch: (error) => error as UsageError })

/** A reason with all names, and with the digests of what was read. */
const inFull = (reason: Reason): string => {
  const told = describeReason(reason, { all: true })
  return reason.kind === "input" ? `${told} (${reason.old.slice(0, 12)} → ${reason.now.slice(0, 12)})` : told
}

const upToDate = ({ project }: Plan, { node, record: known, resolved, decision }: NodePlan): void => {
  const record = wholeRecord(project.store, known)
  if (record === undefined || resolved === undefined) return
  const as = record.node === node.id ? "" : ` as ${record.node} of profile ${record.profile}`
  out(
    `${node.id} is ${decision === "cached" ? "up to date" : "done; its bytes are elsewhere"}.\n  key    ${record.key}\n  made   ${record.run.started}${as}\nIts key rests on:`,
  )
  for (const line of foundation(node, record.code, resolved)) out(`  ${line}`)
}

const lastRecord = (plan: Plan, node: Node): Effect.Effect<StoreRecord, UsageError> =>
  Effect.suspend(() => {
    const head = plan.heads.nodes[node.id]
    const record = head === undefined ? undefined : readRecord(plan.project.store, head.key)
    if (record !== undefined) return Effect.succeed(record)
    return Effect.fail(
      new UsageError({
        message: `${node.id} has no result to compare with`,
        where: node.id,
        remedy: `Run \`repro run ${node.id}\` first.`,
      }),
    )
  })

/** What differs between a node as it is now and the last result of another. */
const compare = (plan: Plan, { node, resolved }: NodePlan, other: Node, record: StoreRecord): void => {
  const code = plan.code.get(node.stage) as StageCode
  const environment = resolved?.environment ?? { ...code.environment, ...observed(node, plan.project.root) }
  const now = { engine: ENGINE_FORMAT, node, code: code.code, environment, inputs: resolved?.inputs }
  // Trust depends on the inputs.
  const found = differences(now, record).filter(
    (reason) => resolved !== undefined || reason.kind !== "environment" || reason.part !== "trust",
  )
  const stages = node.stage.name === record.stage ? [] : [`stage ${record.stage} → ${node.stage.name}`]
  const lines = [...stages, ...found.map(inFull)]
  const unknown = resolved === undefined ? " Its inputs are not known yet." : ""
  if (lines.length === 0) out(`${node.id} is the same work as ${other.id}.${unknown}`)
  else out(`From ${other.id} to ${node.id}:${unknown}`)
  for (const line of lines) out(`  - ${line}`)
}
