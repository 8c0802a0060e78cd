/**
 * Many nodes in few lines: nodes of one stage with the same decision and equal reasons stand together, named as a shell
 * would write them: `fine-tune/safety={0,15,30}/seed={1,2}`.
 */
import { type Labels, labelPath, type Node } from "../node.ts"
import type { Decision, NodePlan } from "./plan.ts"
import { describeReason, type Reason } from "./reasons.ts"

/** Nodes that are told together. */
export interface Group {
  readonly decision: Decision
  readonly nodes: ReadonlyArray<Node>
  /** Reasons as a person reads them; other nodes are named by what they share, where there are several. */
  readonly reasons: ReadonlyArray<string>
}

/** The plans in their order, the equal ones as one. */
export const groupPlans = (plans: ReadonlyArray<NodePlan>, stageOf: (id: string) => string): ReadonlyArray<Group> => {
  const groups = new Map<string, Array<NodePlan>>()
  for (const plan of plans) {
    const told = describeTogether(plan.reasons, stageOf, false)
    const key = JSON.stringify([plan.decision, plan.node.stage.name, told])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [plan])
    else group.push(plan)
  }
  return [...groups.values()].map((members) => {
    const [{ decision, reasons }] = members as [NodePlan]
    const told = describeTogether(reasons, stageOf, members.length === 1)
    return { decision, nodes: members.map(({ node }) => node), reasons: told }
  })
}

/** Reasons that differ in the node alone as one, with the stage's name and their number; a single one as `exactly` says. */
const describeTogether = (
  reasons: ReadonlyArray<Reason>,
  stageOf: (id: string) => string,
  exactly: boolean,
): ReadonlyArray<string> => {
  const waits = reasons.filter((reason) => reason.kind === "waits")
  const alike = new Map<string, Array<Reason>>()
  for (const reason of reasons.filter(({ kind }) => kind !== "waits")) {
    const told = describeReason(reason, { place: stageOf })
    alike.set(told, [...(alike.get(told) ?? []), reason])
  }
  const others = [...alike].map(([told, [first, ...more]]) => {
    if (more.length > 0)
      return describeReason(first as Reason, { place: (id) => counted(stageOf(id), more.length + 1) })
    return exactly ? describeReason(first as Reason) : told
  })
  return waits.length === 0 ? others : [...others, describeWaits(waits, stageOf, exactly)]
}

const counted = (stage: string, nodes: number): string => (nodes === 1 ? stage : `${stage} (${nodes} nodes)`)

const describeWaits = (
  waits: ReadonlyArray<Extract<Reason, { readonly kind: "waits" }>>,
  stageOf: (id: string) => string,
  exactly: boolean,
): string => {
  const stages = new Map<string, Array<string>>()
  for (const { node } of waits) stages.set(stageOf(node), [...(stages.get(stageOf(node)) ?? []), node])
  const names = [...stages].map(([stage, nodes]) =>
    exactly && nodes.length === 1 ? `${nodes[0]}` : counted(stage, nodes.length),
  )
  const only = waits.every((reason) => reason.only)
  const changes = waits.length === 1 ? "its output changes" : "what it reads changes"
  return `waits for ${names.join(", ")}${only ? `, runs if ${changes}` : ""}`
}

/** How many values of a label, or how many nodes, are told one by one. */
const FEW = 8

/** The names of nodes of one stage in one line. */
export const nodeNames = (nodes: ReadonlyArray<Node>): string => {
  const [first] = nodes
  if (first === undefined) return ""
  if (nodes.length === 1) return first.id
  return asGrid(nodes, first) ?? listed(nodes)
}

const listed = (nodes: ReadonlyArray<Node>): string => {
  const more = nodes.length > 3 ? ` … and ${nodes.length - 3} more` : ""
  return `${nodes
    .slice(0, 3)
    .map(({ id }) => id)
    .join(", ")}${more}`
}

/** Nodes that fill a grid, by the values of each label; undefined where they don't. */
const asGrid = (nodes: ReadonlyArray<Node>, first: Node): string | undefined => {
  const names = Object.keys(first.labels)
  const alike = nodes.every(({ labels }) => Object.keys(labels).join("\0") === names.join("\0"))
  const values = names.map((name) => [...new Set(nodes.map(({ labels }) => labels[name]))])
  const size = values.reduce((product, list) => product * list.length, 1)
  if (!alike || names.length === 0 || size !== nodes.length) return undefined
  const axes = names.map((name, index) => [name, span(values[index] ?? [])] as const)
  return `${first.stage.name}/${labelPath(Object.fromEntries(axes))}`
}

const span = (values: ReadonlyArray<Labels[string] | undefined>): string => {
  if (values.length === 1) return `${values[0]}`
  if (values.length <= FEW) return `{${values.join(",")}}`
  return `{${values.slice(0, 3).join(",")},…,${values.at(-1)}}`
}
