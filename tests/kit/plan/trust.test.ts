import { describe, expect, it } from "vitest"
import type { Node } from "../../../kit/node.ts"
import { inputsOnTrust, trustEnvironment } from "../../../kit/plan/trust.ts"
import type { StoreRecord } from "../../../kit/store/record.ts"
import { count, graphOf, read } from "../support/graph.ts"

const graph = graphOf(() => ({ report: count({ rows: read({}, { amount: 1 }).rows }, {}).report }))
const [source, counted] = graph.nodes as [Node, Node]
const pulled = { pulled: { from: "a place", at: "2026-01-01T00:00:00.000Z" } } as StoreRecord
const own = {} as StoreRecord

describe("trust", () => {
  it("names the pulled nodes that each input rests on, and no input that rests on none", () => {
    expect(inputsOnTrust(counted, (node) => (node === source ? pulled : own))).toEqual({ rows: [source.id] })
    expect(inputsOnTrust(counted, () => own)).toEqual({})
    expect(inputsOnTrust(source, () => pulled)).toEqual({})
  })

  it("counts only for a stage that sees it, and there only where something was pulled", () => {
    expect(trustEnvironment(counted, () => pulled)).toEqual({})
    const body = { ...counted.stage.body, seesTrust: true } as Node["stage"]["body"]
    const seeing: Node = { ...counted, stage: { ...counted.stage, body } }
    expect(trustEnvironment(seeing, () => own)).toEqual({})
    const environment = trustEnvironment(seeing, () => pulled)
    expect(Object.keys(environment)).toEqual(["on trust: rows"])
    expect(environment["on trust: rows"]).toMatch(/^1 pulled \([0-9a-f]{16}\)$/)
  })
})
