/** Graphs far larger than a paper's: a chain of 20,000 nodes and a fan of 10,000 run, and are found done. */
import { expect, it } from "vitest"
import { makeProject } from "../../kit/support/project.ts"

const [CHAIN, FAN] = [20_000, 10_000]

const STAGES = `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"

export const Count = Artifact.json("counts", Schema.Struct({ count: Schema.Int }))

/** One more than the count before, which begins at 0. */
export const next = Stage.make("next", {
  params: Schema.Struct({ step: Schema.Int }),
  inputs: { before: Artifact.optional(Count) },
  outputs: { count: Count },
  run: ({ inputs }) =>
    inputs.before === undefined
      ? Effect.succeed({ count: { count: 1 } })
      : Effect.map(inputs.before.read, ({ count }) => ({ count: { count: count + 1 } })),
})

export const sum = Stage.make("sum", {
  params: Schema.Struct({}),
  inputs: { counts: Artifact.many(Count) },
  outputs: { total: Count },
  run: ({ inputs }) =>
    Effect.map(Effect.all(inputs.counts.map(({ read }) => read)), (counts) => ({
      total: { count: counts.reduce((total, { count }) => total + count, 0) },
    })),
})
`

const pipeline = (body: string): string => `import { grid, Pipeline } from "../kit/pipeline.ts"
import { next, sum } from "../stages/counting.ts"

export const stages = [next, sum]
export default Pipeline.make("large", {
  profiles: { only: {} }, defaultProfile: "only", workerLock: () => "worker/lock.txt",
  body: () => {
    ${body}
  },
})
`

const CHAINED = `let before
    for (let step = 0; step < ${CHAIN}; step++) [before] = grid({ step: [step] }, () => next({ before }, { step }).count)
    return { last: before }`

const FANNED = `const counts = grid({ step: Array.from({ length: ${FAN} }, (_, step) => step) }, ({ step }) => next({}, { step }).count)
    return { total: sum({ counts }, {}).total }`

const SHAPES: ReadonlyArray<readonly [name: string, body: string, nodes: number, result: string, count: number]> = [
  ["a chain of 20,000 nodes", CHAINED, CHAIN, `next/step=${CHAIN - 1}/count.json`, CHAIN],
  ["a fan of 10,000 nodes and the one that gathers them", FANNED, FAN + 1, "sum/total.json", FAN],
]

it.each(SHAPES)("%s runs, and is found done", (_, body, nodes, result, count) => {
  const project = makeProject({
    "package.json": JSON.stringify({ type: "module", repro: { pipeline: "large" } }),
    "stages/counting.ts": STAGES,
    "pipelines/large.ts": pipeline(body),
  })
  const first = project.repro(["run"])
  expect(first, first.stderr.slice(-1000)).toMatchObject({ code: 0 })
  expect(JSON.parse(project.read(`artifacts/view/large/only/${result}`))).toEqual({ count })
  const again = project.repro(["run"])
  expect(again.stderr).toContain("Nothing to do")
  expect(again.stderr).toContain(String(nodes))
})
