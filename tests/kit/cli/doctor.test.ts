/** `repro doctor`: what is there, what is missing, what to do about it. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import type { Finding } from "../../../kit/doctor/finding.ts"
import type { TestProject } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"
import { python, workerProject } from "../support/worker.ts"

interface Examined {
  readonly code: number | null
  readonly of: (name: string) => Finding | undefined
}

const examine = ({ repro }: TestProject, environment: Readonly<Record<string, string>> = {}): Examined => {
  const { code, stdout, stderr } = repro(["doctor", "--format", "json"], environment)
  expect(stderr).toBe("")
  const findings = JSON.parse(stdout) as ReadonlyArray<Finding>
  return { code, of: (start) => findings.find(({ name }) => name.startsWith(start)) }
}

it("finds nothing missing where all is there, and leaves nothing behind", () => {
  const project = wordsProject()
  const before = fs.readdirSync(project.root)
  const { code, of } = examine(project)
  for (const name of ["Node", "pipeline", "Typst", "fonts", "Deno", "locks", "sync and rename", "write access"])
    expect(of(name), name).toMatchObject({ state: "ok", remedy: "" })
  expect(of("worker packages")?.state, "no stage of this pipeline needs a worker").toBe("note")
  expect(code).toBe(0)
  expect(fs.readdirSync(project.root).filter((name) => name !== ".cache")).toEqual(before)
})

it("names what is missing with its remedy, and fails", () => {
  const project = wordsProject()
  project.edit("package-lock.json", /("node_modules\/zx": \{\s+"version": ")[^"]+/u, "$19.9.9")
  project.write("artifacts/format", "7\n")
  project.write("pipelines/main.ts", "export default nothing\n")
  const { code, of } = examine(project, { MIRROR: "/no/such folder" })
  expect(code).toBe(1)
  expect(of("Node packages")).toMatchObject({
    state: "missing",
    found: "not as locked: zx",
    remedy: "Run `make setup`.",
  })
  expect(of("store format")).toMatchObject({ state: "missing", found: expect.stringContaining("format 7") })
  expect(of("pipeline")).toMatchObject({
    state: "missing",
    found: `nothing is not defined (${project.root}/pipelines/main.ts:1)`,
  })
  expect(of("MIRROR")).toMatchObject({ state: "missing", found: "there is no folder /no/such folder" })
  const text = project.repro(["doctor"])
  expect(text.stdout).toContain("MISSING  Node packages: Run `make setup`.")
  expect(text.stdout).toMatch(/\d things are missing\.\n$/)
})

it("compares the worker's packages with the profile's lock, where a stage needs the worker", () => {
  const project = workerProject({ value: "1" })
  const absent = examine(project)
  expect(absent.code).toBe(1)
  expect(absent.of("worker packages (worker/lock.txt)")).toMatchObject({
    state: "missing",
    found: "there is no environment for the worker",
  })
  const wrong = examine(project, { REPRO_WORKER_PYTHON: python })
  expect(wrong.of("worker packages")).toMatchObject({ state: "missing", found: "not as locked: fake absent, not 1.0" })
  project.write("worker/lock.txt", "fake==1.0 ; python_version < '3'\n")
  expect(examine(project, { REPRO_WORKER_PYTHON: python }).of("worker packages")?.state).toBe("ok")
})
