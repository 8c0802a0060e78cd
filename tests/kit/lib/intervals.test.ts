import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { crossedBootstrap, mean, sampleDeviation, wilson } from "../../../kit/lib/intervals.ts"

describe("Wilson's interval", () => {
  it("gives the textbook values", () => {
    expect(wilson(0, 10)).toEqual({ low: 0, high: expect.closeTo(0.2775, 4) })
    expect(wilson(5, 10)).toEqual({ low: expect.closeTo(0.2366, 4), high: expect.closeTo(0.7634, 4) })
    expect(wilson(0, 0)).toBeUndefined()
  })

  it("holds the share and stays within 0 and 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const interval = wilson(share * n, n)
        expect(interval?.low).toBeGreaterThanOrEqual(0)
        expect(interval?.high).toBeLessThanOrEqual(1)
        expect(interval?.low).toBeLessThanOrEqual(share + 1e-12)
        expect(interval?.high).toBeGreaterThanOrEqual(share - 1e-12)
      }),
    )
  })
})

describe("the crossed bootstrap", () => {
  const row = Array.from({ length: 100 }, (_, index) => index % 10)

  it("has the standard error of the mean with one seed", () => {
    const expected = Math.sqrt(8.25 / 100)
    const estimate = crossedBootstrap([row])
    expect(estimate?.mean).toBe(4.5)
    expect(estimate?.standardError).toBeGreaterThan(0.93 * expected)
    expect(estimate?.standardError).toBeLessThan(1.07 * expected)
    expect(estimate?.low).toBeLessThan(4.5 - 1.7 * expected)
    expect(estimate?.high).toBeGreaterThan(4.5 + 1.7 * expected)
  })

  it("widens when seeds differ and not when they agree", () => {
    const agreeing = crossedBootstrap([row, row])?.standardError ?? 0
    const differing = crossedBootstrap([row, row.map((value) => value + 4)])?.standardError ?? 0
    // Two seeds 4 apart: drawing two of them has variance 4² / 8 on top of the prompts' 0.0825
    expect(agreeing).toBeLessThan(0.31)
    expect(differing).toBeGreaterThan(0.93 * Math.sqrt(2 + 0.0825))
    expect(differing).toBeLessThan(1.07 * Math.sqrt(2 + 0.0825))
  })

  it("averages within a seed first, so that a seed with gaps counts as much as another", () => {
    expect(
      crossedBootstrap([
        [1, undefined, undefined],
        [3, 3, 3],
      ])?.mean,
    ).toBe(2)
  })

  it("gives none for nothing, a point for a constant, and the same numbers each time", () => {
    expect(crossedBootstrap([])).toBeUndefined()
    expect(crossedBootstrap([[undefined]])).toBeUndefined()
    expect(
      crossedBootstrap([
        [2, 2],
        [2, 2],
      ]),
    ).toEqual({ mean: 2, standardError: 0, low: 2, high: 2 })
    expect(crossedBootstrap([row])).toEqual(crossedBootstrap([row]))
  })
})

describe("mean and deviation", () => {
  it("are none where they are not defined", () => {
    expect(mean([])).toBeUndefined()
    expect(sampleDeviation([1])).toBeUndefined()
    expect(sampleDeviation([1, 3])).toBeCloseTo(Math.SQRT2, 12)
  })
})
