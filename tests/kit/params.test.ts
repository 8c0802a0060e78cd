/** A stage sees of its params what its key tells of them, and nothing else: else two results would share one key. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { Artifact } from "../../kit/artifact.ts"
import { grid } from "../../kit/pipeline.ts"
import { decodedParams } from "../../kit/plan/resolve.ts"
import { Stage } from "../../kit/stage.ts"
import { graphOf } from "./support/graph.ts"

const Value = Artifact.json("values", Schema.Struct({ value: Schema.String }))

/** What a stage with such a param sees. */
const seen = <T>(schema: Schema.Codec<T, unknown, never, never>, x: T): unknown => {
  const stage = Stage.make("see", {
    params: Schema.Struct({ x: schema }),
    inputs: {},
    outputs: { value: Value },
    run: () => Effect.succeed({ value: { value: "" } }),
  })
  const [node] = graphOf(() => ({ value: stage({}, { x }).value })).nodes
  return (decodedParams(node as never) as { readonly x: unknown }).x
}

it("zero has no sign", () => {
  expect(seen(Schema.Number, -0)).toBe(0)
  expect(seen(Schema.Array(Schema.Number), [-0])).toEqual([0])
})

it("keys have one order, whatever order they were written in", () => {
  const numbers = Schema.Record(Schema.String, Schema.Number)
  expect(Object.keys(seen(numbers, { b: 1, a: 2 }) as object)).toEqual(["a", "b"])
})

it("two texts that look alike stay two", () => {
  expect(seen(Schema.String, "\u00e9")).not.toBe(seen(Schema.String, "e\u0301"))
})

it("an absent value stays absent", () => {
  expect(seen(Schema.UndefinedOr(Schema.Number), undefined)).toBeUndefined()
})

describe("what JSON has no name for is refused, with its place", () => {
  it.each([
    ["not a number", "x[1] is NaN", () => seen(Schema.Array(Schema.Number), [1, Number.NaN])],
    ["infinity", "x is Infinity", () => seen(Schema.Number, Number.POSITIVE_INFINITY)],
    ["a date, of which JSON keeps nothing", "x is a Date", () => seen(Schema.Date, new Date(0))],
    ["a map", "x.a is a Map", () => seen(Schema.Record(Schema.String, Schema.Any), { a: new Map([[1, 2]]) })],
    ["a large integer", "x is a bigint", () => seen(Schema.BigInt, 10n)],
    ["a hole in a list", "x[0] is undefined", () => seen(Schema.Array(Schema.UndefinedOr(Schema.Number)), [undefined])],
    [
      "a label",
      'The value NaN of the axis "share"',
      () => graphOf(() => grid({ share: [Number.NaN] }, () => 1) as never),
    ],
  ])("%s", (_, place, make) => {
    expect(make).toThrow(expect.objectContaining({ _tag: "PipelineError", message: expect.stringContaining(place) }))
  })
})
