/** Mistakes in a pipeline are found while it is built, and their messages name what a person must change. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { Artifact } from "../../kit/artifact.ts"
import { PipelineError } from "../../kit/errors.ts"
import { dependencies } from "../../kit/node.ts"
import { grid, labelled, Pipeline } from "../../kit/pipeline.ts"
import { Stage } from "../../kit/stage.ts"
import { count, gather, graphOf, read } from "./support/graph.ts"

/** The error of a body, with its message, its place and its remedy in one text. */
const mistake = (body: () => object): string => {
  try {
    graphOf(body as never)
  } catch (error) {
    expect(error).toBeInstanceOf(PipelineError)
    const { message, where, remedy } = error as PipelineError
    expect(remedy).not.toBe("")
    return `${message}\n${where}\n${remedy}`
  }
  throw new Error("the pipeline was built")
}

it("makes a node for each point of nested grids, each after what it reads", () => {
  const graph = graphOf(() => {
    const reports = grid({ amount: [1, 2] }, ({ amount }) => {
      const { rows } = read({}, { amount })
      return grid({ seed: [7, 8], way: ["a b", "c"] }, () => count({ rows }, {}).report)
    }).flat()
    return Object.fromEntries(reports.map((report, index) => [`${index}`, report]))
  })
  expect(graph.nodes).toHaveLength(2 + 8)
  expect(graph.nodes.map(({ id }) => id)).toContain("count/amount=2/seed=8/way=a b")
  expect(graph.nodes.at(-1)?.labels).toEqual({ amount: 2, seed: 8, way: "c" })
  for (const node of graph.nodes) {
    for (const dependency of dependencies(node)) expect(dependency.index).toBeLessThan(node.index)
  }
  expect(graph.results).toHaveLength(8)
})

it("tells two calls of a stage apart by labels, inside a grid too", () => {
  const graph = graphOf(() => {
    const rows = grid({ seed: [7] }, () => labelled({ set: "a" }, () => read({}, { amount: 1 }).rows))
    return {
      first: rows[0] as (typeof rows)[number],
      second: labelled({ set: "b" }, () => read({}, { amount: 1 }).rows),
    }
  })
  expect(graph.nodes.map(({ id, labels }) => [id, labels])).toEqual([
    ["read/seed=7/set=a", { seed: 7, set: "a" }],
    ["read/set=b", { set: "b" }],
  ])
})

it("names both of two nodes with one name", () => {
  const message = mistake(() => {
    read({}, { amount: 1 })
    return read({}, { amount: 2 })
  })
  expect(message).toContain('Two nodes have the name "read"')
  expect(message).toContain('{"amount":1}')
  expect(message).toContain('{"amount":2}')
})

it("names both where two label values have one text", () => {
  const message = mistake(() => grid({ amount: [1, "1"] }, () => read({}, { amount: 1 })))
  expect(message).toContain('"read/amount=1"')
})

it("refuses an empty grid and names its members", () => {
  const message = mistake(() => grid({ model: ["m"], amount: [], seed: [1] }, () => 1))
  expect(message).toContain("The grid over model × amount × seed is empty")
  expect(message).toContain('"amount" has no values')
})

it("refuses a repeated value of an axis", () => {
  const message = mistake(() => grid({ amount: [1, 2, 1] }, ({ amount }) => read({}, { amount })))
  expect(message).toContain('The axis "amount" holds 1 twice: [1,2,1]')
})

it("refuses an inner grid over the same axis, and forgets the labels of one that failed", () => {
  const message = mistake(() => grid({ seed: [1] }, () => grid({ seed: [2] }, () => 1)))
  expect(message).toContain('"seed" is already an axis of an outer grid')
  expect(graphOf(() => ({ rows: read({}, { amount: 1 }).rows })).nodes[0]?.id).toBe("read")
})

it.each([-1, 101, 1.5, Number.NaN, "1", undefined])(
  "refuses the param %s, which is out of range, and names it",
  (amount) => {
    const message = mistake(() => grid({ seed: [3] }, () => read({}, { amount: amount as number })))
    expect(message).toContain('The params of "read/seed=3" are not valid')
    expect(message).toContain("amount")
  },
)

it("refuses a param that the stage does not have", () => {
  const params = { amount: 1, amout: 2 }
  expect(mistake(() => read({}, params))).toContain("amout")
})

it("refuses a stage or a grid outside a pipeline", () => {
  expect(() => read({}, { amount: 1 })).toThrow(/"read" was called outside a pipeline/)
  expect(() => grid({ seed: [1] }, () => 1)).toThrow(/"grid" was called outside a pipeline/)
})

it("refuses a pipeline inside another", () => {
  expect(mistake(() => graphOf(() => ({})))).toContain('Pipeline "demo" was built inside pipeline "demo"')
})

it("refuses an empty list for a many-input", () => {
  expect(mistake(() => gather({ all: [] }, {}))).toContain('Input "all" of "gather" got an empty list')
})

it("refuses wiring that slipped past the compiler, and names the nodes", () => {
  const wrong = { rows: undefined, all: undefined, more: undefined } as never
  expect(mistake(() => count(wrong, {}))).toContain('Input "rows" of "count" is not wired')
  expect(mistake(() => gather(wrong, {}))).toContain("an array of handles")
  const message = mistake(() => {
    const { report } = gather({ all: [read({}, { amount: 1 }).rows] }, {})
    return count({ rows: report as never }, {})
  })
  expect(message).toContain('Input "rows" of "count" takes "rows", not "report" of gather')
  const unknown = mistake(() => {
    const { rows } = read({}, { amount: 1 })
    return count({ rows, row: rows } as never, {})
  })
  expect(unknown).toContain('"count" has no input "row"; its inputs are rows')
})

it("refuses names that SQL has of its own", () => {
  expect(mistake(() => grid({ Type: ["a"] }, () => 1))).toContain('An axis can\'t be called "Type"')
  const taken = Stage.make("give", {
    params: Schema.Struct({}),
    inputs: {},
    outputs: { runs: Artifact.json("runs", Schema.Struct({})) },
    run: () => Effect.succeed({ runs: {} }),
  })
  expect(mistake(() => taken({}, {}))).toContain('An artifact type can\'t be called "runs"')
})

it("offers the nearest profile for an unknown one", () => {
  const pipeline = Pipeline.make("demo", {
    profiles: { smoke: {}, paper: {} },
    defaultProfile: "smoke",
    workerLock: () => "lock",
    body: () => ({}),
  })
  expect(() => pipeline.graph("papre")).toThrow('has no profile "papre"; did you mean "paper"?')
  expect(() => pipeline.graph("toString")).toThrow(/has no profile "toString"/)
  try {
    pipeline.graph("zzzzzz")
    expect.unreachable()
  } catch (error) {
    expect(error).toMatchObject({ remedy: "Choose one of: smoke, paper." })
  }
})
