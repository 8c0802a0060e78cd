/**
 * One model's answers are never reported as another's: whatever a node evaluates is among its inputs, and counts by its
 * content in its key (lm-evaluation-harness#4063).
 */
import { describe, expect, it } from "vitest"
import { sha256 } from "../../kit/canonical.ts"
import { keyOf } from "../../kit/key.ts"
import { dependencies, type Node } from "../../kit/node.ts"
import { resolveInputs } from "../../kit/plan/resolve.ts"
import type { StoreRecord } from "../../kit/store/record.ts"
import pipeline from "../../pipelines/safety-tuned-llamas.ts"

/** Types of artifacts that are a model or a part of one. */
const MODELS = new Set(["model", "adapter", "encoder", "reward_model"])

const { nodes } = pipeline.graph("smoke")
const evaluating = nodes.filter(({ wires }) =>
  Object.values(wires).some((wire) => wire.kind === "one" && MODELS.has(wire.handle.type.name)),
)

/** Records in which only one node's output has other bytes than in all others. */
const recordsWith =
  (changed: Node | undefined) =>
  ({ id, stage }: Node): StoreRecord => {
    const digest = sha256(id === changed?.id ? `${id}, other weights` : id)
    return { outputs: Object.fromEntries(Object.keys(stage.outputs).map((name) => [name, { digest }])) } as never
  }

const keyWith = (node: Node, changed?: Node): string =>
  keyOf(node, { code: "code", environment: {}, inputs: resolveInputs(node, recordsWith(changed)) })

describe("a model counts by its content", () => {
  it("in generating answers, in benchmarks and in fine-tuning", () => {
    const stages = new Set(evaluating.map(({ stage }) => stage.name))
    for (const stage of ["generate", "benchmark", "fine-tune"]) expect([...stages]).toContain(stage)
  })

  it.each(evaluating.map((node) => [node.id, node] as const))("for %s", (_, node) => {
    const models = dependencies(node).filter(({ stage }) =>
      Object.values(stage.outputs).some(({ name }) => MODELS.has(name)),
    )
    expect(models.length).toBeGreaterThan(0)
    for (const model of models) expect(keyWith(node, model)).not.toBe(keyWith(node))
  })

  it("so that the same questions, asked of each model of the grid, have keys of their own", () => {
    for (const stage of ["generate", "benchmark"]) {
      const keys = evaluating.filter((node) => node.stage.name === stage).map((node) => keyWith(node))
      expect(keys.length).toBeGreaterThan(2)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })
})
