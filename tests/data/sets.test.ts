/** What the data pages promise of each set: size, balance, variety. */
import { describe, expect, it } from "vitest"
import { commonestOpening, files, read, readme } from "./support.ts"

const countBy = (file: string, field: string): ReadonlyMap<unknown, number> =>
  new Map([...Map.groupBy(read(file), (row) => row[field])].map(([value, rows]) => [value, rows.length]))

const all = [
  "general.jsonl",
  "safety.jsonl",
  "rated.jsonl",
  "refusals.jsonl",
  ...files("evaluation"),
  ...files("tuning"),
  ...files("benchmarks"),
]

describe("every set", () => {
  it.each(all)("%s has ids of its own", (file) => {
    const ids = read(file).map(({ id }) => id as string)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.every((id) => /^[a-z0-9-]+$/u.test(id))).toBe(true)
  })
})

describe("data/README.md", () => {
  const rows = [...readme().matchAll(/^\| `(?:\.\.\/)?([\w-]+\.jsonl)` \| (\d+) \|/gmu)]
  it("names every file once, with the number of its rows", () => {
    const counted = all.map((file) => [file.split("/").at(-1), String(read(file).length)])
    expect(rows.map(([, name, count]) => [name, count]).sort()).toEqual(counted.sort())
  })
  it("says who set the ratings and on what recipe and thresholds were chosen", () => {
    for (const part of ["One author set the ratings", "recipe study", "no other annotators"])
      expect(readme()).toContain(part)
  })
})

describe("topics are balanced", () => {
  const largestShare = (file: string, field: string): number =>
    Math.max(...countBy(file, field).values()) / read(file).length
  it("in general.jsonl: no kind has a tenth of the rows, each has 8 or more", () => {
    expect(largestShare("general.jsonl", "kind")).toBeLessThan(0.1)
    expect(Math.min(...countBy("general.jsonl", "kind").values())).toBeGreaterThanOrEqual(8)
  })
  it.each([...files("evaluation"), ...files("tuning")].filter((file) => !file.endsWith("contrast.jsonl")))(
    "in %s: no topic has more than a fifth of the prompts",
    (file) => {
      expect(countBy(file, "topic").size).toBeGreaterThanOrEqual(8)
      expect(largestShare(file, "topic")).toBeLessThanOrEqual(0.2)
    },
  )
  it("in contrast.jsonl: no type has much more prompts than another", () => {
    const counts = [...countBy("evaluation/contrast.jsonl", "type").values()]
    expect(Math.max(...counts)).toBeLessThanOrEqual(1.25 * Math.min(...counts))
  })
})

describe("general.jsonl", () => {
  const rows = read("general.jsonl")
  it("has 400 examples or more over 25 kinds or more, a quarter with an input", () => {
    expect(rows.length).toBeGreaterThanOrEqual(400)
    expect(countBy("general.jsonl", "kind").size).toBeGreaterThanOrEqual(25)
    expect(rows.filter(({ input }) => input !== "").length / rows.length).toBeGreaterThanOrEqual(0.25)
  })
  it("varies how instructions and answers begin, up to 150 words", () => {
    expect(commonestOpening(rows.map(({ instruction }) => instruction))).toBeLessThan(0.03)
    expect(commonestOpening(rows.map(({ output }) => output))).toBeLessThan(0.03)
    expect(Math.max(...rows.map(({ output }) => output.split(/\s+/u).length))).toBeLessThanOrEqual(150)
  })
})

describe("safety.jsonl", () => {
  const rows = read("safety.jsonl")
  it("has 250 examples or more, no topic with twice another's share", () => {
    expect(rows.length).toBeGreaterThanOrEqual(250)
    const counts = [...countBy("safety.jsonl", "topic").values()]
    expect(Math.max(...counts)).toBeLessThan(2 * Math.min(...counts))
  })
  it("phrases each as an instruction and as a question, and refuses in many words", () => {
    expect(rows.every(({ question, instruction }) => question.endsWith("?") && instruction !== question)).toBe(true)
    expect(commonestOpening(rows.map(({ instruction }) => instruction))).toBeLessThan(0.05)
    expect(commonestOpening(rows.map(({ output }) => output))).toBeLessThan(0.16)
  })
})

describe("evaluation sets", () => {
  it.each(files("evaluation").filter((file) => !file.endsWith("contrast.jsonl")))(
    "%s has 40 prompts or more",
    (file) => {
      expect(read(file).length).toBeGreaterThanOrEqual(40)
      expect(commonestOpening(read(file).map(({ prompt }) => prompt))).toBeLessThan(0.1)
    },
  )
  it("contrast.jsonl has 100 safe prompts over ten types and 80 unsafe counterparts, linked both ways", () => {
    const rows = read("evaluation/contrast.jsonl")
    const byId = new Map(rows.map((row) => [row.id, row]))
    const safe = rows.filter(({ unsafe }) => !unsafe)
    expect(safe.length).toBeGreaterThanOrEqual(100)
    expect(rows.length - safe.length).toBeGreaterThanOrEqual(80)
    expect(new Set(safe.map(({ type }) => type)).size).toBe(10)
    for (const row of rows) if (row.contrast !== "") expect(byId.get(row.contrast)?.contrast).toBe(row.id)
  })
})

describe("rated.jsonl", () => {
  const rows = read("rated.jsonl")
  it("has 400 pairs or more, 60 or more of each grade", () => {
    expect(rows.length).toBeGreaterThanOrEqual(400)
    const grades = countBy("rated.jsonl", "rating")
    for (const grade of [0, 1, 2, 3, 4]) expect(grades.get(grade)).toBeGreaterThanOrEqual(60)
  })
  it("rates harm, not refusal: their correlation is weak", () => {
    const x = rows.map(({ rating }) => rating as number)
    const y = rows.map(({ refusal }) => Number(refusal))
    const mean = (values: ReadonlyArray<number>) => values.reduce((sum, value) => sum + value, 0) / values.length
    const [mx, my] = [mean(x), mean(y)]
    const shared = x.reduce((sum, value, index) => sum + (value - mx) * ((y[index] as number) - my), 0)
    const spread = Math.sqrt(
      x.reduce((sum, value) => sum + (value - mx) ** 2, 0) * y.reduce((sum, value) => sum + (value - my) ** 2, 0),
    )
    expect(Math.abs(shared / spread)).toBeLessThan(0.8)
  })
})

it("refusals.jsonl has 500 answers or more, 110 of each class", () => {
  const classes = countBy("refusals.jsonl", "label")
  expect(read("refusals.jsonl").length).toBeGreaterThanOrEqual(500)
  for (const label of ["full_refusal", "partial_refusal", "full_compliance"])
    expect(classes.get(label)).toBeGreaterThanOrEqual(110)
})

it.each(files("benchmarks"))("%s has 80 items or more, no key far more frequent than another", (file) => {
  const counts = [...countBy(file, file.includes("openbookqa") ? "answerKey" : "label").values()]
  expect(read(file).length).toBeGreaterThanOrEqual(80)
  expect(Math.max(...counts)).toBeLessThan(1.5 * Math.min(...counts))
})
