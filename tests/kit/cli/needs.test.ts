/** What a profile needs beside a CPU: told by the plan, and looked at by a run before it starts anything. */
import * as fs from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, it, onTestFinished } from "vitest"
import type { Need } from "../../../kit/needs.ts"
import { makeProject, type TestProject } from "../support/project.ts"

const STAGES = `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"

export const Word = Artifact.json("words", Schema.String)
export const early = Stage.make("early", { params: Schema.Struct({}), inputs: {}, outputs: { word: Word }, run: () => Effect.succeed({ word: "early" }) })
export const late = Stage.make("late", { params: Schema.Struct({}), inputs: { word: Word }, outputs: { word: Word }, run: () => Effect.succeed({ word: "late" }) })
`

const project = (needs: ReadonlyArray<Need>): TestProject =>
  makeProject({
    "stages/words.ts": STAGES,
    "pipelines/main.ts": `import { Pipeline } from "../kit/pipeline.ts"
import { early, late } from "../stages/words.ts"

export default Pipeline.make("main", { profiles: { large: {} }, defaultProfile: "large", workerLock: () => "lock.txt",
  needs: () => ${JSON.stringify(needs)},
  body: () => ({ word: late({ word: early({}, {}).word }, {}).word }) })
`,
    "package.json": JSON.stringify({ type: "module", repro: { pipeline: "main" } }),
  })

/** A server that answers every request with a status, for as long as the test lasts. */
const serve = async (status: number): Promise<string> => {
  const server = createServer((_, response) => response.writeHead(status).end())
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const NOBODY = "http://127.0.0.1:9"
const stages = ["late"]
const token: Need = { kind: "variable", name: "A_TOKEN_OF_THE_TEST", stages, purpose: "a provider" }
const gpu: Need = { kind: "gpu", gigabytes: 1_000_000, stages, purpose: "a large model" }
const value: Need = { kind: "value", what: "a commit", file: "pins.ts", declared: false, stages, purpose: "a model" }
const address = (url: string): Need => ({ kind: "address", url, variable: "A_MIRROR", stages, purpose: "models" })

it("is told by the plan, which asks nobody and starts nothing", () => {
  const { repro } = project([gpu, address(NOBODY), token, value])
  const { code, stdout } = repro(["plan"], { A_TOKEN_OF_THE_TEST: "hidden word" })
  expect(code).toBe(0)
  expect(stdout).toMatch(/LACKS {3}a GPU with 1000000 GB for a large model: .*\. Run on a machine with such a GPU/u)
  expect(stdout).toContain(`unknown ${NOBODY} for models: was not asked.`)
  expect(stdout).toContain("has     A_TOKEN_OF_THE_TEST for a provider: set.")
  expect(stdout).toContain(
    "LACKS   a commit for a model: nobody has declared it. Declare what is not declared in pins.ts.",
  )
  expect(stdout).not.toContain("hidden word")
})

it("ends a run before it starts anything, with all that is lacking and what to do", () => {
  const { repro, root } = project([gpu, address(NOBODY), token, value])
  const { code, stderr } = repro(["run"])
  expect(code).toBe(1)
  for (const part of [
    "a GPU with",
    `${NOBODY} for models: can't be reached`,
    "A_TOKEN_OF_THE_TEST for",
    "a commit for",
  ])
    expect(stderr).toContain(part)
  for (const remedy of ["such a GPU", "name a mirror of it in A_MIRROR", "Set the variable", "in pins.ts"])
    expect(stderr).toContain(remedy)
  expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/u)
  expect(fs.existsSync(`${root}/artifacts/records`) && fs.readdirSync(`${root}/artifacts/records`).length > 0).toBe(
    false,
  )
})

it("doesn't hold up nodes that need nothing of it", () => {
  const { repro } = project([token])
  expect(repro(["run", "early"]).code).toBe(0)
  expect(repro(["run"]).code).toBe(1)
})

it("is not asked for where nothing is left to run", () => {
  const { repro } = project([token])
  expect(repro(["run"], { A_TOKEN_OF_THE_TEST: "x" }).code).toBe(0)
  const again = repro(["run"])
  expect(again.stderr).toContain("Nothing to do")
  expect(repro(["plan"]).stdout).not.toContain("It needs")
})

it("is there when an address answers, its mirror in its place, and not when it only says that it can't", async () => {
  const [up, down] = [await serve(404), await serve(503)]
  const { start } = project([address(NOBODY)])
  expect((await start(["run"], { A_MIRROR: down }).ended).stderr).toContain("answers with status 503")
  expect((await start(["run"], { A_MIRROR: up }).ended).code).toBe(0)
})
