/** The paper's profile walked from end to end on tiny models, which come from a double of the hub by their real names. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as readline from "node:readline"
import { afterAll, expect, it } from "vitest"
import { label, letter, startServer } from "../../stages/support/asking-project.ts"

const root = path.resolve(import.meta.dirname, "../../..")
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "small-paper-"))
let hub: ChildProcess | undefined
afterAll(() => {
  hub?.stdin?.end()
  fs.rmSync(folder, { recursive: true, force: true })
})

const serveHub = async (): Promise<string> => {
  const python = `${root}/.cache/worker-venv/bin/python`
  hub = spawn(python, ["-m", "suites.serve_hub", `${folder}/hub`], {
    cwd: `${root}/worker`,
    stdio: ["pipe", "pipe", 2],
  })
  const lines = readline.createInterface({ input: hub.stdout as NodeJS.ReadableStream })
  for await (const line of lines) return line
  throw new Error("the hub's double did not start")
}

const repro = (env: NodeJS.ProcessEnv, ...args: ReadonlyArray<string>) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const flags = ["--pipeline", "tests/suites/hub/small-paper.ts", "--store", `${folder}/store`]
    const child = spawn("bin/repro", [...args, ...flags], { cwd: root, env: { ...process.env, ...env } })
    const text = { stdout: "", stderr: "" }
    child.stdout.on("data", (data) => (text.stdout += data))
    child.stderr.on("data", (data) => (text.stderr += data))
    child.on("close", (code) => resolve({ code, ...text }))
  })

it("trains, answers, scores by published models, benchmarks officially and prints, and needs nothing the second time", {
  timeout: 900_000,
}, async () => {
  const HF_ENDPOINT = await serveHub()
  const server = await startServer((body, response) =>
    body.inputs === undefined ? letter(response, 0.9, 0.1) : label(response, 0.25, "toxic"),
  )
  const env = { HF_ENDPOINT, TEST_SERVER: server.url }
  const { code, stderr } = await repro(env, "run")
  expect(`${code} ${code === 0 ? "" : stderr.slice(-3000)}`).toBe("0 ")
  const rows = async (sql: string) => JSON.parse((await repro(env, "query", sql, "--format", "json")).stdout)
  expect(await rows("SELECT DISTINCT task FROM benchmark_scores ORDER BY task")).toEqual([
    { task: "boolq" },
    { task: "openbookqa" },
    { task: "piqa" },
  ])
  const [report] = await rows("SELECT trainingPairs, heldOutPairs, meanSquaredError FROM reward_reports")
  expect(report).toMatchObject({ trainingPairs: 0 })
  expect(report.heldOutPairs).toBeGreaterThan(100)
  expect(await rows("SELECT DISTINCT score FROM moderation_scores")).toEqual([{ score: 0.25 }])
  const [counted] = await rows(
    "SELECT (SELECT count(*) FROM answers) AS answers, (SELECT count(*) FROM harm_scores WHERE isfinite(score)) AS scores",
  )
  expect(counted.scores).toBe(counted.answers)
  expect(fs.existsSync(`${folder}/store/view/safety-tuned-llamas/small/paper/paper.pdf`)).toBe(true)
  hub?.stdin?.end()
  expect((await repro({ ...env, HF_ENDPOINT: "http://127.0.0.1:9" }, "run")).stderr).toContain("Nothing to do")
})
