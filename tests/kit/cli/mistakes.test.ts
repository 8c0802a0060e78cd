/** What a person may mistype or forget, through the real command line. One project serves the tests that only read. */
import { beforeAll, describe, expect, it } from "vitest"
import { heldProject } from "../support/held-project.ts"
import { makeProject, type Result, type TestProject } from "../support/project.ts"
import { oneStage, wordsProject } from "../support/words.ts"

let project: TestProject
beforeAll(() => {
  const held = heldProject(wordsProject)
  project = held.project
  return held.remove
})

const expectPlain = (result: Result, ...texts: ReadonlyArray<string>): void => {
  expect(result.code).toBe(1)
  expect(result.stdout).toBe("")
  expect(result.stderr).toMatch(/^error: /)
  expect(result.stderr).not.toMatch(/^\s+at .*:\d+:\d+|node_modules/m)
  for (const text of texts) expect(result.stderr).toContain(text)
}

describe("what is not known", () => {
  it("is a selector, for which the nearest is offered", () => {
    expectPlain(project.repro(["run", "shuot"]), '"shuot"; did you mean "shout"?', "repro ls")
    expectPlain(project.repro(["plan", "write/words=3"]), 'did you mean "write/words=')
    expectPlain(project.repro(["ls", "zzz*"]), 'matches "zzz*"')
    expectPlain(project.repro(["show", "write"]), '"write" names 2 nodes: write/words=1, write/words=2')
  })

  it("is a profile, for which the nearest is offered", () => {
    expectPlain(project.repro(["run", "--profile", "smal"]), 'no profile "smal"; did you mean "small"?', "small, large")
  })

  it("is a pipeline, for which the known ones are listed", () => {
    expectPlain(project.repro(["run", "--pipeline", "other"]), 'There is no pipeline "other"', "one of: main")
  })

  it("is a command or a flag: the usage is shown and nothing runs", () => {
    for (const args of [
      ["rnu"],
      ["run", "--forse"],
      ["run", "--jobs", "0"],
      ["run", "-j", "x"],
      ["query", "--format", "xml", "SELECT 1"],
      ["show"],
    ]) {
      const { code, stdout, stderr } = project.repro(args)
      expect(code, args.join(" ")).toBe(1)
      expect(stdout + stderr, args.join(" ")).toMatch(/rnu|forse|jobs|format|NODE/)
      expect(stdout + stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
    }
    expect(project.lines("calls.txt")).toEqual([])
  })
})

describe("a pipeline that can't be loaded is told with file and line", () => {
  it.each([
    ["a stage's module that throws", 'throw new Error("no such set")\n', "no such set"],
    ["a mistake in the language", "const x = ;\n", "Expression expected"],
    ["an import that isn't there", 'import { none } from "./text.ts"\n', "an export named 'none'"],
  ])("%s", (_, line, what) => {
    const before = project.read("stages/helpers.ts")
    project.write("stages/helpers.ts", `\n${line}${before}`)
    expectPlain(project.repro(["plan"]), what, `at: ${project.root}/stages/helpers.ts:2\n`)
    project.write("stages/helpers.ts", before)
  })
})

it("--help and --version say what there is", () => {
  const help = project.repro(["--help"])
  expect(help.code).toBe(0)
  for (const name of ["run", "plan", "explain", "stage", "ls", "show", "query"])
    expect(help.stdout).toMatch(new RegExp(`^ +${name}\\b`, "m"))
  expect(project.repro(["run", "--help"]).stdout).toContain("--keep-going")
  expect(project.repro(["--version"]).stdout).toContain("0.1.0")
})

describe("a pipeline's file", () => {
  const withPipeline = (text: string) => makeProject({ "pipelines/main.ts": text })

  it("without a default export is named", () => {
    expectPlain(
      withPipeline("export const nothing = 1\n").repro(["plan"]),
      "pipelines/main.ts has no pipeline as its default export",
    )
  })

  it.each([
    ["that can't be read", "export default {", "The pipeline can't be loaded"],
    ["that imports what is missing", 'import "./none.ts"\nexport default 1', "none.ts"],
    ["that throws", 'throw new Error("no luck")', "no luck"],
  ])("%s is told plainly", (_, text, told) => expectPlain(withPipeline(text).repro(["plan"]), told))

  it("in no project is told plainly", () => {
    const lost = withPipeline("")
    lost.write("package.json", '{"type":"module"}')
    expectPlain(lost.repro(["plan"]), "No project was found", '{"repro"')
  })
})

const GIVE = `Stage.make("give", {
  params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
  run: () => Effect.succeed({ value: { value: "a" } }),
})`

describe("a stage", () => {
  it("that is not exported is named, with what to write", () => {
    const { repro } = makeProject(oneStage(`const give = ${GIVE}`, "({ value: give({}, {}).value })"))
    expectPlain(repro(["run"]), '"give" is not exported', "pipelines/main.ts", "export const")
  })

  it("may be exported under any name", () => {
    const { repro } = makeProject(
      oneStage(`const give = ${GIVE}\nexport { give as taken }`, "({ value: give({}, {}).value })"),
    )
    expect(repro(["run"])).toMatchObject({ code: 0 })
  })

  it("that is made in a function is refused, since its code has no name", () => {
    const { repro } = makeProject(oneStage(`const make = () => ${GIVE}`, "({ value: make()({}, {}).value })"))
    expectPlain(repro(["run"]), '"give" is not exported')
  })

  it("that reads an undeclared environment variable is refused (calkit#587)", () => {
    const reading = GIVE.replace('"a"', 'process.env.SECRET_SAUCE ?? ""')
    const { repro } = makeProject(oneStage(`export const give = ${reading}`, "({ value: give({}, {}).value })"))
    expectPlain(repro(["run"]), "pipelines/main.ts", "SECRET_SAUCE is read, but not declared")
  })

  it("with two nodes of one name is refused before anything runs", () => {
    const { repro } = makeProject(
      oneStage(`export const give = ${GIVE}`, "{ give({}, {}); return { value: give({}, {}).value } }"),
    )
    expectPlain(repro(["run"]), 'Two nodes have the name "give"')
  })
})
