/** `repro trace --row --column`: from a cell of a table to the rows that it was made from, through the real command line. */
import * as fs from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { ranProject } from "../support/held-project.ts"
import { makeProject, type TestProject } from "../support/project.ts"

const PIPELINE = `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { grid, Pipeline } from "../kit/pipeline.ts"
import { Stage } from "../kit/stage.ts"

const { String: Text, Number: Real } = Schema
const Scores = Artifact.jsonl("scores", Schema.Struct({ id: Text, set: Text, score: Real }))
const Said = Artifact.jsonl("said", Schema.Struct({ id: Text, answer: Text }), { sensitive: { column: "answer", when: "true" } })
const Means = Artifact.jsonl("means", Schema.Struct({ set: Text, amount: Real, mean: Real }))
const Table = Artifact.json("tables", Schema.Unknown)

export const ask = Stage.make("ask", {
  params: Schema.Struct({ amount: Real }),
  inputs: {},
  outputs: { scores: Scores },
  run: ({ params }) =>
    Effect.succeed({
      scores: ["odd", "plain"].flatMap((set) => ["a", "b"].map((id) => ({ id: set + "-" + id, set, score: params.amount }))),
    }),
})
export const say = Stage.make("say", {
  params: Schema.Struct({}),
  inputs: {},
  outputs: { said: Said },
  run: () => Effect.succeed({ said: ["a", "b"].map((id) => ({ id, answer: "plainly " + id })) }),
})
export const average = (scores) => scores.reduce((sum, { score }) => sum + score, 0) / scores.length
export const mean = Stage.make("mean", {
  params: Schema.Struct({}),
  inputs: { scores: Artifact.many(Scores) },
  outputs: { means: Means },
  rows: { means: { rules: ["pipelines/main.ts#average"], from: { scores: { labels: ["amount"], columns: ["set"] } } } },
  run: ({ inputs }) =>
    Effect.map(Effect.all(inputs.scores.map(({ read, labels }) => Effect.map(read, (rows) => [labels.amount, rows]))), (all) => ({
      means: all.flatMap(([amount, rows]) =>
        ["odd", "plain"].map((set) => ({ set, amount, mean: average(rows.filter((row) => row.set === set)) })),
      ),
    })),
})
export const table = Stage.make("table", {
  params: Schema.Struct({}),
  inputs: { means: Means },
  outputs: { table: Table, text: Artifact.file("texts", { extension: ".md" }) },
  rows: { table: { rules: ["pipelines/main.ts#gone"], from: { means: "cell" } } },
  run: ({ inputs }) =>
    Effect.map(inputs.means.read, (means) => ({
      text: "a table",
      table: {
        columns: [{ key: "set", title: "Set" }, ...[1, 2].map((amount) => ({ key: "amount-" + amount, title: "amount " + amount, of: { amount } }))],
        rows: ["odd", "plain"].map((set) => ({
          set: set.toUpperCase(),
          ...Object.fromEntries(means.filter((row) => row.set === set).map((row) => ["amount-" + row.amount, row.mean.toFixed(2)])),
        })),
        origins: ["odd", "plain"].map((set) => ({ set })),
      },
    })),
})
export default Pipeline.make("cells", {
  profiles: { small: {} },
  defaultProfile: "small",
  workerLock: () => "worker/lock.txt",
  body: () => {
    const scores = grid({ amount: [1, 2] }, ({ amount }) => ask({}, { amount }).scores)
    return { ...say({}, {}), table: table({ means: mean({ scores }, {}).means }, {}).table }
  },
})
`

interface TracedStep {
  readonly node: string
  readonly rows?: Readonly<
    Record<string, { rows: ReadonlyArray<number>; of: number; rules: ReadonlyArray<string> | null }>
  >
}

let project: TestProject
beforeAll(() => {
  const ran = ranProject((onFinished) => makeProject({ "pipelines/main.ts": PIPELINE }, onFinished))
  project = ran.project
  return ran.remove
})

const trace = (...args: ReadonlyArray<string>) => project.repro(["trace", ...args])
const steps = (...args: ReadonlyArray<string>): ReadonlyArray<TracedStep> => {
  const { code, stdout, stderr } = trace(...args, "--format", "json")
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout).steps
}

