/** Groups: many nodes in few lines, without a node or a reason going missing. */
import { expect, it } from "vitest"
import type { AnyHandle, Node } from "../../../kit/node.ts"
import { grid } from "../../../kit/pipeline.ts"
import { groupPlans, nodeNames } from "../../../kit/plan/groups.ts"
import type { NodePlan } from "../../../kit/plan/plan.ts"
import type { Reason } from "../../../kit/plan/reasons.ts"
import { count, graphOf, read } from "../support/graph.ts"

const nodesOf = (body: () => ReadonlyArray<AnyHandle>): ReadonlyArray<Node> =>
  graphOf(() => {
    body()
    return {}
  }).nodes

const plan = (node: Node, decision: "run" | "waits", ...reasons: ReadonlyArray<Reason>): NodePlan => ({
  node,
  decision,
  resolved: undefined,
  record: undefined,
  reasons,
})

const stageOf = (id: string): string => id.split("/")[0] as string

it("names the nodes of a grid by the values of its axes, and others one by one", () => {
  const full = nodesOf(() => grid({ amount: [0, 10, 20], seed: [1, 2] }, ({ amount }) => read({}, { amount }).rows))
  expect(nodeNames(full)).toBe("read/amount={0,10,20}/seed={1,2}")
  expect(nodeNames(full.slice(0, 2))).toBe("read/amount=0/seed={1,2}")
  expect(nodeNames(full.slice(0, 5))).toBe(
    "read/amount=0/seed=1, read/amount=0/seed=2, read/amount=10/seed=1 … and 2 more",
  )
  expect(nodeNames(full.slice(0, 1))).toBe("read/amount=0/seed=1")
  const many = nodesOf(() => grid({ amount: Array.from({ length: 50 }, (_, n) => n) }, (at) => read({}, at).rows))
  expect(nodeNames(many)).toBe("read/amount={0,1,2,…,49}")
})

it("puts together what runs for equal reasons, whichever node of a stage they name", () => {
  const nodes = nodesOf(() => grid({ amount: [0, 1] }, (at) => count({ rows: read({}, at).rows }, {}).report))
  const [a, b, c, d] = nodes as [Node, Node, Node, Node]
  const changed: Reason = { kind: "code", declarations: ["stages/read.ts#read"] }
  const waits = (node: Node): Reason => ({ kind: "waits", node: node.id, only: true })
  const groups = groupPlans(
    [plan(a, "run", changed), plan(b, "waits", waits(a)), plan(c, "run", changed), plan(d, "waits", waits(c))],
    stageOf,
  )
  expect(groups.map(({ decision, nodes: members, reasons }) => [decision, nodeNames(members), reasons])).toEqual([
    ["run", "read/amount={0,1}", ["code changed: stages/read.ts#read"]],
    ["waits", "count/amount={0,1}", ["waits for read, runs if its output changes"]],
  ])
})

it("counts the nodes of a stage that one node waits for, and keeps apart what differs", () => {
  const [a, b, c] = nodesOf(() => grid({ amount: [0, 1, 2] }, (at) => read({}, at).rows)) as [Node, Node, Node]
  const param = (now: string): Reason => ({ kind: "param", name: "amount", old: "9", now })
  const waits = ["read/amount=0", "read/amount=1", "other"].map((node): Reason => ({ kind: "waits", node, only: true }))
  const groups = groupPlans(
    [plan(a, "run", param("0")), plan(b, "run", param("1")), plan(c, "waits", ...waits)],
    stageOf,
  )
  expect(groups.map(({ reasons }) => reasons)).toEqual([
    ["param changed: amount 9 → 0"],
    ["param changed: amount 9 → 1"],
    ["waits for read (2 nodes), other, runs if what it reads changes"],
  ])
})
