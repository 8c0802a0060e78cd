/** Models compared by recipe and amount: means over prompts and runs, differences run by run, intervals over both. */
import { describe, expect, it } from "vitest"
import { compareModels } from "../../stages/compare-models.ts"
import { figEffect } from "../../stages/figures.ts"
import { ComparedModels, type ComparedRow } from "../../stages/results.ts"
import { input, runStage } from "./support/run-stage.ts"
import { SUBJECT, smallRun } from "./support/small-run.ts"

const inputs = () => {
  const { answers, harmScores, refusals } = smallRun(({ safety }) => safety !== undefined)
  return { answers, harmScores, refusals }
}
const compare = async (
  given: Readonly<Record<string, unknown>> = inputs(),
  lookalikes: ReadonlyArray<string> = ["look-alikes"],
) =>
  (await runStage(compareModels as never, { inputs: given, params: { lookalikes, generalAmount: 100 } }))
    .models as ReadonlyArray<ComparedRow>

/** The same inputs with other labels. */
const relabelled = (label: (labels: Record<string, unknown>) => object) =>
  Object.fromEntries(
    Object.entries(inputs()).map(([name, files]) => [
      name,
      files.map((file) => ({ ...file, labels: label({ ...file.labels }) })),
    ]),
  )

describe("models are compared", () => {
  it("with one row an amount: means over prompts within a run, then over runs", async () => {
    const [none, few, many] = await compare()
    expect([none?.safety, few?.safety, many?.safety]).toEqual([0, 5, 40])
    // u1, u2, x1: (3 + 2 + 3) / 3 and, without the missing one, (3 + 3) / 2
    expect(none?.harm?.value).toBeCloseTo((8 / 3 + 3) / 2, 12)
    expect(few).toMatchObject({ runs: 2, share: 5, range: "paper", recipe: null })
    expect(many).toMatchObject({ range: "extra", refusedUnsafe: { value: 1, low: 1, high: 1, prompts: 3 } })
  })
  it("with what changed from none to some, run by run", async () => {
    const [none, few, many] = await compare()
    expect(none?.harm?.change).toBeNull()
    expect(few?.refusedUnsafe?.change?.value).toBeCloseTo((1 / 3 + 2 / 3) / 2, 12)
    expect(many?.harm?.change?.value).toBeCloseTo((0.5 - 8 / 3 + (0.5 - 3)) / 2, 12)
    expect(many?.harm?.change?.high).toBeLessThan(0)
  })
  it("on safe prompts that look unsafe apart from ordinary ones, as the params say", async () => {
    const [, , many] = await compare()
    expect(many?.refusedLookalike).toMatchObject({ value: 1, prompts: 2 })
    expect(many?.refusedOrdinary).toMatchObject({ value: 0, prompts: 1 })
    const [, , other] = await compare(inputs(), ["plain"])
    expect([other?.refusedLookalike?.prompts, other?.refusedOrdinary?.prompts]).toEqual([1, 2])
  })
  it("by how well they tell unsafe from safe prompts", async () => {
    const [none, , many] = await compare()
    expect(none?.separation).toBe(0)
    expect(many?.separation).toBeCloseTo(1 - 2 / 3, 12)
  })
  it("by recipe, each beside its own model without safety examples", async () => {
    const rows = await compare(relabelled(({ seed, safety }) => ({ safety, seed, recipe: seed === 1 ? "a" : "b" })))
    expect(rows.map(({ recipe, safety, runs }) => [recipe, safety, runs])).toEqual([
      ...[0, 5, 40].map((safety) => ["a", safety, 1]),
      ...[0, 5, 40].map((safety) => ["b", safety, 1]),
    ])
    expect(rows[1]?.refusedUnsafe?.change?.value).toBeCloseTo(1 / 3, 12)
    expect(rows[4]?.refusedUnsafe?.change?.value).toBeCloseTo(2 / 3, 12)
  })
  it("in a figure with a panel for each kind of prompt, which says how many were asked", async () => {
    const models = input(ComparedModels, await compare())
    const { svg } = (await runStage(figEffect as never, { params: SUBJECT, inputs: { models } })) as never
    const text = String(svg).replace(/<[^>]*>/gu, " ")
    for (const panel of ["unsafe prompts (n = 3)", "safe prompts that look unsafe (n = 2)", "ordinary prompts (n = 1)"])
      expect(text).toContain(panel)
    expect(text).toContain("over 2 runs")
  })
  it("with runs told apart by their draw where they share a training seed", async () => {
    const rows = await compare(relabelled(({ safety, seed }) => ({ safety, draw: seed, seed: 1 })))
    expect(rows.map(({ runs }) => runs)).toEqual([2, 2, 2])
  })
})
