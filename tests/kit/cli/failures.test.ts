/** Failing stages through the real command line: what is told, what is kept, what still runs. */
import { expect, it } from "vitest"
import { makeProject, type Result } from "../support/project.ts"
import { oneStage, wordsProject } from "../support/words.ts"

/** A person's mistake is told in a few lines, without where in the kit it was found. */
const expectNoTrace = ({ stdout, stderr }: Result): void => {
  expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+:\d+|node_modules|kit\/(run|cli|plan|store)\//m)
}

const breaking = () => {
  const project = wordsProject()
  project.edit(
    "stages/text.ts",
    'appendFileSync(root + "/calls.txt", "shout\\n")',
    'if (text === "word word") throw new TypeError("two words are too many")\n      appendFileSync(root + "/calls.txt", "shout\\n")',
  )
  return project
}

it("ends with exit code 1, says what, where and what to do, and runs nothing that needs it", () => {
  const { repro, lines } = breaking()
  const result = repro(["run", "--jobs", "1"])
  expect(result.code).toBe(1)
  expect(result.stderr).toMatch(/error: The stage "shout" broke: two words are too many\n +at: .*stages\/text\.ts:\d+/)
  expect(result.stderr).toContain("see: repro show shout/words=2 --profile small\n")
  expect(result.stderr).toMatch(/1 failed/)
  expect(result.stderr).toMatch(/\d+ not run/)
  expectNoTrace(result)
  expect(result.stderr).not.toMatch(/start +measure\/words=2/)
  expect(lines("calls.txt")).not.toContain("shout 2")
})

it("goes on with what does not depend on it under --keep-going, and finishes once it is mended", () => {
  const { repro, edit, lines } = breaking()
  const result = repro(["run", "--keep-going"])
  expect(result.code).toBe(1)
  expect(result.stderr).toContain("4 computed, 0 cached, 1 failed, 1 not run of 6 nodes")
  expect(lines("calls.txt")).toContain("measure")
  edit("stages/text.ts", 'text === "word word"', 'text === ""')
  const mended = repro(["run"])
  expect(mended).toMatchObject({ code: 0 })
  expect(mended.stderr).toMatch(/2 cached/)
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("keeps a failure until it is mended: `show` tells it", () => {
  const { repro, edit, exists } = breaking()
  repro(["run", "--keep-going"])
  const shown = repro(["show", "shout/words=2"])
  expect(shown).toMatchObject({ code: 0 })
  expect(shown.stdout).toContain("last failure")
  expect(shown.stdout).toContain("two words are too many")
  const kept = /kept in (\S+)/.exec(shown.stdout)?.[1] ?? ""
  expect(exists(`${kept}/failure.json`)).toBe(true)
  expect(repro(["show", "shout/words=1"]).stdout).not.toContain("last failure")
  edit("stages/text.ts", 'text === "word word"', "text.length > 1000")
  repro(["run"])
  expect(repro(["show", "shout/words=2"]).stdout).not.toContain("last failure")
})

it("tells a stage's own error as the stage put it, and tries again as often as it says", () => {
  const definition = `export const fetch = Stage.make("fetch", {
    params: Schema.Struct({}), inputs: {}, outputs: { value: Value }, retries: 2,
    run: ({ root }) => Effect.suspend(() => {
      fs.appendFileSync(root + "/calls.txt", "fetch\\n")
      return new StageError({ message: "The server is busy", where: "example", remedy: "Wait a while.", retryable: true })
    }),
  })`
  const { repro, lines } = makeProject(oneStage(definition, "({ value: fetch({}, {}).value })"))
  const result = repro(["run"])
  expect(result.code).toBe(1)
  expect(result.stderr).toContain("error: The server is busy\n  at: example\n  do: Wait a while.")
  expect(lines("calls.txt")).toHaveLength(3)
  expect(result.stderr.match(/^retry/gm)).toHaveLength(2)
})

it.each([
  ["{ value: Number.NaN }", "Schema.Number", /NaN/],
  ["{ value: 1 / 0 }", "Schema.Number", /Infinity/],
  ["{ value: 3 }", "Schema.String", /[Ss]tring/],
  ["{}", "Schema.String", /value/],
])("refuses the output %s, and records nothing (inspect_ai#4491)", (value, schema, told) => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({}), inputs: {},
    outputs: { answer: Artifact.json("answers", Schema.Struct({ value: ${schema} })) },
    run: () => Effect.succeed({ answer: ${value} }) as never,
  })`
  const { repro } = makeProject(oneStage(definition, "({ answer: give({}, {}).answer })"))
  const result = repro(["run"])
  expect(result.code).toBe(1)
  expect(result.stderr).toContain('does not fit "answers"')
  expect(result.stderr).toContain('output "answer" of give')
  expect(result.stderr).toMatch(told)
  expectNoTrace(result)
  expect(repro(["plan"]).stdout).toContain("1 would run")
})

it("names the line of an input that does not fit its type", () => {
  const definition = `const Bytes = Artifact.jsonl("rows", Schema.Struct({ id: Schema.String }))
  const Loose = Artifact.jsonl("rows", Schema.Struct({ id: Schema.Unknown }))
  export const give = Stage.make("give", {
    params: Schema.Struct({}), inputs: {}, outputs: { rows: Loose },
    run: () => Effect.succeed({ rows: [{ id: "a" }, { id: 2 }] }),
  })
  export const take = Stage.make("take", {
    params: Schema.Struct({}), inputs: { rows: Bytes }, outputs: { value: Value },
    run: ({ inputs }) => Effect.map(inputs.rows.read, (rows) => ({ value: { value: "" + rows.length } })),
  })`
  const { repro } = makeProject(
    oneStage(definition, "({ value: take({ rows: give({}, {}).rows as never }, {}).value })"),
  )
  const result = repro(["run"])
  expect(result.code).toBe(1)
  expect(result.stderr).toContain("rows.jsonl of give, line 2")
  expectNoTrace(result)
})
