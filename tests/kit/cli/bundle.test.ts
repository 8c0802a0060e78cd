/** The bundled command line: used where it is what the sources are, and in no other case. */
import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { type TestProject, temporaryFolder, until } from "../support/project.ts"
import { SLOW_NODES, slowProject } from "../support/slow.ts"
import { oneStage, wordsProject } from "../support/words.ts"

const LAUNCHER = path.resolve(import.meta.dirname, "../../../bin/repro")
const BUNDLED = "(from the bundle) "

const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(REPRO_|VITEST|NODE_|CI$|MIRROR$)/.test(name)))

const launch = (root: string, ...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync("sh", [`${root}/bin/repro`, ...args], {
    cwd: root,
    encoding: "utf8",
    env: environment(),
  })
  return { code: status, stdout, stderr }
}

const manifest = (root: string): { readonly generation: string; readonly also: ReadonlyArray<string> } =>
  JSON.parse(fs.readFileSync(`${root}/.cache/cli/bundle.json`, "utf8"))

const generation = (root: string): string => `${root}/.cache/cli/${manifest(root).generation}`

/** Lets a bundle tell that it runs: its files are nobody's sources. */
const mark = (root: string): void =>
  fs.appendFileSync(`${generation(root)}/always.mjs`, `\n;process.stderr.write(${JSON.stringify(BUNDLED)})\n`)

const isBundled = (result: { readonly stderr: string }): boolean => result.stderr.includes(BUNDLED)

/** A set-up project whose command line was bundled by its first command. */
const bundled = <P extends TestProject>(project: P): P => {
  project.write("bin/repro", fs.readFileSync(LAUNCHER, "utf8"))
  project.write(".cache/setup/node", "")
  expect(launch(project.root, "--version")).toMatchObject({ code: 0, stderr: "" })
  mark(project.root)
  return project
}

describe("where nothing has changed", () => {
  it("the bundle runs pipelines and answers as the sources do", () => {
    const project = bundled(wordsProject())
    const run = launch(project.root, "run")
    expect(run).toMatchObject({ code: 0 })
    expect(isBundled(run)).toBe(true)
    for (const args of [
      ["plan"],
      ["ls"],
      ["show", "write/words=1"],
      ["query", "FROM lengths ORDER BY words"],
      ["--help"],
      ["plan", "x"],
    ]) {
      const [one, other] = [launch(project.root, ...args), project.repro(args)]
      expect(isBundled(one)).toBe(true)
      expect({ ...one, stderr: one.stderr.replace(BUNDLED, "") }).toEqual(other)
    }
  })

  it("errors of a stage are told with the stage's own file, and its code is digested alike", () => {
    const definition = `export const fail = Stage.make("fail", {
      params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
      run: () => Effect.sync(() => ({ value: Schema.decodeUnknownSync(Schema.Struct({ value: Schema.String }))({ value: 1 }) })),
    })`
    const project = bundled(wordsProject())
    for (const [name, text] of Object.entries(oneStage(definition, "({ value: fail({}, {}).value })")))
      project.write(name, text)
    const [one, other] = [launch(project.root, "run"), project.repro(["run"])]
    expect(one.code).toBe(1)
    expect(one.stderr).toContain("pipelines/main.ts")
    const told = (text: string) => text.match(/error:.*?(?=\n0 computed)/s)?.[0]
    expect(told(one.stderr)).toBe(told(other.stderr))
    expect(launch(project.root, "explain", "fail").stdout).toBe(project.repro(["explain", "fail"]).stdout)
  })

  it("a part of effect that only a stage imports is the same effect, and is bundled from then on", () => {
    const project = bundled(wordsProject())
    project.edit(
      "stages/text.ts",
      'import * as Effect from "effect/Effect"',
      'import * as Effect from "effect/Effect"\nimport * as Stream from "effect/Stream"',
    )
    project.edit(
      "stages/text.ts",
      "Effect.map(inputs.text.read, ({ text })",
      'Effect.map(Stream.runCollect(Stream.fromEffect(inputs.text.read)), ([{ text } = { text: "" }])',
    )
    const first = launch(project.root, "run")
    expect(first).toMatchObject({ code: 0 })
    expect(manifest(project.root).also.join()).toContain("effect/dist/Stream.js")
    mark(project.root)
    const second = launch(project.root, "run", "--force")
    expect(second).toMatchObject({ code: 0 })
    expect(isBundled(second)).toBe(true)
  })
})

