/**
 * `repro trace --row` behind figures, and what narrows a row beyond equal columns: parts of it alone, rows that a function
 * picks, what a row is compared with. Through the real command line.
 */
import { beforeAll, describe, expect, it } from "vitest"
import { ranProject } from "../support/held-project.ts"
import { makeProject, type TestProject } from "../support/project.ts"

const PIPELINE = `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { grid, Pipeline } from "../kit/pipeline.ts"
import { Stage } from "../kit/stage.ts"

const { String: Text, Number: Real, Boolean: Flag } = Schema
const Items = Artifact.jsonl("items", Schema.Struct({ id: Text, odd: Flag }))
const Scores = Artifact.jsonl("scores", Schema.Struct({ id: Text, odd: Flag, score: Real }))
const Results = Artifact.jsonl("results", Schema.Struct({ task: Text, value: Real }))
const Means = Artifact.jsonl("means", Schema.Struct({ amount: Real, odd: Real, even: Real }))
const Spec = Artifact.json("specs", Schema.Unknown)
const Text_ = Artifact.file("papers", { extension: ".txt" })

export const read = Stage.make("read", {
  params: Schema.Struct({ name: Text }),
  inputs: {},
  outputs: { items: Items },
  run: ({ params }) => Effect.succeed({ items: [1, 2, 3, 4].map((at) => ({ id: params.name + at, odd: at % 2 === 1 })) }),
})
export const collect = Stage.make("collect", {
  params: Schema.Struct({}),
  inputs: { items: Artifact.many(Items) },
  outputs: { items: Items },
  rows: { items: { rules: [], from: { items: { columns: ["id"] } } } },
  run: ({ inputs }) => Effect.map(Effect.all(inputs.items.map(({ read }) => read)), (all) => ({ items: all.flat() })),
})
export const score = Stage.make("score", {
  params: Schema.Struct({ amount: Real }),
  inputs: { items: Items },
  outputs: { scores: Scores },
  // Items whose name begins with "b" get no score.
  rows: { scores: { rules: [], from: { items: { columns: ["id"] } } } },
  run: ({ params, inputs }) =>
    Effect.map(inputs.items.read, (items) => ({
      scores: items.filter(({ id }) => id.startsWith("a")).map((item) => ({ ...item, score: params.amount })),
    })),
})
export const test = Stage.make("test", {
  params: Schema.Struct({}),
  inputs: { first: Items, second: Items },
  outputs: { results: Results },
  rows: { results: { rules: [], from: { first: { when: { task: "one" } }, second: { when: { task: "two" } } } } },
  run: ({ inputs }) =>
    Effect.map(Effect.all([inputs.first.read, inputs.second.read]), (all) => ({
      results: all.map((items, at) => ({ task: ["one", "two"][at], value: items.length })),
    })),
})
const OF = { odd: (score) => score.odd, even: (score) => !score.odd }
const among = (scores) => (_, columns) => scores.filter((score) => columns === undefined || [...columns].some((name) => OF[name]?.(score)))
export const mean = Stage.make("mean", {
  params: Schema.Struct({}),
  inputs: { scores: Artifact.many(Scores), results: Results },
  outputs: { means: Means },
  rows: {
    means: {
      rules: [],
      from: { scores: { labels: ["amount"], beside: { amount: 0 }, among }, results: { cells: ["even"] } },
    },
  },
  run: ({ inputs }) =>
    Effect.map(Effect.all(inputs.scores.map(({ read, labels }) => Effect.map(read, (rows) => [labels.amount, rows]))), (all) => ({
      means: all.map(([amount, rows]) => ({
        amount,
        odd: rows.filter(OF.odd).reduce((sum, { score }) => sum + score, 0),
        even: rows.filter(OF.even).reduce((sum, { score }) => sum + score, 0),
      })),
    })),
})
export const draw = Stage.make("draw", {
  params: Schema.Struct({}),
  inputs: { means: Means, results: Results },
  outputs: { spec: Spec, picture: Text_ },
  rows: { spec: { rules: [], from: { means: { columns: ["amount"], columnIn: "of" }, results: { columns: ["task"] } } } },
  run: ({ inputs }) =>
    Effect.map(Effect.all([inputs.means.read, inputs.results.read]), ([means, results]) => ({
      picture: "drawn",
      spec: {
        $schema: "https://vega.github.io/schema/vega-lite/v6.json",
        hconcat: [
          { data: { values: means.flatMap(({ amount, odd, even }) => [{ amount, of: "odd", value: odd }, { amount, of: "even", value: even }]) } },
          { data: { values: results } },
        ],
      },
    })),
})
export const write = Stage.make("write", {
  params: Schema.Struct({}),
  inputs: { picture: Text_, results: Results },
  outputs: { txt: Text_ },
  run: ({ inputs }) => Effect.map(inputs.picture.read, () => ({ txt: "a paper" })),
})
export default Pipeline.make("drawn", {
  profiles: { small: {} },
  defaultProfile: "small",
  workerLock: () => "worker/lock.txt",
  body: () => {
    const sets = grid({ set: ["a", "b"] }, ({ set }) => read({}, { name: set }).items)
    const { items } = collect({ items: sets }, {})
    const scores = grid({ amount: [0, 1, 2] }, ({ amount }) => score({ items }, { amount }).scores)
    const { results } = test({ first: sets[0], second: sets[1] }, {})
    const { picture } = draw({ means: mean({ scores, results }, {}).means, results }, {})
    return { paper: write({ picture, results }, {}).txt }
  },
})
`

