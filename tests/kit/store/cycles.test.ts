/** Records that can only have been made from themselves are refused with their members (dvc#7915). */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { findCycle, refuseCycles } from "../../../kit/store/cycles.ts"
import type { StoreRecord } from "../../../kit/store/record.ts"

/** A record of a node, from the digests that it read to those that it gave. */
const record = (node: string, inputs: ReadonlyArray<string>, outputs: ReadonlyArray<string>): StoreRecord =>
  ({
    key: `key-of-${node}`,
    node,
    inputs: { in: inputs.map((digest) => ({ digest, node: "?", output: "out" })) },
    outputs: Object.fromEntries(outputs.map((digest) => [`out-${digest}`, { digest }])),
  }) as unknown as StoreRecord

const membersOf = (...records: ReadonlyArray<StoreRecord>) => findCycle(records)?.map(({ node }) => node)

describe("a cycle", () => {
  it("of two records is refused, and the error names both and where they lie", () => {
    const records = [record("egg", ["hen"], ["egg"]), record("hen", ["egg"], ["hen"]), record("nest", ["egg"], ["n"])]
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
