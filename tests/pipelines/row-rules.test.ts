/** What stages say of their rows names code that is there and counts for them. */
import * as fs from "node:fs"
import * as path from "node:path"
import { expect, it } from "vitest"
import type { Graph } from "../../kit/node.ts"
import { stageCode } from "../../kit/plan/stage-code.ts"
import type { AgreeingLink, RowOrigin, RowOrigins } from "../../kit/row-origins.ts"
import effectStudy from "../../pipelines/effect-study.ts"
import safetyTunedLlamas from "../../pipelines/safety-tuned-llamas.ts"
import { benchmark } from "../../stages/benchmark.ts"
import { temporaryFolder } from "../kit/support/project.ts"

it("a benchmark's rows are of the items under the name that the worker gives its task", () => {
  const names = fs.readFileSync(path.join(root, "worker/repro_worker/benchmark_tasks.py"), "utf8")
  const { from } = (benchmark.definition.rows as RowOrigins).results as RowOrigin
  const { model, adapter, ...items } = from
  expect([model, adapter]).toEqual(["whole", "whole"])
  expect(Object.keys(items)).toEqual(Object.keys(benchmark.definition.inputs).slice(2))
  for (const [input, link] of Object.entries(items))
    expect(names).toContain(`"${input}": "${(link as AgreeingLink).when?.task}"`)
})

const root = path.resolve(import.meta.dirname, "../..")

it.each([
  ["the paper", safetyTunedLlamas.graph("smoke")],
  ["the study", effectStudy.graph("smoke")],
] as ReadonlyArray<readonly [string, Graph]>)(
  "in %s every rule of a row is code that its stage reaches",
  async (_, graph) => {
    const codes = await stageCode({ root, cache: temporaryFolder() } as never, graph)
    const named = [...codes].flatMap(([stage, { code }]) =>
      Object.values(stage.rows).flatMap(({ rules }) =>
        rules.map((rule) => ({ stage: stage.name, rule, known: rule in code.declarations })),
      ),
    )
    expect(named.filter(({ known }) => !known)).toEqual([])
    if (graph.pipeline === "safety-tuned-llamas") expect(named.length).toBeGreaterThan(20)
  },
)
