import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { CodeRefused } from "../../../kit/code/errors.ts"
import { typescriptDigest } from "../../../kit/code/typescript.ts"
import { edit, PROJECT, project, remove, write } from "./project.ts"

let root = ""
beforeEach(() => {
  root = project(PROJECT)
})
afterEach(() => remove(root))

const HEAD = `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Stage } from "../kit/stage.ts"
`
/** A stage on line 5 whose body is `body`, after `before` on line 4. */
const stage = (before: string, body: string): string =>
  `${HEAD}${before}\nexport const odd = Stage.make("odd", { params: Schema.Unknown, run: (row: { name: string }) => Effect.sync(() => ${body}) })\n`

const failure = async (text: string): Promise<CodeRefused> => {
  write(root, { "stages/odd.ts": text })
  return typescriptDigest(root, { file: "stages/odd.ts", export: "odd" }).then(
    () => expect.fail("it was not refused"),
    (error) => error,
  )
}

type Case = readonly [title: string, before: string, body: string, line: number, what: RegExp]
const REFUSED: ReadonlyArray<Case> = [
  ["import.meta", "", "import.meta.url", 5, /import\.meta/],
  ["import.meta on loading", "const here = import.meta.dirname", "here", 4, /import\.meta/],
  ["require", "", 'require("x")', 5, /require\(\)/],
  ["createRequire", 'import { createRequire } from "node:module"', "createRequire('/x')('y')", 4, /createRequire/],
  [
    "createRequire of a namespace",
    'import * as module from "node:module"',
    "module.createRequire('/x')('y')",
    4,
    /createRequire/,
  ],
  ["computed import()", "", "import(row.name)", 5, /computed name/],
  ["computed import() with a template", "", "import(`./$" + "{row.name}.ts`)", 5, /computed name/],
  ["an unresolved file", 'import { a } from "./nowhere.ts"', "a", 4, /leads to no file/],
  ["a path without extension", 'import { clean } from "./text"', "clean(row.name)", 4, /leads to no file/],
  ["a path of package.json's imports", 'import { a } from "#lib/a.ts"', "a", 4, /can't be followed/],
  ["an effect run on loading", "const a = Effect.runSync(Effect.succeed(1))", "a", 4, /Effect\.runSync runs an effect/],
  [
    "an effect run on loading in a pipe",
    "Effect.succeed(1).pipe(Effect.runSync)",
    "1",
    4,
    /Effect\.runSync runs an effect/,
  ],
  [
    "an effect run on loading under another name",
    'import { runPromise as go } from "effect/Effect"; await go(Effect.succeed(1))',
    "1",
    4,
    /runPromise runs/,
  ],
  [
    "an effect run on loading, taken out first",
    "const { runSync } = Effect",
    "runSync(Effect.succeed(1))",
    4,
    /Effect\.runSync runs/,
  ],
  [
    "an effect run in a static field",
    "class A { static a = Effect.runSync(Effect.succeed(1)) }",
    "A.a",
    4,
    /Effect\.runSync runs/,
  ],
  ["a variable named like a pure root", "", "{ const Schema = row; return Schema.name }", 5, /named "Schema"/],
  ["a param named like a pure root", "const f = (Effect: number) => Effect + 1", "f(1)", 4, /named "Effect"/],
  ["an undeclared variable (calkit#587)", "", "process.env.HOME", 5, /variable HOME is read, but not declared/],
  ["an undeclared variable in brackets", "", 'process["env"]["HOME"]', 5, /variable HOME/],
  ["an undeclared variable of globalThis", "", "globalThis.process.env.HOME", 5, /variable HOME/],
  ["an undeclared variable of node:process", 'import { env } from "node:process"', "env.HOME", 5, /variable HOME/],
  [
    "an undeclared variable through Config",
    'import * as Config from "effect/Config"',
    'Config.string("HOME")',
    5,
    /variable HOME/,
  ],
  ["the whole environment", "", "({ ...process.env })", 5, /computed name/],
  ["process passed on", "", "((p) => p.env.HOME)(process)", 5, /process is passed on/],
  ["a function's name", "const f = () => 1", "f.name", 5, /\.name of the function or class f/],
  ["an imported function's name", 'import { clean } from "./text.ts"', "clean.name", 5, /clean/],
  [
    "a function's name, taken out",
    "function f() {}",
    "{ const { name } = f; return name }",
    5,
    /name of the function f/,
  ],
  ["a class's name", "class A {}", "A.name", 5, /class A/],
  ["the class of a value", "", "row.constructor.name", 5, /name of a class/],
  ["a function's text", "const f = () => 1", "f.toString()", 5, /\.toString of/],
  ["a file that is neither code nor text", 'import "./mix.csv"', "1", 1, /"\.csv" can't be bundled/],
]

describe("refused, with the place and what to do", () => {
  it.each(REFUSED)("%s", async (_, before, body, line, what) => {
    write(root, { "stages/mix.csv": "a,b\n" })
    const error = await failure(stage(before, body))
    expect(error._tag).toBe("CodeRefused")
    expect(error.problems[0]?.what).toMatch(what)
    expect(error.problems[0]?.line).toBe(line)
    expect(error.problems[0]?.remedy).not.toBe("")
    expect(error.message).toMatch(/^stages\/(odd\.ts|mix\.csv):\d+: /)
  })

  it("in a helper, with the helper's place", async () => {
    edit(root, "stages/trim.ts", "text.replace", "(process.env.MARK ?? text).replace")
    const error = await failure(stage('import { clean } from "./text.ts"', "clean(row.name)"))
    expect(error.problems).toMatchObject([{ file: "stages/trim.ts", line: 2 }])
  })

  it("all problems are told at once", async () => {
    const error = await failure(stage("const f = () => 1", "[f.name, process.env.HOME, import.meta.url]"))
    expect(error.problems).toHaveLength(3)
  })

  it("a workspace link", async () => {
    const error = await failure(stage('import { a } from "linked"', "a"))
    expect(error).toMatchObject({ _tag: "LockProblem", what: expect.stringMatching(/"linked" is a link/) })
  })

  it("a package that isn't locked, as a path of tsconfig would be", async () => {
    const error = await failure(stage('import { a } from "helpers/a.ts"', "a"))
    expect(error).toMatchObject({ _tag: "LockProblem", what: expect.stringMatching(/"helpers" isn't in it/) })
  })
})

describe("not refused", () => {
  const ALLOWED: ReadonlyArray<readonly [title: string, before: string, body: string]> = [
    ["a declared variable", "", "process.env.DECLARED"],
    ["a record's name", "const name = (row: { name: string }) => row.name", "name(row)"],
    ["a record named like a function elsewhere", "const f = () => 1", "[f(), [row].map((f) => f.name)]"],
    ["a class with a name of its own", 'class A { static name = "a" }', "A.name"],
    ["process.platform", "", "process.platform"],
    ["an effect run in a function", "const f = () => Effect.runSync(Effect.succeed(1))", "f()"],
    ["an environment read that isn't reached", "export const g = () => process.env.HOME", "1"],
    ["a key named process", "const a = { process: 1, env: { HOME: 2 } }", "[a.process, a.env.HOME]"],
    ["a CSV file as text", 'import csv from "./mix.csv" with { type: "text" }', "csv"],
  ]
  it.each(ALLOWED)("%s", async (_, before, body) => {
    write(root, { "stages/odd.ts": stage(before, body), "stages/mix.csv": "a,b\n" })
    const found = await typescriptDigest(root, { file: "stages/odd.ts", export: "odd", environment: ["DECLARED"] })
    expect(found.digest).toMatch(/^[0-9a-f]{64}$/)
  })
})

describe("unreadable", () => {
  it("no such file", async () => {
    const found = typescriptDigest(root, { file: "stages/none.ts", export: "odd" })
    await expect(found).rejects.toMatchObject({ _tag: "CodeUnreadable", where: "stages/none.ts" })
  })

  it("no such export", async () => {
    expect(await failure("export const even = 1\n")).toMatchObject({
      _tag: "CodeUnreadable",
      what: expect.stringMatching(/"odd"/),
    })
  })

  it("a syntax error", async () => {
    expect(await failure("export const odd = \n")).toMatchObject({ _tag: "CodeUnreadable", where: "stages/odd.ts" })
  })
})
