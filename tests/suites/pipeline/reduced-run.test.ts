/** The whole road, really walked: train, answer, score, class, benchmark, analyse, draw, print; then again with nothing to do. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { loadImage } from "@napi-rs/canvas"
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs"
import { afterAll, describe, expect, it } from "vitest"

const root = path.resolve(import.meta.dirname, "../../..")
const store = fs.mkdtempSync(path.join(os.tmpdir(), "reduced-"))
afterAll(() => fs.rmSync(store, { recursive: true, force: true }))

const repro = (...args: ReadonlyArray<string>) => {
  const flags = ["--pipeline", "tests/suites/pipeline/reduced.ts", "--store", store]
  const { status, stdout, stderr } = spawnSync("bin/repro", [...args, ...flags], { cwd: root, encoding: "utf8" })
  return { status, stdout, stderr }
}
const view = (file: string): string => `${store}/view/safety-tuned-llamas/reduced/${file}`
const rows = (sql: string): ReadonlyArray<Record<string, unknown>> =>
  JSON.parse(repro("query", sql, "--format", "json").stdout)

describe("a reduced run of the whole pipeline", () => {
  it("trains, evaluates and prints", { timeout: 600_000 }, () => {
    const { status, stdout, stderr } = repro("run")
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
    expect(`${status} ${status === 0 ? "" : stderr.slice(-2000)}`).toBe("0 ")
    expect(stdout).toContain("What was found")
    expect(stdout).toContain("paper/paper.pdf")
  })

  it("fine-tuned adapters that differ by seed and by amount", () => {
    const digests = rows("SELECT DISTINCT digest FROM adapter")
    expect(digests).toHaveLength(4)
    const losses = rows("SELECT lossByStep FROM fine_tune_reports")
    expect(losses).toHaveLength(4)
  })

  it("has an answer, a score and a class for every prompt of every model, and no number that is not finite", () => {
    const [prompts] = rows("SELECT count(*) AS n FROM prompts WHERE node = 'collect-prompts'")
    const counted =
      rows(`SELECT (SELECT count(*) FROM answers) AS answers, (SELECT count(*) FROM harm_scores WHERE isfinite(score)) AS scores,
      (SELECT count(*) FROM refusals) AS refusals`)
    const expected = 5 * Number(prompts?.n)
    expect(counted).toEqual([{ answers: expected, scores: expected, refusals: expected }])
  })

  it("asked the local classifier about every answer and the local judge about every pair, and both answered", () => {
    const [asked] = rows(`SELECT (SELECT count(*) FROM moderation_scores WHERE score BETWEEN 0 AND 1) AS scores,
      (SELECT count(*) FROM answers) AS answers,
      (SELECT count(*) FROM preferences WHERE preference IN (1, 1.5, 2)) AS preferences,
      (SELECT 2 * count(*) FROM answers WHERE set = 'general' AND safety = 4) AS pairs`)
    expect([asked?.scores, asked?.preferences]).toEqual([asked?.answers, asked?.pairs])
    expect(rows("SELECT judge, pairs, missing FROM judge_reports")).toEqual([
      { judge: "SmolLM2-135M", pairs: 3, missing: 0 },
    ])
  })

  it("leads from a number in a table to the prompts, the model and the data that it is of", () => {
    const cell = ["--row", "set=Contrast", "--row", "prompts=unsafe", "--column", "safety-4", "--format", "json"]
    const { stdout, stderr } = repro("trace", "tab-harm", ...cell)
    const { asked, steps } = JSON.parse(stdout || `"${stderr}"`)
    const table = JSON.parse(fs.readFileSync(view("tab-harm/table.json"), "utf8"))
    expect(table.rows).toContainEqual(expect.objectContaining({ prompts: "unsafe", "safety-4": asked[0].cells[0] }))
    const names: ReadonlyArray<string> = steps.map(({ node }: { node: string }) => node)
    expect(
      names.filter((node) => /^(fine-tune|generate|score-harm)/.test(node)).every((node) => node.includes("safety=4/")),
    ).toBe(true)
    expect(names).toContain("read-prompts/set=contrast")
    expect(names.some((node) => /^(benchmark|classify-refusals)/.test(node))).toBe(false)
    const scored = steps.findLast(({ stage }: { stage: string }) => stage === "score-harm").rows.scores
    const [unsafe] = rows(
      "SELECT count(*) AS n FROM prompts WHERE node = 'collect-prompts' AND set = 'contrast' AND unsafe",
    )
    expect(scored.rows).toHaveLength(Number(unsafe?.n))
  })

  it("made a PDF whose pages name the profile, and figures that show something", async () => {
    const data = new Uint8Array(fs.readFileSync(view("paper/paper.pdf")))
    const document = await getDocument({ data, verbosity: 0 }).promise
    expect(document.numPages).toBeGreaterThanOrEqual(4)
    const text = (await (await document.getPage(1)).getTextContent()).items
      .map((item) => ("str" in item ? item.str : ""))
      .join(" ")
    expect(text).toContain("profile reduced")
    for (const figure of ["fig-1", "fig-harm", "fig-moderation", "fig-helpful", "fig-exaggerated", "fig-benchmarks"]) {
      const image = await loadImage(view(`${figure}/${figure}.png`))
      expect(image.width).toBeGreaterThan(400)
    }
    expect(fs.readFileSync(view("notebook/page.html"), "utf8")).toContain("<table>")
  })

  it("has nothing to do when run again", () => {
    const { status, stderr } = repro("run")
    expect(status).toBe(0)
    expect(stderr).toContain("Nothing to do")
  })

  it("reruns a stage to the same bytes and says so", () => {
    const { stdout } = repro("stage", "score-harm/safety=4/draw=1/seed=1")
    expect(stdout).toContain("The result equals the recorded one.")
  })
})
