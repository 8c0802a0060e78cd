/** Stages that do what they must not: each is told for what it is, without a stack trace, and no run waits for ever. */
import { describe, expect, it } from "vitest"
import { makeProject, type Result } from "../support/project.ts"
import { oneStage } from "../support/words.ts"

const RUNS: Readonly<Record<string, string>> = {
  "a value": "Effect.flatMap(Effect.succeed(1), () => 5)",
  "a promise": "Promise.resolve({ value: { value: 'a' } })",
  nothing: "Effect.void",
  "half of it": "Effect.succeed({})",
  throws: "(() => { throw new TypeError('no such column') })()",
  whole: "Effect.succeed({ value: { value: 'a' } })",
}

const project = () =>
  makeProject(
    oneStage(
      `const runs: Record<string, () => never> = {${Object.entries(RUNS)
        .map(([name, work]) => `${JSON.stringify(name)}: () => ${work} as never`)
        .join(",\n")}}
export const careless = Stage.make("careless", {
  params: Schema.Struct({ way: Schema.String }), inputs: {}, outputs: { value: Value },
  run: ({ params }) => (runs[params.way] as () => never)(),
})`,
      `Object.fromEntries(grid({ way: ${JSON.stringify(Object.keys(RUNS))} }, ({ way }) => careless({}, { way }).value).map((value, index) => [index, value]))`,
    ),
  )

/** A project whose one stage does this while it runs. */
const doing = (what: string): Result =>
  makeProject(
    oneStage(
      `export const careless = Stage.make("careless", {
  params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
  run: () => { ${what}; return Effect.delay(Effect.succeed({ value: { value: "a" } }), "20 seconds") },
})`,
      "({ value: careless({}, {}).value })",
    ),
  ).repro(["run"])

const expectPlain = ({ stderr }: Result): void => expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+|node_modules/m)

it("a stage that gives something else than its outputs fails alone, and the others go on", () => {
  const { repro } = project()
  const result = repro(["run", "--keep-going"])
  expect(result.code).toBe(1)
  expectPlain(result)
  expect(result.stderr).toContain('The stage "careless" gave 5 where an Effect belongs')
  expect(result.stderr).toContain('The stage "careless" gave a Promise where an Effect belongs')
  expect(result.stderr).toContain('The stage "careless" gave undefined, not its outputs (value)')
  expect(result.stderr).toContain('does not fit "values"')
  expect(result.stderr).toContain('The stage "careless" broke: no such column')
  expect(result.stderr).toContain("1 computed, 0 cached, 5 failed of 6 nodes")
  const shown = repro(["show", "careless/way=throws"]).stdout
  expect(shown).toMatch(/last failure\n.*\n +The stage "careless" broke: no such column\n +at: .*main\.ts:\d+\n +do: /)
  expect(shown).not.toMatch(/\bat .*\.[jt]s:\d+:\d+/)
})

describe("a stage that goes on beside its effect", () => {
  it("and fails there ends the run with that error, its place and no trace", () => {
    const result = doing('setTimeout(() => { throw new Error("too late") }, 1)')
    expect(result.code).toBe(1)
    expectPlain(result)
    expect(result.stderr).toMatch(/Something failed that nobody waited for: too late\n +at: .*main\.ts:\d+\n +do: /)
  })

  it("with a promise that nobody waits for ends it the same way", () => {
    const result = doing('void Promise.reject(new Error("unheard"))')
    expect(result.code).toBe(1)
    expect(result.stderr).toContain("Something failed that nobody waited for: unheard")
  })

  it("and ends the process is told so, and never as a success", () => {
    const result = doing("process.exit(0)")
    expect(result.code).toBe(1)
    expect(result.stderr).toContain("The process was ended from inside with code 0")
  })
})
