/** Reasons: what differs between a node now and its last record, told with old and new value. */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import {
  changedCode,
  changedEnvironment,
  changedInputs,
  changedOutputs,
  changedParams,
} from "../../../kit/plan/differences.ts"
import { describeReason, type Reason } from "../../../kit/plan/reasons.ts"
import type { InputRecord } from "../../../kit/store/record.ts"

const told = (reasons: ReadonlyArray<Reason>): ReadonlyArray<string> => reasons.map((reason) => describeReason(reason))

it("names params by their path, old and new, and none for another order of keys", () => {
  const old = { recipe: { rank: 8, rate: 0.1, targets: ["q"] }, seed: 1, gone: true }
  const now = { seed: 1, recipe: { rate: 0.1, targets: ["q", "v"], rank: 16 }, more: null }
  expect(told(changedParams(now, old))).toEqual([
    "param changed: recipe.rank 8 → 16",
    'param changed: recipe.targets ["q"] → ["q","v"]',
    "param changed: gone true → (absent)",
    "param changed: more (absent) → null",
  ])
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => changedParams(value, value).length === 0),
  )
})

const input = (digest: string, node: string, labels?: InputRecord["labels"]): InputRecord => ({
  digest,
  node,
  output: "rows",
  ...(labels === undefined ? {} : { labels }),
})

it("names the node whose output changed, not one that was only renamed", () => {
  expect(told(changedInputs({ mix: [input("2", "mix/a")] }, { mix: [input("1", "mix/a")] }))).toEqual([
    "input changed: mix from mix/a",
  ])
  expect(changedInputs({ mix: [input("1", "mix/b")] }, { mix: [input("1", "mix/a")] })).toEqual([])
})

it("names members of a many-input that came, went or changed", () => {
  const last = { all: [input("1", "a", { n: 1 }), input("2", "b", { n: 2 }), input("3", "c", { n: 3 })] }
  const now = { all: [input("1", "a", { n: 1 }), input("9", "b", { n: 2 }), input("4", "d", { n: 4 })] }
  expect(told(changedInputs(now, last))).toEqual(["inputs changed: all +d −c", "input changed: all from b"])
  expect(changedInputs({ all: [...last.all].reverse() }, last)).toEqual([])
})

it("names declarations that changed, came or went, or their order", () => {
  const last = { digest: "1", declarations: { a: "x", b: "y", gone: "z" } }
  const now = { digest: "2", declarations: { a: "x", b: "Y", come: "w" } }
  expect(told(changedCode(now, last))).toEqual(["code changed: b, come, gone"])
  expect(told(changedCode({ ...last, digest: "3" }, last))).toEqual(["code changed: the order of declarations"])
  expect(changedCode(last, { ...now, digest: "1" })).toEqual([])
})

it("names what is imported only where nothing else changed, and a change of the recipe alone", () => {
  const last = { digest: "1", declarations: { "(recipe)": "2", "imports of node:fs": "x", a: "y" } }
  const now = { digest: "2", declarations: { "(recipe)": "2", "imports of node:fs": "z", a: "Y" } }
  expect(told(changedCode(now, last))).toEqual(["code changed: a"])
  expect(told(changedCode({ ...now, declarations: { ...now.declarations, a: "y" } }, last))).toEqual([
    "code changed: imports of node:fs",
  ])
  const other = { digest: "3", declarations: { ...now.declarations, "(recipe)": "3" } }
  expect(told(changedCode(other, last))).toEqual(["code changed: how the kit counts code"])
})

it("names outputs that are stored otherwise, came or went", () => {
  const last = { rows: { format: "jsonl", extension: ".jsonl" }, gone: { format: "folder", extension: "" } }
  const now = { rows: { format: "json", extension: ".json" } }
  expect(told(changedOutputs(now, last))).toEqual([
    "output declared otherwise: rows jsonl .jsonl → json .json",
    "output declared otherwise: gone folder → (absent)",
  ])
})

it("names a lock by itself only where no package of it changed, and tells variables from their absence", () => {
  const last = { "worker lock": "aaaaaaaaaaaa", fake: "1.0", "variable MODE": "" }
  expect(told(changedEnvironment({ ...last, "worker lock": "bbbbbbbbbbbb" }, last))).toEqual([
    "environment changed: worker lock, in hashes or markers alone aaaaaaaa → bbbbbbbb",
  ])
  expect(told(changedEnvironment({ "worker lock": "bbbbbbbbbbbb", fake: "1.1" }, last))).toEqual([
    "environment changed: fake 1.0 → 1.1",
    'environment changed: variable MODE "" → (unset)',
  ])
})

it("names packages and locks, old and new", () => {
  expect(told(changedEnvironment({ effect: "4.1.1", zx: "8" }, { effect: "4.1.0", vega: "6" }))).toEqual([
    "environment changed: effect 4.1.0 → 4.1.1",
    "environment changed: vega 6 → (absent)",
    "environment changed: zx (absent) → 8",
  ])
})

it("keeps a line short where values are long", () => {
  const [line = ""] = told(changedParams({ text: "x".repeat(500) }, { text: "y".repeat(500) }))
  expect(line.length).toBeLessThan(160)
  const many = Array.from({ length: 9 }, (_, index) => input("1", `node ${index}`, { n: index }))
  expect(told(changedInputs({ all: many }, { all: [] }))).toEqual(["inputs changed: all +9 nodes"])
})
