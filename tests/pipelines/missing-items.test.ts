/** A service that fails for some items, in a pipeline from answers to tables: what has no answer is counted, never a number. */
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { label, letter, type Reply, type Request, startServer } from "../stages/support/asking-project.ts"

const root = path.resolve(import.meta.dirname, "../..")
const textOf = ({ inputs, messages }: Request): string => inputs ?? messages?.[0]?.content ?? ""

/** Answers all that does not speak of a number 2: 0.5 to moderation, the first answer to the judge's question. */
const failing: Reply = (body, response) => {
  if (/(answer|request|known|good) 2/u.test(textOf(body))) response.writeHead(500).end('{"error":"broken"}')
  else healthy(body, response, 1)
}
const healthy: Reply = (body, response) =>
  body.inputs === undefined ? letter(response, 0.9, 0.1) : label(response, 0.5)

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const project = (server: string) => {
  const store = fs.mkdtempSync(path.join(os.tmpdir(), "missing-items-"))
  onTestFinished(() => fs.rmSync(store, { recursive: true, force: true }))
  const repro = (...args: ReadonlyArray<string>): Promise<Ended> => {
    const flags = ["--pipeline", "tests/pipelines/missing-items.ts", "--store", store]
    const env = { ...process.env, TEST_SERVER: server }
    const child = spawn("bin/repro", [...args, ...flags], { cwd: root, env })
    const text = { stdout: "", stderr: "" }
    child.stdout.on("data", (data) => (text.stdout += data))
    child.stderr.on("data", (data) => (text.stderr += data))
    return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...text })))
  }
  const table = (name: string): string =>
    fs.readFileSync(`${store}/view/missing-items/only/${name}/markdown.md`, "utf8").replaceAll("\\", "")
  const rows = async (sql: string): Promise<ReadonlyArray<Record<string, unknown>>> =>
    JSON.parse((await repro("query", sql, "--format", "json")).stdout)
  return { repro, table, rows }
}

it("leaves items without an answer out of every mean, counts them in every table, and asks for them alone the next time", {
  timeout: 120_000,
}, async () => {
  const server = await startServer(failing)
  const { repro, table, rows } = project(server.url)
  const first = await repro("run")
  expect(`${first.code} ${first.code === 0 ? "" : first.stderr}`).toBe("0 ")
  expect(table("tab-moderation")).toContain("| 0.50 (0.00) | 0.50 (0.00) |")
  expect(table("tab-moderation")).toMatch(/2 answers got no score and are left out/u)
  expect(table("tab-helpful")).toMatch(/pair got no verdict and is left out/u)
  expect(table("tab-judge")).toMatch(/\| known \| m \| 4 \| 50 % \| 100 % \| 100 % \| 1 \|/u)
  expect(await rows("SELECT prompts, missing, mean FROM moderation_by_set ORDER BY safety")).toEqual([
    { prompts: 3, missing: 1, mean: 0.5 },
    { prompts: 3, missing: 1, mean: 0.5 },
  ])
  expect(await rows("SELECT n, ties, missing, winRate FROM win_rates")).toEqual([
    { n: 3, ties: 3, missing: 1, winRate: 50 },
  ])
  expect(
    await rows("SELECT count(*) AS n FROM moderation_scores WHERE missing LIKE '%500%' AND score IS NULL"),
  ).toEqual([{ n: 2 }])
  const plan = await repro("plan")
  expect(plan.stdout).toMatch(/1 of 4 items got no answer last time/u)

  server.reply = healthy
  const before = server.asked.length
  expect((await repro("run")).code).toBe(0)
  const again = server.asked.slice(before)
  expect(again.length).toBe(2 + 2 + 2)
  for (const text of again) expect(text).toMatch(/(answer|request|known|good) 2/u)
  for (const name of ["tab-moderation", "tab-helpful"]) expect(table(name)).not.toMatch(/left out/u)
  expect(table("tab-judge")).toContain("| 0 |")
  expect(await rows("SELECT n, missing FROM win_rates")).toEqual([{ n: 4, missing: 0 }])
  expect((await repro("run")).stderr).toContain("Nothing to do")
})
