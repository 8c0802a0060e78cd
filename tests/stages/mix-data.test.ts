/** Amounts differ by what was added and nothing else. */
import { describe, expect, it } from "vitest"
import type { ValueOf } from "../../kit/artifact.ts"
import { Examples } from "../../stages/artifacts.ts"
import { mixData } from "../../stages/mix-data.ts"
import { failStage, input, runStage } from "./support/run-stage.ts"

type Row = ValueOf<typeof Examples>[number]

const rows = (source: string, count: number): ReadonlyArray<Row> =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `${source}-${index}`, source, topic: "", instruction: `${source} ${index}`, input: "", output: "o" },
  }))
const general = rows("general", 60)
const safety = rows("safety", 40)

const call = (params: object, more: { general?: ReadonlyArray<Row>; safety?: ReadonlyArray<Row> } = {}) => ({
  inputs: { general: input(Examples, more.general ?? general), safety: input(Examples, more.safety ?? safety) },
  params: { general: 20, safety: 10, drawSeed: 1, ...params },
})
const mix = async (params: object = {}, more = {}): Promise<ReadonlyArray<Row>> =>
  (await runStage(mixData as never, call(params, more))).mix as ReadonlyArray<Row>
const ids = (mixed: ReadonlyArray<Row>, source: string): ReadonlyArray<string> =>
  mixed.filter((row) => row.source === source).map(({ id }) => id)

describe("mix-data", () => {
  it("draws as many of each as asked, each once, whole and unchanged", async () => {
    const mixed = await mix()
    expect(mixed.map(({ source }) => source)).toEqual([...Array(20).fill("general"), ...Array(10).fill("safety")])
    expect(new Set(mixed.map(({ id }) => id)).size).toBe(30)
    for (const row of mixed) expect([...general, ...safety]).toContainEqual(row)
  })

  it.each([0, 1, 4, 10, 39])("nests its draws: %d safety examples are among 40", async (amount) => {
    const [small, large] = [await mix({ safety: amount }), await mix({ safety: 40 })]
    expect(ids(small, "safety")).toEqual(ids(large, "safety").slice(0, amount))
    expect(ids(small, "general")).toEqual(ids(large, "general"))
  })

  it("draws neither part by the amount of the other", async () => {
    expect(ids(await mix({ general: 5 }), "safety")).toEqual(ids(await mix({ general: 60 }), "safety"))
  })

  it("changes the draw with its seed, and with nothing else", async () => {
    expect(await mix()).toEqual(await mix())
    const other = await mix({ drawSeed: 2 })
    expect([...ids(other, "general")].sort()).not.toEqual([...ids(await mix(), "general")].sort())
    expect([...ids(other, "safety")].sort()).not.toEqual([...ids(await mix(), "safety")].sort())
    const renamed = general.map((row) => ({ ...row, output: "another answer" }))
    expect(ids(await mix({}, { general: renamed }), "general")).toEqual(ids(await mix(), "general"))
  })

  it("favours no part of the file", async () => {
    const counts = new Map<string, number>()
    for (let drawSeed = 0; drawSeed < 200; drawSeed++) {
      for (const id of ids(await mix({ drawSeed, general: 0 }), "safety")) counts.set(id, (counts.get(id) ?? 0) + 1)
    }
    // 10 of 40 in 200 draws: 50 expected, standard deviation 6.1; five of them on either side
    expect(counts.size).toBe(40)
    expect(Math.min(...counts.values())).toBeGreaterThan(19)
    expect(Math.max(...counts.values())).toBeLessThan(81)
  })

  it.each([
    ["general", 61, 60],
    ["safety", 41, 40],
  ])("names both numbers when more %s examples are asked for than there are", async (name, asked, there) => {
    const error = await failStage(mixData, call({ [name]: asked }))
    expect(error.message).toBe(`${asked} ${name} examples are asked for, but there are ${there}`)
    expect(error.where).toContain(`params.${name}`)
    expect(error.remedy).toContain(String(there))
  })
})
