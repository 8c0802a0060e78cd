import * as fs from "node:fs"
import * as path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { CodeDigest } from "../../../kit/code/types.ts"
import { typescriptDigest } from "../../../kit/code/typescript.ts"
import { edit, locks, MIX, PROJECT, project, remove, write } from "./project.ts"

const MIX_DATA = { file: "stages/mix-data.ts", export: "mixData" }
const digest = (root: string): Promise<CodeDigest> => typescriptDigest(root, MIX_DATA)

let root = ""
beforeEach(() => {
  root = project(PROJECT)
})
afterEach(() => remove(root))

type Edit = readonly [title: string, apply: () => void]
const inMix = (from: string | RegExp, to: string) => () => edit(root, "stages/mix-data.ts", from, to)

const HARMLESS: ReadonlyArray<Edit> = [
  [
    "how often it is tried again, what it takes of a machine, which secrets it may see (zenml#3880)",
    inMix(
      "inputs: { general: rows },",
      'retries: SHARE, // twice\n  resources: { cpu: 2, memory: 2 ** 10 },\n  inputs: { general: rows }, "secrets": ["A_TOKEN"],',
    ),
  ],
  ["a comment (snakemake#1694)", inMix("/** Mixes. */", "/** Mixes well. */\n// twice")],
  ["whitespace (snakemake#1694)", inMix("  params: Schema", "\n\n      params:   Schema")],
  ["line ends", inMix(/\n/g, "\r\n")],
  ["quotes", inMix('"empty"', "'empty'")],
  ["a local's name", inMix(/\bcleaned\b/g, "tidied")],
  ["a top-level local's name", inMix(/\bSHARE\b/g, "PART")],
  ["the order of imports", inMix(/(import .*lib\/numbers.ts"\n)(import .*\n)(import .*\n)/, "$3$2$1")],
  ["an unused import", inMix("import { clean }", "import { clean, shout }")],
  ["a type", inMix("const SHARE", "export type Share = number\nconst SHARE: Share")],
  ["an unreached function", () => edit(root, "stages/text.ts", "text.toUpperCase()", "text + 1")],
  ["an unreached Schema", inMix("other: Schema.Number", "other: Schema.String")],
  ["an unreached Effect.fn", inMix("Effect.succeed(1)", "Effect.succeed(2)")],
  ["another stage in the file", inMix('"draw-data"', '"redraw-data"')],
  [
    "an unreached error class",
    inMix("const rows", 'class Odd extends Schema.TaggedError<Odd>()("Odd", {}) {}\nconst rows'),
  ],
  ["an unreached key of JSON", () => edit(root, "stages/limits.json", '"columns": 3', '"columns": 4')],
  ["the engine", () => edit(root, "kit/stage.ts", "({ name, definition })", "({ name, definition, more: 1 })")],
  [
    "a package that isn't reached",
    () => {
      for (const file of Object.keys(locks("")))
        edit(root, file, /"unread":\{"version":"1.0.0"|("node_modules\/unread":\{"version":")1.0.0/, "$12.0.0")
    },
  ],
  [
    "a renamed helper",
    () => {
      edit(root, "stages/text.ts", "function clean", "function scrub")
      inMix("import { clean }", "import { scrub as clean }")()
    },
  ],
  [
    "a renamed helper file",
    () => {
      fs.renameSync(path.join(root, "stages/trim.ts"), path.join(root, "stages/a-trim.ts"))
      edit(root, "stages/text.ts", "./trim.ts", "./a-trim.ts")
    },
  ],
  [
    "tsconfig",
    () => write(root, { "tsconfig.json": '{"compilerOptions":{"target":"es5","useDefineForClassFields":false}}' }),
  ],
]

type Change = readonly [title: string, names: ReadonlyArray<string>, apply: () => void]

const CHANGES: ReadonlyArray<Change> = [
  [
    "a helper's body (redun#99)",
    ["stages/text.ts#clean"],
    () => edit(root, "stages/text.ts", "trim(lower)", "trim(lower) + 1"),
  ],
  ["a global constant (redun#23)", ["stages/mix-data.ts#SHARE"], inMix("SHARE = 3", "SHARE = 4")],
  ["a transitive import (zenml#1011)", ["stages/trim.ts#MARK"], () => edit(root, "stages/trim.ts", "s+$", "s*$")],
  [
    "a helper of the kit",
    ["kit/lib/numbers.ts#scale"],
    () => edit(root, "kit/lib/numbers.ts", "amount * 2", "amount * 3"),
  ],
  ["the text of a query", ["stages/mix.sql"], () => edit(root, "stages/mix.sql", "order by id", "order by id desc")],
  [
    "a reached key of JSON",
    ["stages/limits.json#rows"],
    () => edit(root, "stages/limits.json", '"rows": 10', '"rows": 11'),
  ],
  ["the params", ["stages/mix-data.ts#mixData"], inMix('"Amount"', '"Number"')],
  ["a reached Schema", ["stages/mix-data.ts#Row"], inMix("id: Schema.String", "id: Schema.Number")],
  ["a reached error class", ["stages/mix-data.ts#MixError"], inMix('()("MixError"', '()("Mixed"')],
  [
    "a side effect",
    ["stages/text.ts#(statement)"],
    () => edit(root, "stages/text.ts", "export function", "Object.assign(globalThis, { a: 1 })\nexport function"),
  ],
  [
    "a side effect of a module that is only imported",
    ["stages/side.ts#(statement)"],
    () => {
      write(root, { "stages/side.ts": "export const nothing = 1\nObject.assign(globalThis, { b: 1 })\n" })
      inMix("const SHARE", 'import { nothing } from "./side.ts"\nconst SHARE')()
    },
  ],
  ["a package imported for its effect", ["imports of unread"], inMix("const SHARE", 'import "unread"\nconst SHARE')],
  [
    "an effect run inside a function",
    ["stages/mix-data.ts#mixData"],
    inMix("if (cleaned", "Effect.log(cleaned).pipe(Effect.runSync)\n      if (cleaned"),
  ],
  [
    "an option of how it runs whose value does work",
    ["stages/mix-data.ts#mixData"],
    inMix("inputs: { general: rows },", "retries: clean(SHARE), inputs: { general: rows },"),
  ],
  ["the order of functions", [], () => edit(root, "stages/trim.ts", /(const MARK.*\n)(export.*\n)/, "$2$1")],
]

const changedNames = (before: CodeDigest, after: CodeDigest): ReadonlyArray<string> =>
  [...new Set([...Object.keys(before.declarations), ...Object.keys(after.declarations)])].filter(
    (name) => before.declarations[name] !== after.declarations[name],
  )

describe("what doesn't change a digest", () => {
  it.each(HARMLESS)("%s", async (_, apply) => {
    const before = await digest(root)
    apply()
    expect((await digest(root)).digest).toBe(before.digest)
  })

  it("another folder", async () => {
    const elsewhere = project(PROJECT)
    try {
      expect(await digest(elsewhere)).toEqual(await digest(root))
    } finally {
      remove(elsewhere)
    }
  })

  it("names of locals don't change what a declaration counts as", async () => {
    const before = await digest(root)
    inMix(/\bcleaned\b/g, "tidied")()
    inMix("SHARE = 3", "SHARE = 4")()
    edit(root, "stages/text.ts", /\blower\b/g, "small")
    expect(changedNames(before, await digest(root))).toEqual(["stages/mix-data.ts#SHARE"])
  })

  it.each([
    ["a package", "effect", "4.2.0", locks("4.2.0")],
    ["a package's dependency", "parts", "9.0.1", locks("4.1.0", "9.0.1")],
  ])("the version of %s, which counts by itself", async (_, name, version, files) => {
    const before = await digest(root)
    write(root, files)
    const after = await digest(root)
    expect(after).toEqual({ ...before, packages: { ...before.packages, [name]: version } })
  })

  it("many edits at once", async () => {
    const before = await digest(root)
    const compatible = HARMLESS.filter(([title]) => !/line ends|order|top-level local|renamed helper$/.test(title))
    for (const [, apply] of compatible) apply()
    expect((await digest(root)).digest).toBe(before.digest)
  })
})

describe("what changes a digest", () => {
  it("another export of a package under the same name", async () => {
    inMix("const SHARE = 3", 'import { succeed as give } from "effect/Effect"\nconst SHARE = give(3)')()
    const before = await digest(root)
    inMix("{ succeed as give }", "{ sync as give }")()
    const after = await digest(root)
    expect(after.digest).not.toBe(before.digest)
    expect(changedNames(before, after)).toEqual(["imports of effect/Effect", "stages/mix-data.ts#SHARE"])
  })

  it.each(CHANGES)("%s", async (_, names, apply) => {
    const before = await digest(root)
    apply()
    const after = await digest(root)
    expect(after.digest).not.toBe(before.digest)
    expect(changedNames(before, after)).toEqual(names)
  })

  it("a dynamic import's target", async () => {
    inMix("const cleaned", 'const { late } = yield* Effect.promise(() => import("./late.ts"))\n      const cleaned')()
    write(root, { "stages/late.ts": "export const late = 1\n" })
    const before = await digest(root)
    edit(root, "stages/late.ts", "late = 1", "late = 2")
    expect((await digest(root)).digest).not.toBe(before.digest)
  })

  it("the order in which modules do work on loading", async () => {
    const first = 'import "./one.ts"\nimport "./two.ts"\n'
    write(root, {
      "stages/one.ts": "console.log(1)\n",
      "stages/two.ts": "console.log(2)\n",
      "stages/mix-data.ts": first + MIX,
    })
    const before = await digest(root)
    inMix(first, 'import "./two.ts"\nimport "./one.ts"\n')()
    expect((await digest(root)).digest).not.toBe(before.digest)
  })

  it("a local object that only looks like Effect's counts in full", async () => {
    const text = 'const Schema = { make: (n: number) => console.log(n) }\nSchema.make(1)\nexport const mixData = "x"\n'
    write(root, { "stages/mix-data.ts": text })
    const before = await digest(root)
    inMix("make(1)", "make(2)")()
    expect((await digest(root)).digest).not.toBe(before.digest)
  })
})

describe("what a digest tells", () => {
  it("packages with their dependencies, without types; files with the locks", async () => {
    const { packages, files } = await digest(root)
    expect(packages).toEqual({ effect: "4.1.0", parts: "9.0.0" })
    expect(files).toContain("stages/trim.ts")
    expect(files).toContain("stages/mix.sql")
    expect(files).toContain("package-lock.json")
    expect(files).not.toContain("kit/stage.ts")
  })

  it("a link led elsewhere is one of the files", async () => {
    write(root, { "stages/trim-2.ts": "export const trim = (text: string): string => text\n" })
    fs.renameSync(path.join(root, "stages/trim.ts"), path.join(root, "stages/trim-1.ts"))
    fs.symlinkSync("trim-1.ts", path.join(root, "stages/trim.ts"))
    expect((await digest(root)).files).toEqual(expect.arrayContaining(["stages/trim.ts", "stages/trim-1.ts"]))
  })
})