describe("where the kit has changed", () => {
  const FROM = "Nothing to do: all"
  const TO = "Nothing to DO: all"

  it("the next command does what the sources say, though size and time are as before, and the one after is bundled", () => {
    const project = bundled(wordsProject())
    launch(project.root, "run")
    const file = `${project.root}/kit/cli/commands/run.ts`
    const { atime, mtime } = fs.statSync(file)
    project.edit("kit/cli/commands/run.ts", FROM, TO)
    fs.utimesSync(file, atime, mtime)
    const next = launch(project.root, "run")
    expect(next.stderr).toContain(TO)
    expect(isBundled(next)).toBe(false)
    mark(project.root)
    const after = launch(project.root, "run")
    expect(after.stderr).toContain(TO)
    expect(isBundled(after)).toBe(true)
  })

  it("so it is where the change is undone at once, or the files are only touched", () => {
    const project = bundled(wordsProject())
    launch(project.root, "run")
    project.edit("kit/cli/commands/run.ts", FROM, TO)
    launch(project.root, "run")
    project.edit("kit/cli/commands/run.ts", TO, FROM)
    expect(launch(project.root, "run").stderr).toContain(FROM)
    mark(project.root)
    fs.utimesSync(`${project.root}/kit/cli/main.ts`, new Date(), new Date())
    const touched = launch(project.root, "run")
    expect(touched.stderr).toContain(FROM)
    expect(isBundled(touched)).toBe(true)
  })

  it("a mistake in the sources is told, and mended", () => {
    const project = bundled(wordsProject())
    project.edit("kit/cli/print.ts", "export const out =", "export const out = =")
    expect(launch(project.root, "plan")).toMatchObject({ code: 1, stderr: expect.stringContaining("print.ts") })
    project.edit("kit/cli/print.ts", "export const out = =", "export const out =")
    expect(launch(project.root, "plan")).toMatchObject({ code: 0 })
  })

  it("commands that start at once all answer", async () => {
    const project = bundled(wordsProject())
    project.edit("kit/cli/commands/plan.ts", "} would run", "} WOULD run")
    const ends = [1, 2, 3].map(() => {
      const child = spawn("sh", ["bin/repro", "plan"], { cwd: project.root, env: environment() })
      let text = ""
      child.stdout.on("data", (data) => (text += data))
      return new Promise<string>((resolve) => child.on("close", () => resolve(text)))
    })
    for (const text of await Promise.all(ends)) expect(text).toContain("WOULD run")
    expect(launch(project.root, "plan").stdout).toContain("WOULD run")
  })

  it("a run that goes on keeps its bundle until it ends, and then the bundle goes", async () => {
    const project = bundled(slowProject())
    const used = generation(project.root)
    project.write("hold", "")
    const running = spawn("sh", ["bin/repro", "run"], { cwd: project.root, env: environment(), stdio: "ignore" })
    const ended = new Promise((resolve) => running.on("close", resolve))
    await until(() => project.lines("calls.txt").length > 0, "a node began")
    const change = (word: string): void => {
      fs.appendFileSync(`${project.root}/kit/cli/print.ts`, `// ${word}\n`)
      launch(project.root, "plan")
    }
    for (const word of ["one", "two", "three"]) change(word)
    expect(fs.existsSync(used)).toBe(true)
    fs.rmSync(`${project.root}/hold`)
    expect(await ended).toBe(0)
    expect(project.lines("calls.txt")).toHaveLength(SLOW_NODES.length)
    change("four")
    expect(fs.existsSync(used)).toBe(false)
  })
})

describe("where the bundle can't be used", () => {
  it("a project that was moved or copied runs its own sources", () => {
    const project = bundled(wordsProject())
    const copy = path.join(temporaryFolder(), "copy")
    fs.cpSync(project.root, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
    const result = launch(copy, "plan")
    expect(result).toMatchObject({ code: 0, stderr: "" })
    mark(copy)
    expect(isBundled(launch(copy, "plan"))).toBe(true)
  })

  it("a manifest that is damaged, of another version, or of a bundle that is gone is passed over", () => {
    const project = bundled(wordsProject())
    const whole = project.read(".cache/cli/bundle.json")
    for (const damaged of [
      whole.slice(0, 100),
      whole.replace('"format":', '"format":9'),
      whole.replace('"generation":"', '"generation":"gone-'),
    ]) {
      project.write(".cache/cli/bundle.json", damaged)
      expect(launch(project.root, "plan")).toMatchObject({ code: 0, stderr: "" })
      expect(project.read(".cache/cli/bundle.json")).not.toBe(damaged)
    }
  })

  it("before set-up, and where its folder can't be made, the sources run", () => {
    const project = wordsProject()
    project.write("bin/repro", fs.readFileSync(LAUNCHER, "utf8"))
    expect(launch(project.root, "plan")).toMatchObject({ code: 0, stderr: "" })
    expect(project.exists(".cache/cli")).toBe(false)
    project.write(".cache/setup/node", "")
    project.write(".cache/cli", "not a folder")
    expect(launch(project.root, "plan")).toMatchObject({ code: 0, stderr: "" })
  })
})
