/** The commands that a failure tells: copied into a shell, they do what they say. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { expect, it } from "vitest"
import { makeProject, type TestProject, temporaryFolder } from "../support/project.ts"
import { oneStage, PIPELINE, STAGES } from "../support/words.ts"
import { python, workerProject } from "../support/worker.ts"

/** Runs a printed command in a shell, from the project's folder. */
const inShell = ({ root }: TestProject, command: string, environment: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], {
    cwd: root,
    encoding: "utf8",
    env: { PATH: process.env.PATH, ...environment },
  })
  return { code: status, stdout, stderr }
}

/** Gives a project the launcher that the commands name. */
const withLauncher = (project: TestProject): TestProject => {
  fs.mkdirSync(`${project.root}/bin`)
  fs.copyFileSync(path.resolve(import.meta.dirname, "../../../bin/repro"), `${project.root}/bin/repro`)
  return project
}

const command = (text: string, pattern: RegExp): string => {
  const found = pattern.exec(text)?.[1]
  if (found === undefined) throw new Error(`no command ${pattern} in:\n${text}`)
  return found
}

it("a failed stage's commands show it and run it again, with the pipeline, profile and store of the run that failed", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({ name: Schema.String }), inputs: {}, outputs: { value: Value },
    run: ({ params, root }) => Effect.sync(() => {
      if (fs.existsSync(root + "/broken")) throw new TypeError("it is broken")
      return { value: { value: params.name } }
    }),
  })`
  const call = `Object.fromEntries(grid({ name: ["it's $HOME; a \\"b\\""] }, ({ name }) => [name, give({}, { name }).value] as const))`
  const files = oneStage(definition, call)
  const project = withLauncher(
    makeProject({
      "stages/helpers.ts": "export const repeat = (times: number): string => String(times)\n",
      "stages/text.ts": STAGES,
      "pipelines/main.ts": PIPELINE,
      "pipelines/other.ts": (files["pipelines/main.ts"] ?? "").replace(
        "profiles: { small: {} }",
        "profiles: { small: {}, odd: {} }",
      ),
      broken: "",
    }),
  )
  const failed = project.repro(["run", "--pipeline", "other", "--profile", "odd", "--store", "my store"])
  expect(failed.code).toBe(1)
  const shown = inShell(project, command(failed.stderr, /see: (.*)\n/))
  expect(shown, shown.stderr).toMatchObject({ code: 0 })
  expect(shown.stdout).toContain("it is broken")
  const again = command(shown.stdout, /by hand\n +(.*)\n/)
  expect(inShell(project, again)).toMatchObject({ code: 1, stderr: expect.stringContaining("it is broken") })
  fs.rmSync(`${project.root}/broken`)
  const mended = inShell(project, again)
  expect(mended, mended.stderr).toMatchObject({ code: 0 })
  expect(project.repro(["run", "--pipeline", "other", "--profile", "odd", "--store", "my store"]).stderr).toContain(
    "Nothing to do",
  )
})

it("a failed task stays with its inputs and its log, and its command runs it where it lies", () => {
  const broken = `${temporaryFolder()}/broken`
  fs.writeFileSync(broken, "")
  const project = withLauncher(
    workerProject({ value: "mended", error: "it is broken", while: broken, print: ["before it broke"] }),
  )
  const environment = { REPRO_WORKER_PYTHON: python }
  const failed = project.repro(["run"], environment)
  expect(failed.code).toBe(1)
  const shown = inShell(project, command(failed.stderr, /see: (.*)\n/), environment)
  expect(shown.stdout).toMatch(/log \(its end\):\n +before it broke\n/)
  const kept = command(shown.stdout, /kept in (.*)\n/)
  expect(JSON.parse(project.read(`${kept}/failure.json`))).toMatchObject({
    node: "act",
    params: { value: "mended" },
    inputs: {},
  })
  const alone = command(shown.stdout, /as it failed:\n +(.*)\n/)
  expect(inShell(project, alone).code).toBe(1)
  fs.rmSync(broken)
  const mended = inShell(project, alone)
  expect(mended, mended.stderr).toMatchObject({ code: 0 })
  expect(JSON.parse(project.read(`${kept}/outputs/value.json`)).value).toBe("mended")
})
