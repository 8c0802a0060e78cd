/** Variables that stages declare: those that count, and secrets that never do. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, makeProject, type Result, type TestProject } from "../support/project.ts"
import { oneStage } from "../support/words.ts"
import { python, workerProject } from "../support/worker.ts"

const SECRET = "hf_0123456789abcdefghij-secret"

/** A stage that gives the variable PACE, with these options. */
const reading = (options: string, value = 'process.env.PACE ?? "unset"'): TestProject =>
  makeProject(
    oneStage(
      `export const give = Stage.make("give", {
        params: Schema.Struct({}), inputs: {}, outputs: { value: Value }, ${options}
        run: () => Effect.suspend(() => Effect.succeed({ value: { value: ${value} } })),
      })`,
      "({ value: give({}, {}).value })",
    ),
  )

it("a declared variable counts by its value, told from old to new (calkit#587)", () => {
  const { repro, read } = reading('environment: ["PACE"],')
  const given = (): string => JSON.parse(read("artifacts/view/one/small/give/value.json")).value
  repro(["run"])
  expect(given()).toBe("unset")
  expect(repro(["explain", "give"], { PACE: "" }).stdout).toContain('environment changed: variable PACE (unset) → ""')
  expect(repro(["run"], { PACE: "fast" }).stderr).toContain("1 computed")
  expect(given()).toBe("fast")
  expect(repro(["explain", "give"], { PACE: "slow" }).stdout).toContain('variable PACE "fast" → "slow"')
  expect(repro(["explain", "give"], { PACE: "fast" }).stdout).toContain('variables  PACE="fast"')
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(given()).toBe("unset")
})

it("a variable that a task of the worker declares counts too, and reaches it (calkit#587)", () => {
  const { repro, read } = workerProject({ value: "v" }, { environment: ["PACE"] })
  const run = (mode: string) => repro(["run"], { REPRO_WORKER_PYTHON: python, PACE: mode })
  expect(run("fast").stderr).toContain("1 computed")
  expect(JSON.parse(read("artifacts/view/one/small/act/value.json")).environment.PACE).toBe("fast")
  expect(run("fast").stderr).toContain("Nothing to do")
  expect(repro(["plan"], { PACE: "slow" }).stdout).toContain('environment changed: variable PACE "fast" → "slow"')
})

it("a secret may be read, and neither its value nor its declaration makes anything run again", () => {
  const { repro, edit } = reading('secrets: ["PACE"],', '(process.env.PACE ?? "").length > 0 ? "with" : "without"')
  expect(repro(["run"], { PACE: SECRET })).toMatchObject({ code: 0 })
  expect(repro(["run"], { PACE: `${SECRET}-2` }).stderr).toContain("Nothing to do")
  for (const command of ["show", "explain", "trace"]) {
    const { code, stdout } = repro([command, "give"], { PACE: SECRET })
    expect(code, command).toBe(0)
    expect(stdout, command).not.toContain(SECRET)
  }
  edit("pipelines/main.ts", 'secrets: ["PACE"]', 'secrets: ["PACE", "OTHER_TOKEN"]')
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

/** A run that must fail without the secret anywhere: on the screen, in the store, in what is kept of the failure. */
const expectKept = (
  { root, repro }: TestProject,
  node: string,
  environment: Readonly<Record<string, string>>,
): Result => {
  const result = repro(["run"], environment)
  expect(result.code, result.stderr).toBe(1)
  const shown = repro(["show", node], environment)
  for (const text of [result.stdout, result.stderr, shown.stdout, shown.stderr]) expect(text).not.toContain(SECRET)
  expect(shown.stdout).toContain("last failure")
  for (const folder of ["artifacts", ".cache"]) {
    for (const name of filesUnder(`${root}/${folder}`))
      expect(fs.readFileSync(`${root}/${folder}/${name}`).includes(SECRET), name).toBe(false)
  }
  return result
}

it.each([
  [
    "throws an error that quotes it",
    "(() => { throw new Error('curl -H Bearer ' + process.env.PACE) })()",
    "curl -H Bearer [PACE]",
  ],
  ["gives it as its output", '"used " + process.env.PACE', "The output holds the value of PACE"],
])("a secret stays out of messages and store when a stage %s (nextflow#5183, nextflow#1075)", (_, value, message) => {
  const { stderr } = expectKept(reading('secrets: ["PACE"],', value), "give", { PACE: SECRET })
  expect(stderr).toContain(message)
})

it("a task's output that holds a secret is refused, and what is kept of the task doesn't (nextflow#1075)", () => {
  const project = workerProject({ value: "v" }, { secrets: ["API_TOKEN"] })
  const environment = { REPRO_WORKER_PYTHON: python, API_TOKEN: SECRET }
  const { stderr } = expectKept(project, "act", environment)
  expect(stderr).toContain("The output holds the value of API_TOKEN, which is declared as a secret")
  const [kept = ""] = filesUnder(`${project.root}/artifacts/failures`).filter((name) => name.endsWith("value.json"))
  expect(project.read(`artifacts/failures/${kept}`)).toContain("[API_TOKEN]")
})

it.each([
  ["by its name", 'environment: ["PACE", "SOME_API_KEY"],', {}, "SOME_API_KEY"],
  ["by its value", 'environment: ["PACE"],', { PACE: SECRET }, "PACE"],
  ["by its value, a password in an address", 'environment: ["PACE"],', { PACE: "https://me:pass@host/" }, "PACE"],
  ["since it is declared as one too", 'environment: ["PACE"], secrets: ["PACE"],', {}, "PACE"],
])("a secret that is declared as a variable that counts is refused %s", (_, options, environment, name) => {
  const { repro, exists } = reading(options)
  for (const command of ["plan", "run"]) {
    const { code, stdout, stderr } = repro([command], environment)
    expect(code).toBe(1)
    expect(stderr).toContain(`declares ${name} under \`environment\``)
    expect(stderr).toContain("Declare it under `secrets`")
    expect(stdout + stderr).not.toMatch(/hf_0123|pass@/)
  }
  expect(exists("artifacts/records")).toBe(false)
})

it("a param that looks like a secret is refused without saying it", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({ header: Schema.String }), inputs: {}, outputs: { value: Value },
    run: () => Effect.succeed({ value: { value: "v" } }),
  })`
  const project = makeProject(oneStage(definition, `({ value: give({}, { header: "Bearer ${SECRET}" }).value })`))
  const { code, stdout, stderr } = project.repro(["run"])
  expect(code).toBe(1)
  expect(stderr).toContain('A param of "give" looks like a secret')
  expect(stdout + stderr).not.toContain(SECRET)
})
