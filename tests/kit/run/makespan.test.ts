/** How long the rest of a run takes, when it is played as the scheduler would run it. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Artifact } from "../../../kit/artifact.ts"
import type { Handle, Node } from "../../../kit/node.ts"
import { grid } from "../../../kit/pipeline.ts"
import { longestPaths } from "../../../kit/run/estimate.ts"
import { makespan } from "../../../kit/run/makespan.ts"
import { Stage } from "../../../kit/stage.ts"
import { graphOf } from "../support/graph.ts"

const Thing = Artifact.json("things", Schema.Int)

const step = Stage.make("step", {
  params: Schema.Struct({ n: Schema.Int }),
  inputs: { before: Artifact.optional(Thing) },
  outputs: { thing: Thing },
  run: () => Effect.succeed({ thing: 0 }),
})

/** Chains of steps, each with its times. */
const chains = (times: ReadonlyArray<ReadonlyArray<number>>) => {
  const { nodes } = graphOf(() =>
    Object.fromEntries(
      grid({ chain: times.map((_, index) => index) }, ({ chain }) => {
        let before: Handle<"things", number> | undefined
        for (const [n] of (times[chain] as ReadonlyArray<number>).entries())
          [before] = grid({ n: [n] }, () => step({ before }, { n }).thing)
        return [`chain ${chain}`, before as Handle<"things", number>] as const
      }),
    ),
  )
  const remaining = ({ labels }: Node): number => times[labels.chain as number]?.[labels.n as number] ?? 0
  return { nodes, remaining }
}

const capacity = (cpu: number) => ({ cpu, memory: 100_000, gpu: 0 })
const none: ReadonlySet<Node> = new Set()

describe("the time of a schedule", () => {
  it("starts the longest remaining path first", () => {
    const { nodes, remaining } = chains([[3], [3], [2, 2, 2]])
    expect(makespan({ nodes, running: none, remaining, capacity: capacity(2) })).toBe(6)
    expect(makespan({ nodes, running: none, remaining, capacity: capacity(1) })).toBe(12)
  })

  it("counts what runs now for what is left of it, and gives its place to others then", () => {
    const { nodes, remaining } = chains([[4], [1], [2]])
    const running = new Set(nodes.slice(0, 2))
    expect(makespan({ nodes, running, remaining, capacity: capacity(2) })).toBe(4)
  })

  it("lies between the bounds that hold for every list schedule (Graham 1969)", () => {
    const times = fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 8,
    })
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 4 }), (lengths, machines) => {
        const { nodes, remaining } = chains(lengths)
        const work = nodes.reduce((sum, node) => sum + remaining(node), 0)
        const longest = Math.max(...nodes.map(longestPaths(nodes, remaining)))
        const found = makespan({ nodes, running: none, remaining, capacity: capacity(machines) })
        expect(found).toBeGreaterThanOrEqual(Math.max(longest, work / machines))
        expect(found).toBeLessThanOrEqual(work / machines + (1 - 1 / machines) * longest)
      }),
    )
  })

  it("of ten thousand steps is known in a moment", () => {
    const { nodes, remaining } = chains(Array.from({ length: 5_000 }, () => [1, 2]))
    const begun = performance.now()
    expect(makespan({ nodes, running: none, remaining, capacity: capacity(4) })).toBe(3_750)
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})
