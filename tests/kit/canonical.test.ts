/** Canonical JSON: one text for one value. */
import { isDeepStrictEqual } from "node:util"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { canonicalJson, sha256 } from "../../kit/canonical.ts"

const json = fc.jsonValue({ maxDepth: 3 })

/** The same value with the keys of every object in another order. */
const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, shuffled(inner)]),
  )
}

/** A value as JSON sees it: minus zero is zero. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe("canonical JSON", () => {
  it("does not depend on the order of keys (snakemake#2212)", () => {
    fc.assert(fc.property(json, (value) => canonicalJson(shuffled(value)) === canonicalJson(value)))
    expect(canonicalJson({ b: 1, a: { d: 2, c: 3 } })).toBe('{"a":{"c":3,"d":2},"b":1}')
  })

  it("keeps the value: it is JSON that reads back the same", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(plain(value))
      }),
    )
  })

  it("differs where values differ", () => {
    fc.assert(
      fc.property(
        json,
        json,
        (a, b) => (canonicalJson(a) === canonicalJson(b)) === isDeepStrictEqual(plain(a), plain(b)),
      ),
    )
    const values = [
      null,
      0,
      "0",
      "",
      false,
      [],
      {},
      [[]],
      [{}],
      { a: null },
      { a: 1 },
      { a: "1" },
      [1, 2],
      [2, 1],
      ["1,2"],
    ]
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length)
  })

  it("differs for texts that look like structure, in keys and values", () => {
    const texts = fc.string({ unit: "binary" })
    fc.assert(
      fc.property(texts, texts, texts, (a, b, c) => {
        fc.pre(b !== c)
        return (
          canonicalJson({ [a]: b }) !== canonicalJson({ [a]: c }) && canonicalJson([a, b]) !== canonicalJson([a, c])
        )
      }),
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("refuses %s at any depth", (value) => {
    expect(() => canonicalJson(value)).toThrow(/can't hold/)
    expect(() => canonicalJson({ a: [1, { b: value }] })).toThrow(String(value))
  })

  it.each([() => 1, Symbol("a"), 1n, undefined])("refuses what is no JSON: %s", (value) => {
    expect(() => canonicalJson([value])).toThrow(TypeError)
  })

  it("takes an absent and an undefined field for the same, and minus zero for zero", () => {
    expect(canonicalJson({ a: undefined, b: -0 })).toBe(canonicalJson({ b: 0 }))
  })
})

it("hashes text as UTF-8 and bytes alike", () => {
  expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  expect(sha256("é🦙")).toBe(sha256(new TextEncoder().encode("é🦙")))
})
