/** The resource pool: never more than there is, and no task that waits for ever. */
import * as fc from "fast-check"
import { expect, it } from "vitest"
import { capacity, ResourcePool } from "../../../kit/run/resources.ts"

const TOTAL = { cpu: 4, memory: 1000, gpu: 1 }

it("gives what fits, and the rest when it comes back", () => {
  const pool = new ResourcePool(TOTAL)
  const first = pool.take({ cpu: 3, memory: 100, gpu: 1 })
  expect(first).toEqual({ cpu: 3, memory: 100, gpu: 1 })
  expect(pool.take({ cpu: 2, memory: 1, gpu: 0 })).toBeUndefined()
  expect(pool.take({ cpu: 1, memory: 1, gpu: 1 })).toBeUndefined()
  expect(pool.take({ cpu: 1, memory: 901, gpu: 0 })).toBeUndefined()
  expect(pool.take({ cpu: 1, memory: 900, gpu: 0 })).toBeDefined()
  if (first !== undefined) pool.give(first)
  expect(pool.take({ cpu: 3, memory: 100, gpu: 1 })).toBeDefined()
})

it("gives all there is, alone, to a task that asks for more", () => {
  const pool = new ResourcePool(TOTAL)
  const small = pool.take({ cpu: 1, memory: 1, gpu: 0 })
  expect(pool.take({ cpu: 99, memory: 1, gpu: 0 })).toBeUndefined()
  if (small !== undefined) pool.give(small)
  expect(pool.take({ cpu: 99, memory: 99_999, gpu: 9 })).toEqual(TOTAL)
  expect(pool.take({ cpu: 1, memory: 1, gpu: 0 })).toBeUndefined()
})

it("never hands out more than there is, in any order", () => {
  const wish = fc.record({
    cpu: fc.integer({ min: 0, max: 6 }),
    memory: fc.integer({ min: 0, max: 1500 }),
    gpu: fc.integer({ min: 0, max: 2 }),
  })
  fc.assert(
    fc.property(fc.array(fc.tuple(wish, fc.boolean()), { maxLength: 40 }), (steps) => {
      const pool = new ResourcePool(TOTAL)
      const out: Array<typeof TOTAL> = []
      for (const [wanted, give] of steps) {
        const taken = pool.take(wanted)
        if (taken !== undefined) out.push(taken)
        const back = give ? out.shift() : undefined
        if (back !== undefined) pool.give(back)
        for (const kind of ["cpu", "memory", "gpu"] as const) {
          expect(out.reduce((sum, one) => sum + one[kind], 0)).toBeLessThanOrEqual(TOTAL[kind])
        }
      }
      for (const back of out) pool.give(back)
      expect(pool.take(TOTAL)).toEqual(TOTAL)
    }),
  )
})

it("counts the machine's memory, less a share for the rest", () => {
  const { cpu, gpu, memory } = capacity(2, 0)
  expect([cpu, gpu]).toEqual([2, 0])
  expect(memory).toBeGreaterThan(64)
})