interface TracedStep {
  readonly node: string
  readonly rows?: Readonly<Record<string, { rows: ReadonlyArray<number> }>>
}

let project: TestProject
beforeAll(() => {
  const ran = ranProject((onFinished) => makeProject({ "pipelines/main.ts": PIPELINE }, onFinished))
  project = ran.project
  return ran.remove
})

/** Steps with the rows that count; undefined where all of a step does. */
const followed = (...args: ReadonlyArray<string>) => {
  const { code, stdout, stderr } = project.repro(["trace", ...args, "--format", "json"])
  expect(code, stderr).toBe(0)
  const steps: ReadonlyArray<TracedStep> = JSON.parse(stdout).steps
  return Object.fromEntries(steps.map(({ node, rows }) => [node, Object.values(rows ?? {})[0]?.rows]))
}

describe("a point of a figure", () => {
  it("leads to the column, the models beside each other and the rows that it is of", () => {
    expect(followed("draw", "--row", "amount=2", "--row", "of=odd")).toEqual({
      draw: [5],
      mean: [3],
      ...{ "score/amount=0": [1, 3], "score/amount=2": [1, 3] },
      collect: [1, 3],
      "read/set=a": [1, 3],
    })
  })

  it("leads to another panel's input, and there to the items of its own task", () => {
    expect(followed("draw", "--row", "task=two", "--column", "value")).toEqual({
      draw: [8],
      test: [2],
      "read/set=b": undefined,
    })
  })

  it("that comes from a column with further inputs leads to these as well", () => {
    const steps = followed("draw", "--row", "amount=1", "--row", "of=even")
    expect([steps.test, steps["score/amount=1"]]).toEqual([undefined, [2, 4]])
    expect(Object.keys(steps)).toContain("test")
  })
})

it("a step that counts as a whole leads to the rows that some of its own are made of, and to no others", () => {
  const steps = followed("mean", "--row", "amount=1")
  expect(steps["score/amount=1"]).toEqual([1, 2, 3, 4])
  expect(steps.collect).toEqual([1, 2, 3, 4])
})

it("rows that older code made otherwise follow all of what it read, and say so", () => {
  const file = project.read("pipelines/main.ts")
  project.write("pipelines/main.ts", file.replace('columns: ["amount"], columnIn', 'columns: ["bmount"], columnIn'))
  try {
    const { stdout } = project.repro(["trace", "draw", "--row", "of=odd"])
    expect(stdout).toContain("which rows of its inputs these are made of is not known, so all of them follow")
    expect(stdout).toContain("score × 3")
  } finally {
    project.write("pipelines/main.ts", file)
  }
})

describe("a paper", () => {
  it("says whose numbers it shows, and is found by its name in the view", () => {
    const { stdout } = project.repro(["trace", "write/write.txt"])
    expect(stdout).toMatch(
      /^write\n[\s\S]*numbers {2}of these results; ask one of them with --row and --column:\n│ +draw, test\n/,
    )
  })

  it.each([["write"], ["write/write.txt"], ["artifacts/view/drawn/small/write/write.txt"]])(
    "asked for a row as %s names the results to ask",
    (name) => {
      const { code, stdout, stderr } = project.repro(["trace", name, "--row", "1", "--column", "value"])
      expect([code, stdout]).toEqual([1, ""])
      expect(stderr).toMatch(
        /write\/txt has no rows\n[\s\S]*Ask one of those whose numbers it was made from: draw, test\./,
      )
    },
  )

  it("picture names the specification beside it", () => {
    expect(project.repro(["trace", "draw/picture", "--row", "1"]).stderr).toMatch(/These have: draw\/spec\./)
  })
})
