/** `repro stage`: one node again, compared with what is recorded; and results of one key that differ. */
import { expect, it } from "vitest"
import { makeProject, type TestProject } from "../support/project.ts"
import { oneStage } from "../support/words.ts"

/** `give` gives what the file `moving.txt` holds, undeclared: it stands for a stage that isn't deterministic. */
const movingProject = (): TestProject => {
  const definition = `const Rows = Artifact.jsonl("rows", Schema.Struct({ text: Schema.String }))
  export const give = Stage.make("give", {
    params: Schema.Struct({}), inputs: {}, outputs: { rows: Rows },
    run: ({ root }) => Effect.sync(() => ({ rows: fs.readFileSync(root + "/moving.txt", "utf8").split(" ").map((text) => ({ text })) })),
  })
  export const join = Stage.make("join", {
    params: Schema.Struct({}), inputs: { rows: Rows }, outputs: { value: Value },
    run: ({ inputs }) => Effect.map(inputs.rows.read, (rows) => ({ value: { value: rows.map(({ text }) => text).join("+") } })),
  })`
  const project = makeProject(oneStage(definition, "({ value: join({ rows: give({}, {}).rows }, {}).value })"))
  project.write("moving.txt", "a b c")
  return project
}

const joined = ({ read }: TestProject): string => JSON.parse(read("artifacts/view/one/small/join/value.json")).value
const given = ({ read }: TestProject): string => read("artifacts/view/one/small/give/rows.jsonl")

it("says that the result is the same", () => {
  const { repro } = movingProject()
  repro(["run"])
  const result = repro(["stage", "give"])
  expect(result).toMatchObject({ code: 0 })
  expect(result.stdout).toBe("  same      rows\nThe result equals the recorded one.\n")
})

it("says where the result differs, and changes nothing without --accept", () => {
  const project = movingProject()
  const { repro, write } = project
  repro(["run"])
  write("moving.txt", "a X c")
  const result = repro(["stage", "give"])
  expect(result.stdout).toMatch(/different rows: row 2, text: "b" → "X"\n/)
  expect(result.stdout).toContain("the recorded one, which stays")
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(joined(project)).toBe("a+b+c")
  expect(repro(["query", "--format", "csv", "SELECT text FROM rows"]).stdout).toBe("text\na\nb\nc\n")
})

it("replaces the result with --accept; the next run carries it downstream and into the view", () => {
  const project = movingProject()
  const { repro, write } = project
  repro(["run"])
  write("moving.txt", "a X c")
  expect(repro(["stage", "give", "--accept"]).stdout).toContain("replaces it")
  expect(repro(["plan"]).stdout).toMatch(/run +join\n +input changed: rows from give/)
  expect(repro(["run"]).stderr).toContain("1 computed, 1 cached of 2 nodes")
  expect(joined(project)).toBe("a+X+c")
  expect(given(project)).toContain("X")
})

it("records a node that had no result yet, and says what to run first where inputs are missing", () => {
  const { repro } = movingProject()
  const early = repro(["stage", "join"])
  expect(early.code).toBe(1)
  expect(early.stderr).toContain("The inputs of join are not up to date: give would run first")
  expect(early.stderr).toContain("Run `repro run join` first.")
  expect(repro(["stage", "give"]).stdout).toContain("this one is recorded now")
  expect(repro(["run"]).stderr).toContain("1 computed, 1 cached of 2 nodes")
})

it("fails as a run fails, and keeps the recorded result", () => {
  const { repro, root, write } = movingProject()
  repro(["run"])
  write("moving.txt", "")
  const missing = repro(["stage", "give"], {})
  expect(missing).toMatchObject({ code: 0 })
  write("pipelines/hold", root)
  expect(repro(["stage", "nothing"]).stderr).toContain('matches "nothing"')
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("shows in the view of every profile what the store holds, after a forced rerun in one of them", () => {
  const project = movingProject()
  const { repro, edit, write, read } = project
  edit("pipelines/main.ts", "profiles: { small: {} }", "profiles: { small: {}, twin: {} }")
  repro(["run"])
  repro(["run", "--profile", "twin"])
  write("moving.txt", "a X c")
  repro(["run", "--force", "--profile", "twin", "give"])
  repro(["run"])
  expect(given(project)).toContain("X")
  expect(joined(project)).toBe("a+X+c")
  repro(["run", "--profile", "twin"])
  expect(read("artifacts/view/one/twin/join/value.json")).toContain("a+X+c")
})
