/** Records that can only have been made from themselves are refused with their members (dvc#7915). */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Derivation, findCycle, refuseCycles } from "../../../kit/store/cycles.ts"
import type { StoreRecord } from "../../../kit/store/record.ts"

/** A derivation of a node, from the names of what it read to those of what it gave. */
const record = (node: string, inputs: ReadonlyArray<string>, outputs: ReadonlyArray<string>): Derivation => ({
  key: `key-of-${node}`,
  node,
  inputs,
  outputs,
})

const membersOf = (...records: ReadonlyArray<Derivation>) => findCycle(records)?.map(({ node }) => node)

/** A record of a node whose output `out` has some bytes, made of such outputs of others. */
const stored = (node: string, digest: string, ...from: ReadonlyArray<readonly [node: string, digest: string]>) =>
  ({
    key: `key-of-${node}`,
    pipeline: "p",
    profile: "s",
    node,
    inputs: { in: from.map(([other, read]) => ({ digest: read, node: other, output: "out" })) },
    outputs: { out: { digest } },
  }) as unknown as StoreRecord

describe("a cycle", () => {
  it("of two records is refused, and the error names both and where they lie", () => {
    const records = [
      stored("egg", "e", ["hen", "h"]),
      stored("hen", "h", ["egg", "e"]),
      stored("nest", "n", ["egg", "e"]),
    ]
    expect(() => refuseCycles(records)).toThrow(
      "The records form a cycle, so at least one was not written by this kit: hen → egg → hen",
    )
    try {
      refuseCycles(records)
    } catch (error) {
      expect(error).toMatchObject({ where: "key-of-hen.json, key-of-egg.json" })
      expect(error).toMatchObject({ remedy: expect.stringContaining("Remove one of these records") })
    }
  })

  it("may be a record that reads its own output", () => {
    expect(membersOf(record("self", ["s"], ["s"]))).toEqual(["self"])
  })

  it("is found behind records that only read from it, and through one of many inputs", () => {
    const ring = [record("a", ["x", "c"], ["a"]), record("b", ["a"], ["b"]), record("c", ["b"], ["c"])]
    expect(membersOf(record("below", ["c"], ["d"]), record("source", [], ["x"]), ...ring)?.sort()).toEqual([
      "a",
      "b",
      "c",
    ])
  })
})

describe("no cycle", () => {
  it("is work that gives what it began with, as long as that has a source", () => {
    const [encode, decode] = [record("encode", ["text"], ["code"]), record("decode", ["code"], ["text"])]
    expect(membersOf(encode, decode)?.sort()).toEqual(["decode", "encode"])
    expect(membersOf(record("write", [], ["text"]), encode, decode)).toBeUndefined()
  })

  it("is a record that gives the bytes that it read, though what gave them first is gone", () => {
    expect(() => refuseCycles([stored("filter", "same", ["source", "same"])])).not.toThrow()
    expect(() => refuseCycles([stored("filter", "same", ["filter", "same"])])).toThrow("filter → filter")
  })

  it("is a chain of 20,000 records, nor one whose first record is gone", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => record(`n${index}`, [`d${index}`], [`d${index + 1}`]))
    expect(membersOf(...chain.reverse())).toBeUndefined()
  })

  it("is any set of records that were made one after another; closing it makes one", () => {
    const layers = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(layers, (all) => {
        const inputs = all.map((list, index) => (index === 0 ? [] : list.map((n) => `d${n % index}`)))
        const records = inputs.map((list, index) => record(`n${index}`, list, [`d${index}`]))
        expect(membersOf(...records)).toBeUndefined()
        const closed = [record("n0", [`d${all.length - 1}`], ["d0"]), ...records.slice(1)]
        const reaches = reachable(inputs, all.length - 1).has(0)
        expect(membersOf(...closed) !== undefined).toBe(reaches)
      }),
    )
  })
})

/** The indices that one leads back to, itself too. */
const reachable = (inputs: ReadonlyArray<ReadonlyArray<string>>, from: number): ReadonlySet<number> => {
  const found = new Set([from])
  for (const index of found) for (const digest of inputs[index] ?? []) found.add(Number(digest.slice(1)))
  return found
}
