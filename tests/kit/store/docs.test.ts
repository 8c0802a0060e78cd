/** `docs/store.md` reads the store with ordinary tools: its examples are run as they stand, on a small project's store. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { beforeAll, expect, it } from "vitest"
import { ranProject } from "../support/held-project.ts"
import { filesUnder, type TestProject } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"

const page = fs.readFileSync(`${import.meta.dirname}/../../../docs/store.md`, "utf8")
const examples = [...page.matchAll(/^```sh\n(.*?)^```$/gmsu)].map(([, code]) => code ?? "")

let project: TestProject
beforeAll(() => {
  const ran = ranProject(wordsProject)
  project = ran.project
  return ran.remove
})

/** The lines that the example prints that holds a text. */
const linesOf = (text: string): ReadonlyArray<string> => {
  const example = examples.find((code) => code.includes(text)) ?? "exit 9"
  const { status, stdout, stderr } = spawnSync("sh", ["-eu", "-c", example], { cwd: project.root, encoding: "utf8" })
  expect(status, stderr).toBe(0)
  return stdout.trimEnd().split("\n")
}

it("lists results, checks objects, and follows a name to the bytes", () => {
  expect(linesOf(".run.milliseconds")).toHaveLength(6)
  expect(linesOf(".run.milliseconds")[0]).toMatch(/^measure\/words=1\t\d{4}-.*Z\t\d+$/)
  expect(linesOf("sha256sum --check")).toEqual(["whole"])
  expect(linesOf("heads/words/small.json")).toEqual(['{"text":"word word"}'])
})

it("shows what a result was made of, recomputes every key, and finds what nothing names", () => {
  expect(JSON.parse(linesOf('"shout/words=2"').join("\n"))).toMatchObject({
    params: { mark: "!" },
    inputs: { text: [{ node: "write/words=2", output: "text" }] },
  })
  const keys = filesUnder(`${project.root}/artifacts/records`).map((name) => name.slice(3, -".json".length))
  expect([...linesOf("jq -jcS")].sort()).toEqual([...keys].sort())
  expect(linesOf("comm -13")).toEqual(["0"])
})

it("runs every example of the page", () => {
  expect(examples).toHaveLength(6)
})
