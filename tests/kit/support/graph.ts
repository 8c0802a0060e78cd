/** Stages without a project, for tests of graphs, keys and selectors that never run them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../../../kit/artifact.ts"
import type { AnyHandle, Graph } from "../../../kit/node.ts"
import { Pipeline } from "../../../kit/pipeline.ts"
import { Stage } from "../../../kit/stage.ts"

export const Rows = Artifact.jsonl("rows", Schema.Struct({ id: Schema.String }))
export const Report = Artifact.json("report", Schema.Struct({ rows: Schema.Int }))

const amount = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 100 }))

export const read = Stage.make("read", {
  params: Schema.Struct({ amount }),
  inputs: {},
  outputs: { rows: Rows },
  run: () => Effect.succeed({ rows: [] }),
})

export const count = Stage.make("count", {
  params: Schema.Struct({}),
  inputs: { rows: Rows },
  outputs: { report: Report },
  run: () => Effect.succeed({ report: { rows: 0 } }),
})

export const gather = Stage.make("gather", {
  params: Schema.Struct({}),
  inputs: { all: Artifact.many(Rows), extra: Artifact.optional(Report) },
  outputs: { report: Report },
  run: () => Effect.succeed({ report: { rows: 0 } }),
})

/** The graph of a body. */
export const graphOf = (body: () => Readonly<Record<string, AnyHandle>>): Graph =>
  Pipeline.make("demo", {
    profiles: { small: {} },
    defaultProfile: "small",
    workerLock: () => "worker/lock.txt",
    body,
  }).graph("small")
