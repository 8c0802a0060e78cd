/** Each run of a grid has a draw of examples and a training seed of its own, and both show in the names of nodes. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Artifact } from "../../kit/artifact.ts"
import { Pipeline } from "../../kit/pipeline.ts"
import { Stage } from "../../kit/stage.ts"
import { inRuns, type Run } from "../../pipelines/runs.ts"

const Whole = Artifact.json("numbers", Schema.Int)
const params = Schema.Struct({ value: Schema.Int })
const draw = Stage.make("draw", {
  params,
  inputs: {},
  outputs: { number: Whole },
  run: ({ params: { value } }) => Effect.succeed({ number: value }),
})
const train = Stage.make("train", {
  params,
  inputs: { number: Whole },
  outputs: { number: Whole },
  run: ({ params: { value } }) => Effect.succeed({ number: value }),
})

const graph = (runs: ReadonlyArray<Run>) =>
  Pipeline.make("runs", {
    profiles: { only: runs },
    defaultProfile: "only",
    workerLock: () => "worker/locks/cpu.txt",
    body: (profile) => {
      const made = inRuns(
        profile,
        (value) => draw({}, { value }).number,
        (number, value) => train({ number }, { value }).number,
      )
      return Object.fromEntries(made.map((handle, index) => [`model ${index}`, handle]))
    },
  }).graph("only")

describe("runs", () => {
  it("draw with one seed and train with the other, and their nodes say so", () => {
    const { nodes } = graph([
      { draw: 1, seed: 7 },
      { draw: 2, seed: 8 },
    ])
    expect(nodes.map(({ id, params }) => [id, params])).toEqual([
      ["draw/draw=1", { value: 1 }],
      ["train/draw=1/seed=7", { value: 7 }],
      ["draw/draw=2", { value: 2 }],
      ["train/draw=2/seed=8", { value: 8 }],
    ])
  })
  it.each([
    [
      "draw",
      [
        { draw: 1, seed: 7 },
        { draw: 1, seed: 8 },
      ],
    ],
    [
      "seed",
      [
        { draw: 1, seed: 7 },
        { draw: 2, seed: 7 },
      ],
    ],
  ] as const)("that share a %s are refused, because intervals count them as independent", (kind, runs) => {
    expect(() => graph(runs)).toThrow(new RegExp(`share the ${kind} [17]`, "u"))
  })
})
