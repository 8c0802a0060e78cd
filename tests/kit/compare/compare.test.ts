/** Two results of the same work: equal, within the tolerance of the type, or different, with place and size. */
import * as fs from "node:fs"
import { DuckDBInstance } from "@duckdb/node-api"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { type AnyArtifactType, Artifact, type FolderContents } from "../../../kit/artifact.ts"
import { compareResults, type OutputComparison } from "../../../kit/compare/compare.ts"
import type { Node } from "../../../kit/node.ts"
import { storeValue } from "../../../kit/run/write-output.ts"
import { Stage } from "../../../kit/stage.ts"
import { prepareStore } from "../../../kit/store/layout.ts"
import type { StoreRecord } from "../../../kit/store/record.ts"
import { temporaryFolder } from "../support/project.ts"

const Scores = Artifact.jsonl(
  "scores",
  Schema.Struct({ id: Schema.String, score: Schema.Number, count: Schema.Number, answer: Schema.String }),
)
Artifact.tolerance(Scores, { score: { absolute: 0.01, relative: 0.1 } })

const Report = Artifact.json(
  "report",
  Schema.Struct({ steps: Schema.Int, curve: Schema.Array(Schema.Tuple([Schema.Int, Schema.Number])) }),
)
Artifact.tolerance(Report, { "curve.*.1": { absolute: 0.5 } })

const Weights = Artifact.folder("weights")
Artifact.tolerance(Weights, { "*.safetensors": { absolute: 0.01 }, "metrics.json": { relative: 0.5 } })

const Table = Artifact.file("table", { extension: ".parquet" })
Artifact.tolerance(Table, { value: { absolute: 0.1 } })

const Picture = Artifact.file("picture", { extension: ".svg" })

/** Stores two values of a type as two runs would, and compares them. */
const compare = async (type: AnyArtifactType, old: unknown, now: unknown): Promise<OutputComparison> => {
  const { definition } = Stage.make("make", {
    params: Schema.Struct({}),
    inputs: {},
    outputs: { out: type },
    run: () => Effect.die("not run"),
  })
  const sides = []
  for (const value of [old, now]) {
    const store = { root: temporaryFolder() }
    prepareStore(store)
    const out = await storeValue(store, type, value, `${store.root}/attempts/values`, "here")
    sides.push({ store, record: { outputs: { out } } as unknown as StoreRecord })
  }
  const node = { stage: definition } as unknown as Node
  const [left, right] = sides
  const [comparison] = await compareResults(node, left as never, right as never)
  return comparison as OutputComparison
}

const row = (score: number, more: object = {}) => ({ id: "a", score, count: 1, answer: "yes", ...more })

it("finds the same bytes equal", async () => {
  expect(await compare(Scores, [row(1)], [row(1)])).toMatchObject({ verdict: "equal", count: 0, largest: undefined })
})

it("allows a column what it declares, absolute and relative together, and shows the largest difference", async () => {
  const within = await compare(Scores, [row(1), row(2), row(0)], [row(1.05), row(1.8), row(0.01)])
  expect(within).toMatchObject({ verdict: "within", count: 3 })
  expect(within.largest).toMatchObject({ place: "row 2, score", old: 2, now: 1.8 })
  expect(within.largest?.apart).toBeCloseTo(0.2, 12)
  expect(within.largest?.allowed).toBeCloseTo(0.21, 12)
  const outside = await compare(Scores, [row(1), row(100), row(2)], [row(1.2), row(105), row(2.22)])
  expect(outside, "the largest that is too large, not the largest").toMatchObject({
    verdict: "different",
    count: 3,
    largest: { place: "row 3, score", old: 2, now: 2.22 },
  })
})

it("allows columns that declare nothing no difference", async () => {
  expect(await compare(Scores, [row(1)], [row(1, { count: 1.0000001 })])).toMatchObject({
    verdict: "different",
    largest: { place: "row 1, count", old: 1, now: 1.0000001, allowed: undefined },
  })
  expect(await compare(Scores, [row(1), row(5)], [row(1), row(5, { answer: "no" })])).toMatchObject({
    verdict: "different",
    largest: { place: "row 2, answer", old: "yes", now: "no", apart: undefined },
  })
})

it("says when there are more or fewer rows", async () => {
  const longer = await compare(Scores, [row(1)], [row(1), row(2), row(3)])
  expect(longer).toMatchObject({ verdict: "different", largest: { place: "its number of rows", old: 1, now: 3 } })
  const shorter = await compare(Scores, [row(1), row(2)], [])
  expect(shorter).toMatchObject({ verdict: "different", largest: { place: "its number of rows", old: 2, now: 0 } })
})

it("reaches into a JSON value by paths", async () => {
  const value = (loss: number, step = 10) => ({ steps: 3, curve: [[0, 1], [step, loss]] }) // biome-ignore format: a row a point
  expect(await compare(Report, value(2), value(2.5))).toMatchObject({
    verdict: "within",
    largest: { place: "curve.1.1", apart: 0.5, allowed: 0.5 },
  })
  expect((await compare(Report, value(2), value(2.51))).verdict).toBe("different")
  expect(await compare(Report, value(2), value(2, 11))).toMatchObject({
    verdict: "different",
    largest: { place: "curve.1.0" },
  })
  const shorter = { steps: 3, curve: [[0, 1]] }
  expect(await compare(Report, value(2), shorter)).toMatchObject({ verdict: "different" })
})

