/** Keys: when work is the same work. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalJson, sha256 } from "../../kit/canonical.ts"
import { ENGINE_FORMAT, type KeyMaterial, keyOf } from "../../kit/key.ts"
import type { Node } from "../../kit/node.ts"
import { grid } from "../../kit/pipeline.ts"
import { resolveInputs } from "../../kit/plan/resolve.ts"
import type { StoreRecord } from "../../kit/store/record.ts"
import { count, gather, graphOf, read } from "./support/graph.ts"

const material: KeyMaterial = { inputs: {}, code: "c", environment: { effect: "4.1.0" } }

/** What each node gave: content that depends on the params of the node alone. */
const recordOf = ({ params, stage }: Node): StoreRecord => {
  const digest = sha256(JSON.stringify(params))
  return { outputs: Object.fromEntries(Object.keys(stage.outputs).map((name) => [name, { digest }])) } as never
}
const keyIn = (node: Node): string => keyOf(node, { ...material, inputs: resolveInputs(node, recordOf) })
const last = (body: () => unknown): Node => {
  const { nodes } = graphOf(() => {
    body()
    return {}
  })
  return nodes.at(-1) as Node
}

const node = last(() => read({}, { amount: 1 }))

describe("a key", () => {
  it("differs with params, code, environment and inputs", () => {
    const keys = [
      keyOf(node, material),
      keyOf(
        last(() => read({}, { amount: 2 })),
        material,
      ),
      keyOf(node, { ...material, code: "d" }),
      keyOf(node, { ...material, environment: { effect: "4.1.1" } }),
      keyOf(node, { ...material, environment: { ...material.environment, parts: "1.0.0" } }),
      keyOf(node, { ...material, inputs: { rows: [] } }),
      keyOf(node, { ...material, inputs: { rows: [{ digest: "a", node: "n", output: "rows" }] } }),
      keyOf(node, { ...material, inputs: { rows: [{ digest: "b", node: "n", output: "rows" }] } }),
      keyOf(node, { ...material, inputs: { others: [{ digest: "b", node: "n", output: "rows" }] } }),
    ]
    expect(new Set(keys).size).toBe(keys.length)
  })

  it("is the digest of the canonical JSON of all that counts", () => {
    const inputs = { rows: [{ digest: "b", node: "n", output: "rows" }] }
    const outputs = Object.fromEntries(
      Object.entries(node.stage.outputs).map(([name, { format, extension }]) => [name, [format, extension]]),
    )
    const work = { stage: node.stage.name }
    const all = { ...material, engine: ENGINE_FORMAT, work, params: node.params, outputs, inputs: { rows: ["b"] } }
    expect(keyOf(node, { ...material, inputs })).toBe(sha256(canonicalJson(all)))
  })

  it("does not depend on the order of the environment or of params", () => {
    const environment = fc.dictionary(fc.string(), fc.string())
    fc.assert(
      fc.property(environment, (packages) => {
        const reversed = Object.fromEntries(Object.entries(packages).reverse())
        const now = keyOf(node, { ...material, environment: packages })
        expect(keyOf(node, { ...material, environment: reversed })).toBe(now)
      }),
    )
    const [one, two] = [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
    ]
    expect(keyOf({ ...node, params: one }, material)).toBe(keyOf({ ...node, params: two }, material))
  })

  it("does not count the names and labels of the node and of a single input", () => {
    const plainly = last(() => count({ rows: read({}, { amount: 1 }).rows }, {}))
    const inGrid = last(() =>
      grid({ seed: [5], "odd name": ['a"b; c\n🦙'] }, () => count({ rows: read({}, { amount: 1 }).rows }, {})),
    )
    const other = last(() => count({ rows: read({}, { amount: 2 }).rows }, {}))
    expect(keyIn(inGrid)).toBe(keyIn(plainly))
    expect(keyIn(other)).not.toBe(keyIn(plainly))
  })

  it("counts the labels of one of many, which the stage sees", () => {
    const withSeed = (seed: number) =>
      last(() => gather({ all: grid({ seed: [seed] }, () => read({}, { amount: 1 }).rows) }, {}))
    expect(keyIn(withSeed(1))).not.toBe(keyIn(withSeed(2)))
  })

  it("does not depend on the order of a grid, or of the list that a many-input gets (snakemake#2212)", () => {
    const gathered = (amounts: ReadonlyArray<number>, turn: (list: Array<never>) => Array<never> = (list) => list) =>
      last(() => gather({ all: turn([...grid({ amount: amounts }, (point) => read({}, point).rows)] as never) }, {}))
    const amounts = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(amounts, (list) => {
        const key = keyIn(gathered(list))
        expect(keyIn(gathered([...list].sort((a, b) => a - b)))).toBe(key)
        expect(keyIn(gathered(list, (handles) => handles.reverse()))).toBe(key)
      }),
      { numRuns: 30 },
    )
    expect(keyIn(gathered([1, 2]))).not.toBe(keyIn(gathered([1, 3])))
    expect(keyIn(gathered([1, 2]))).not.toBe(keyIn(gathered([1])))
  })

  it("counts whether an optional input is wired", () => {
    const body = (wired: boolean) => () => {
      const { rows } = read({}, { amount: 1 })
      const extra = wired ? count({ rows }, {}).report : undefined
      gather({ all: [rows], extra }, {})
    }
    expect(keyIn(last(body(true)))).not.toBe(keyIn(last(body(false))))
  })

  it("names the work of a worker by its task, not by its stage", () => {
    const here = { ...node.stage, name: "renamed" }
    expect(keyOf({ ...node, stage: here }, material)).not.toBe(keyOf(node, material))
    const worker = (name: string, task: string): Node => ({
      ...node,
      stage: { ...node.stage, name, body: { kind: "worker", task, entry: "m:run" } },
    })
    expect(keyOf(worker("tune", "finetune"), material)).toBe(keyOf(worker("fine-tune", "finetune"), material))
    expect(keyOf(worker("tune", "generate"), material)).not.toBe(keyOf(worker("tune", "finetune"), material))
  })

  it("does not count retries, resources, or which secrets a stage may see (zenml#3880)", () => {
    const resources = { cpu: 9, memory: 9, gpu: 9 }
    const secrets = ["API_TOKEN"]
    const stage = { ...node.stage, retries: 5, resources, secrets }
    expect(keyOf({ ...node, stage }, material)).toBe(keyOf(node, material))
  })
})