describe("a cell of a table", () => {
  it("leads to the one row, the models and the rows of theirs that it was made from", () => {
    const found = steps("table", "--row", "Set=PLAIN", "--column", "amount 2")
    expect(found.map(({ node, rows }) => [node, Object.values(rows ?? {}).map((part) => part.rows)])).toEqual([
      ["ask/amount=2", [[3, 4]]],
      ["mean", [[4]]],
      ["table", [[2]]],
    ])
  })

  it("shows its value, the rule and the rows, and says where a rule is not in the code that made it", () => {
    const { stdout } = trace("table", "--row", "2", "--column", "amount-2")
    expect(stdout).toMatch(/^2\.00 is row 2, column amount 2, of\ntable\n/)
    expect(stdout).toMatch(/rule {5}pipelines\/main\.ts#gone \(not in the code that made it\)/)
    expect(stdout).toMatch(/gave {5}means: 1 of 4 rows of means.*\n.*rows {5}4: set plain, amount 2, mean 2\n/)
    expect(stdout).toMatch(/rule {5}pipelines\/main\.ts#average\n/)
    expect(stdout).toMatch(/scores: 2 of 4 rows of scores.*\n.*rows {5}all: set plain, score 2\n.*3: id plain-a\n/)
  })

  it("of a row alone leads to every model, and of a column alone to every row", () => {
    expect(steps("table", "--row", "1").map(({ node }) => node)).toEqual([
      "ask/amount=1",
      "ask/amount=2",
      "mean",
      "table",
    ])
    expect(trace("table", "--row", "1").stdout).toMatch(/1 of amount 1: id odd-a, score 1\n/)
    const column = steps("table/table", "--column", "amount-1")
    expect(column.map(({ node }) => node)).toEqual(["ask/amount=1", "mean", "table"])
    expect(column[1]?.rows?.means?.rows).toEqual([1, 2])
  })

  it("is found by the file that shows it", () => {
    const file = "artifacts/view/cells/small/table/table.json"
    expect(steps(file, "--row", "1", "--column", "amount-1")[0]?.rows?.scores?.rows).toEqual([1, 2])
  })
})

describe("rows of JSON Lines", () => {
  it("are named by their own columns", () => {
    const found = steps("mean", "--row", "set=odd", "--row", "amount=1", "--column", "mean")
    expect(found.map(({ node, rows }) => [node, Object.values(rows ?? {})[0]?.rows])).toEqual([
      ["ask/amount=1", [1, 2]],
      ["mean", [1]],
    ])
  })
})

describe("what views withhold", () => {
  it.each([
    [["say", "--row", "1"], 0],
    [["say", "--row", "1", "--column", "answer"], 0],
    [["say", "--row", "1", "--column", "answer", "--format", "json"], 0],
    [["say", "--row", "answer=plainly b"], 0],
    [["say", "--row", "answer=x"], 1],
    [["say", "--row", "7"], 1],
  ] as const)("is not told by %j", (args, expected) => {
    const { code, stdout, stderr } = trace(...args)
    expect(code, stderr).toBe(expected)
    expect(stdout + stderr).not.toContain("plainly")
    expect(stdout + stderr).toMatch(/id[ =][ab]\b|"rows": \[\s+1\s/)
  })

  it("is not told where another pipeline is asked, which knows nothing of it", () => {
    project.write(
      "pipelines/other.ts",
      project.read("pipelines/main.ts").replace("...say({}, {}), ", "").replace('"cells"', '"other"'),
    )
    const file = "artifacts/view/cells/small/say/said.jsonl"
    const { code, stdout, stderr } = trace(file, "--row", "1", "--column", "answer", "--pipeline", "other")
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(stderr).toMatch(/say is of pipeline "cells".*\n[\s\S]*--pipeline/)
  })
})

describe("a mistake", () => {
  it.each([
    [["table", "--row", "Set=ODDER"], /No row has Set=ODDER\n[\s\S]*The values there are: ODD, PLAIN\./],
    [["table", "--row", "9"], /There is no row 9\n[\s\S]* 2 {2}Set=PLAIN\n?$/],
    [["table", "--row", "1", "--row", "Set=PLAIN"], /No row has 1 and Set=PLAIN\n[\s\S]*The rows are/],
    [["table/tables"], /table has no output "tables"\n[\s\S]*Its outputs are: table\/table, table\/text\./],
    [["table", "--row", "odd"], /"odd" is no row\n[\s\S]*COLUMN=VALUE\. The rows are/],
    [
      ["table", "--row", "1", "--column", "3"],
      /no column "3"\n[\s\S]*The columns are: Set \(set\), amount 1 \(amount-1\)/,
    ],
    [["table", "--row", "size=1"], /no column "size"/],
    [["table/text", "--row", "1"], /table\/text has no rows\n[\s\S]*These have: table\/table/],
    [["ask", "--row", "1"], /2 results are named, but a row is of one\n[\s\S]*such as ask\/amount=1/],
    [["table", "--row", "1", "--where", "amount=7"], /has amount=7\n/],
  ] as const)("in %j is told with what there is", (args, expected) => {
    const { code, stdout, stderr } = trace(...args)
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(stderr).toMatch(expected)
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
  })
})

it("follows all of what a step read where it is not known which rows or where bytes are gone, and nothing that was changed", () => {
  const file = project.read("pipelines/main.ts")
  const undeclared = file.replace(/ {2}rows: \{ means: .*\n/, "")
  project.write("pipelines/main.ts", undeclared)
  try {
    expect(project.repro(["plan"]).stdout).not.toContain("run ")
    const { stdout } = trace("table", "--row", "1", "--column", "amount-1")
    expect(stdout).toContain("which rows of its inputs these are made of is not known, so all of them follow")
    expect(stdout).toContain("ask × 2")
  } finally {
    project.write("pipelines/main.ts", file)
  }
  const table = steps("table").at(-1) as unknown as { outputs: { table: { digest: string } } }
  const place = `${project.root}/artifacts/objects/${table.outputs.table.digest.slice(0, 2)}/${table.outputs.table.digest.slice(2)}`
  const whole = fs.readFileSync(place, "utf8")
  fs.chmodSync(place, 0o644)
  fs.writeFileSync(place, whole.replace("1.00", "9.00"))
  expect(trace("table", "--row", "1").stderr, "a number that somebody changed is not traced").toMatch(
    /table\/table is damaged/,
  )
  fs.writeFileSync(place, whole)
  const scores = steps("ask/amount=1").at(-1) as unknown as { outputs: { scores: { digest: string } } }
  const { digest } = scores.outputs.scores
  const object = `${project.root}/artifacts/objects/${digest.slice(0, 2)}/${digest.slice(2)}`
  const bytes = fs.readFileSync(object)
  fs.rmSync(object)
  try {
    const step = steps("table", "--row", "1", "--column", "amount-1")[0]
    expect([step?.node, step?.rows]).toEqual(["ask/amount=1", {}])
  } finally {
    fs.writeFileSync(object, bytes)
  }
})