/** A safetensors file of one tensor. */
const safetensors = (dtype: string, data: Buffer, shape: ReadonlyArray<number>, name = "w"): Buffer => {
  const header = Buffer.from(JSON.stringify({ [name]: { dtype, shape, data_offsets: [0, data.length] } }))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, data])
}
const f32 = (...numbers: ReadonlyArray<number>): Buffer => Buffer.from(new Float32Array(numbers).buffer)
const u16 = (...words: ReadonlyArray<number>): Buffer => Buffer.from(new Uint16Array(words).buffer)
const weights = (bytes: Buffer, more: FolderContents = {}): FolderContents => ({ "a.safetensors": bytes, ...more })

it("compares tensors by their numbers, in every float type", async () => {
  const old = weights(safetensors("F32", f32(1, 2, 3, 4), [2, 2]))
  const near = weights(safetensors("F32", f32(1, 2, 3.0078125, 4), [2, 2]))
  expect(await compare(Weights, old, near)).toMatchObject({
    verdict: "within",
    count: 1,
    largest: { file: "a.safetensors", place: "tensor w[2]", old: 3, now: 3.0078125, apart: 0.0078125, allowed: 0.01 },
  })
  const far = weights(safetensors("F32", f32(1, 2, 3, 5), [2, 2]))
  expect(await compare(Weights, old, far)).toMatchObject({ verdict: "different", largest: { place: "tensor w[3]" } })
  // 1 and 1.0078125 in bfloat16; 1 and the next half-precision number; −0.5 and the smallest subnormal half.
  for (const [dtype, a, b, x, y] of [
    ["BF16", 0x3f80, 0x3f81, 1, 1.0078125],
    ["F16", 0x3c00, 0x3c01, 1, 1.0009765625],
    ["F16", 0xb800, 0x0001, -0.5, 2 ** -24],
  ] as const) {
    const found = await compare(
      Weights,
      weights(safetensors(dtype, u16(a), [1])),
      weights(safetensors(dtype, u16(b), [1])),
    )
    expect(found.largest).toMatchObject({ old: x, now: y })
  }
})

it("never calls tensors of other shapes, types or names near", async () => {
  const old = weights(safetensors("F32", f32(1, 2), [2]))
  for (const now of [
    safetensors("F32", f32(1, 2), [2, 1]),
    safetensors("F16", u16(0x3c00, 0x4000), [2]),
    safetensors("F32", f32(1, 2), [2], "v"),
    safetensors("F32", f32(1, Number.NaN), [2]),
    Buffer.from("no tensors at all"),
    safetensors("F32", f32(1, 2), [2]).subarray(0, -2),
  ])
    expect((await compare(Weights, old, weights(now))).verdict).toBe("different")
})

it("names files of a folder that came, went or differ", async () => {
  const bytes = safetensors("F32", f32(1), [1])
  expect(await compare(Weights, weights(bytes), weights(bytes, { "b/c.txt": "new" }))).toMatchObject({
    verdict: "different",
    largest: { file: "b/c.txt", place: "whether it is there", old: false, now: true },
  })
  const metrics = (loss: number) => weights(bytes, { "metrics.json": JSON.stringify({ loss }) })
  expect(await compare(Weights, metrics(2), metrics(3))).toMatchObject({
    verdict: "within",
    largest: { place: "loss" },
  })
  expect((await compare(Weights, metrics(2), metrics(3.1))).verdict).toBe("different")
})

const parquet = async (values: ReadonlyArray<number>): Promise<Uint8Array> => {
  const file = `${temporaryFolder()}/t.parquet`
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  await connection.run(`COPY (SELECT unnest([${values}])::DOUBLE AS value, 'x' AS name) TO '${file}' (FORMAT parquet)`)
  return new Uint8Array(fs.readFileSync(file))
}

it("compares Parquet files by their columns", async () => {
  const old = await parquet([1, 2])
  expect(await compare(Table, old, await parquet([1, 2.05]))).toMatchObject({
    verdict: "within",
    largest: { place: "row 2, value", old: 2, now: 2.05 },
  })
  expect((await compare(Table, old, await parquet([1, 3]))).verdict).toBe("different")
  expect((await compare(Table, old, await parquet([1, 2, 3]))).largest).toMatchObject({ place: "its number of rows" })
})

it("says of other files where the first different byte is", async () => {
  expect(await compare(Picture, "<svg>\n<a/>", "<svg>\n<b/>")).toMatchObject({
    verdict: "different",
    largest: { place: "byte 8, line 2" },
  })
  expect((await compare(Picture, "abc", "abcd")).largest).toMatchObject({ old: "3 bytes", now: "4 bytes" })
})

it("shows nothing of a type that withholds text", async () => {
  const Secret = Artifact.jsonl("secret", Schema.Struct({ answer: Schema.String }), {
    sensitive: { column: "answer", when: "true" },
  })
  const found = await compare(Secret, [{ answer: "one thing" }], [{ answer: "another" }])
  expect(found).toMatchObject({
    verdict: "different",
    largest: { place: "row 1, answer", old: "[withheld]", now: "[withheld]" },
  })
})
