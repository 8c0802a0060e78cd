/** What the compiler must refuse in a pipeline, and what it must take. Each refused line stands under its own mark. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expectTypeOf, test } from "vitest"
import { Artifact } from "../../kit/artifact.ts"
import type { Handle } from "../../kit/node.ts"
import { grid, Pipeline } from "../../kit/pipeline.ts"
import { Stage } from "../../kit/stage.ts"

const Rows = Artifact.jsonl("rows", Schema.Struct({ id: Schema.String }))
const Twin = Artifact.jsonl("twin-rows", Schema.Struct({ id: Schema.String }))
const Report = Artifact.json("report", Schema.Struct({ rows: Schema.Int }))

const read = Stage.make("read", {
  params: Schema.Struct({ amount: Schema.Int, kind: Schema.Literals(["a", "b"]) }),
  inputs: {},
  outputs: { rows: Rows, twins: Twin },
  run: ({ params }) => Effect.succeed({ rows: [{ id: `${params.amount}` }], twins: [] }),
})
const count = Stage.make("count", {
  params: Schema.Struct({}),
  inputs: { rows: Rows, others: Artifact.many(Rows), extra: Artifact.optional(Twin) },
  outputs: { report: Report },
  run: ({ inputs }) => Effect.map(inputs.rows.read, (rows) => ({ report: { rows: rows.length } })),
})
const train = Stage.worker("train", {
  task: "train",
  entry: "repro_worker.tasks.train:run",
  params: Schema.Struct({ seed: Schema.Int }),
  inputs: { mix: Rows },
  outputs: { model: Artifact.folder("model") },
})

const make = () => read({}, { amount: 1, kind: "a" })

test("right wiring compiles", () => {
  const { rows, twins } = make()
  expectTypeOf(rows).toExtend<Handle<"rows", ReadonlyArray<{ readonly id: string }>>>()
  expectTypeOf(count({ rows, others: [rows] }, {}).report.type.name).toEqualTypeOf<"report">()
  count({ rows, others: grid({ seed: [1, 2] }, () => make().rows), extra: twins }, {})
  count({ rows, others: [], extra: undefined }, {})
  train({ mix: rows }, { seed: 1 })
  grid({ amount: [1, 2], kind: ["a"] }, ({ amount, kind }) => read({}, { amount, kind }))
})

test("wrong wiring does not", () => {
  const { rows, twins } = make()
  const { report } = count({ rows, others: [rows] }, {})
  // @ts-expect-error another type of artifact, though its rows have the same shape
  count({ rows: twins, others: [rows] }, {})
  // @ts-expect-error another format
  train({ mix: report }, { seed: 1 })
  // @ts-expect-error many are wanted
  count({ rows, others: rows }, {})
  // @ts-expect-error one of many is of another type
  count({ rows, others: [rows, twins] }, {})
  // @ts-expect-error an optional input is typed too
  count({ rows, others: [rows], extra: rows }, {})
  // @ts-expect-error a missing input
  count({ others: [rows] }, {})
  // @ts-expect-error an unknown input
  train({ mix: rows, more: rows }, { seed: 1 })
  // @ts-expect-error the outputs of a node are not a handle
  train({ mix: make() }, { seed: 1 })
  // @ts-expect-error a value is not a handle
  train({ mix: [{ id: "a" }] }, { seed: 1 })
  // @ts-expect-error an unknown output
  count({ rows: make().answers, others: [rows] }, {})
})

test("wrong params do not", () => {
  const { rows } = make()
  // @ts-expect-error a param of another type
  read({}, { amount: "1", kind: "a" })
  // @ts-expect-error a value that is none of the choices
  read({}, { amount: 1, kind: "c" })
  // @ts-expect-error a missing param
  read({}, { amount: 1 })
  // @ts-expect-error an unknown param
  read({}, { amount: 1, kind: "a", more: 1 })
  // @ts-expect-error params left out
  train({ mix: rows })
  // @ts-expect-error an unknown axis
  grid({ amount: [1, 2] }, ({ seed }) => seed)
  // @ts-expect-error an axis of another type
  grid({ kind: ["a", "z"] }, ({ kind }) => read({}, { amount: 1, kind }))
})

test("a stage that gives or takes the wrong value does not", () => {
  const common = { params: Schema.Struct({}), inputs: { rows: Rows }, outputs: { report: Report } } as const
  // @ts-expect-error a missing output
  Stage.make("bad", { ...common, run: () => Effect.succeed({}) })
  // @ts-expect-error an output of another type
  Stage.make("bad", { ...common, run: () => Effect.succeed({ report: { rows: "1" } }) })
  // @ts-expect-error an error that the kit does not know
  Stage.make("bad", { ...common, run: () => Effect.fail(new Error("no")) })
  // @ts-expect-error an input that is not declared
  Stage.make("bad", { ...common, run: ({ inputs }) => Effect.map(inputs.twins.read, () => ({ report: { rows: 1 } })) })
})

test("a pipeline that gives no handles does not", () => {
  const common = { profiles: { small: {} }, defaultProfile: "small", workerLock: () => "lock" }
  Pipeline.make("good", { ...common, body: () => ({ rows: make().rows }) })
  // @ts-expect-error a pipeline gives handles
  Pipeline.make("bad", { ...common, body: () => ({ rows: 1 }) })
})
