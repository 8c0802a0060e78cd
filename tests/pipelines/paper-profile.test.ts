/** The paper's own profile, as far as it can be tried without a hub and a GPU: its plan, its end before it begins, its values. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import type { Graph, Node } from "../../kit/node.ts"
import { paperProfile, paperProfiles } from "../../pipelines/profiles/paper.ts"
import { bases, paperRecipes } from "../../pipelines/profiles/paper-recipes.ts"
import { pins, UNDECLARED } from "../../pipelines/profiles/pins.ts"
import pipeline, { safetyTunedLlamas } from "../../pipelines/safety-tuned-llamas.ts"

const root = path.resolve(import.meta.dirname, "../..")
const store = fs.mkdtempSync(path.join(os.tmpdir(), "paper-profile-"))
afterAll(() => fs.rmSync(store, { recursive: true, force: true }))

/** No network: a mirror of the hub and a proxy where nobody listens. */
const CUT_OFF = { HF_ENDPOINT: "http://127.0.0.1:9", HTTPS_PROXY: "http://127.0.0.1:9" }
const repro = (...args: ReadonlyArray<string>) => {
  const env = { ...process.env, ...CUT_OFF, REPRO_INFERENCE_TOKEN: "" }
  return spawnSync(`${root}/bin/repro`, [...args, "--store", store], { cwd: root, encoding: "utf8", env })
}
const names = Object.keys(paperProfiles)
const of = (graph: Graph, stage: string): ReadonlyArray<Node> => graph.nodes.filter((node) => node.stage.name === stage)

describe.each(names)("the profile %s", (name) => {
  it("is planned without a network, and the plan says what it lacks", () => {
    const { status, stdout, stderr } = repro("plan", "--profile", name)
    expect(`${status} ${stderr}`).toBe("0 ")
    expect(stdout).toMatch(/^\d+ would run, \d+ wait for those, 0 cached\.$/mu)
    expect(stdout).toMatch(/a GPU with [48]0 GB for (LLaMA|Falcon)-/u)
    expect(stdout).toContain("was not asked")
    expect(stdout).toContain("LACKS   REPRO_INFERENCE_TOKEN")
    expect(stdout).toMatch(/LACKS {3}the revision of (yahma|tiiuae)\/\S+ for the base model/u)
  })
})

describe("a run of the paper profile without what it needs", () => {
  it("ends at once with what is lacking and what to do, and leaves no record", () => {
    const begun = performance.now()
    const { status, stderr, stdout } = repro("run", "--profile", "paper")
    expect(performance.now() - begun).toBeLessThan(30_000)
    expect(status).toBe(1)
    expect(stdout).toBe("")
    expect(stderr).toContain("can't run here")
    expect(stderr).toContain("http://127.0.0.1:9 for models and benchmarks: can't be reached")
    expect(stderr).toContain("pipelines/profiles/pins.ts")
    expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/u)
    expect(
      fs.readdirSync(store, { recursive: true }).filter((file) => /records\/.*\.json$/u.test(String(file))),
    ).toEqual([])
  })
})

describe("the paper's grid and recipes", () => {
  const graph = pipeline.graph("paper")
  it("is 20,000 general examples and 0 to 2,000 safety examples", () => {
    const { generalAmount, safetyAmounts } = paperProfiles.paper
    expect(generalAmount).toBe(20_000)
    expect(safetyAmounts).toEqual([0, 100, 300, 500, 1000, 1500, 2000])
    expect(of(graph, "fine-tune")).toHaveLength(7)
  })
  it("has the recipe of the appendix by default, and that of the repository beside it", () => {
    expect(paperProfiles.paper.recipe).toEqual(paperRecipes.appendix)
    expect(paperProfiles["paper-repository"]?.recipe).toEqual(paperRecipes.repository)
    expect(paperProfiles["paper-falcon"]?.recipe.targets).toEqual(["query_key_value"])
  })
  it("asks the official tasks of the harness, and the authors' checkpoint about harm", () => {
    expect(of(graph, "benchmark")).toEqual([])
    expect(of(graph, "official-benchmark")[0]?.params).toMatchObject({ official: true, shots: 0, limit: 0 })
    const rewards = of(graph, "import-reward").map(
      ({ params }) => (params as { source: { repository: string } }).source,
    )
    expect(rewards.map(({ repository }) => repository)).toEqual([
      "safepaca/absolute-harmfulness-predictor-redteam",
      "OpenAssistant/reward-model-deberta-v3-large",
    ])
    expect(of(graph, "train-reward")).toEqual([])
    expect(of(graph, "check-reward")).toHaveLength(1)
  })
  it("tells that moderation is not OpenAI's, and names who is asked", () => {
    expect(paperProfiles.paper.deviations.join("\n")).toContain("not OpenAI moderation")
    for (const stage of ["moderate", "judge"])
      for (const { params } of of(graph, stage))
        expect(params).toMatchObject({ endpoint: { kind: "provider", name: expect.stringContaining("/") } })
  })
  it("takes the general examples from the authors' file by its git blob id", () => {
    const [general] = of(graph, "acquire").filter(({ labels }) => labels.set === "general-alpaca")
    expect(general?.params).toMatchObject({ digest: { gitBlob: expect.stringMatching(/^[0-9a-f]{40}$/u) } })
  })
})

describe("a paper profile of one's own", () => {
  const declared = Object.fromEntries(Object.keys(pins).map((name) => [name, "a".repeat(40)])) as typeof pins
  const address = (name: string) => ({ kind: "address", url: "http://127.0.0.1:9", name, revision: "1" }) as const
  const own = paperProfile({
    ...{ base: bases["7b"], recipe: "appendix", pins: declared as never },
    ...{ moderation: address("my-moderation"), judge: address("my-judge") },
  })
  it("has no revision that is not declared, and asks one's own servers without a token", () => {
    const graph = safetyTunedLlamas({ own }).graph("own")
    expect(JSON.stringify(graph.nodes.map(({ params }) => params))).not.toContain(UNDECLARED)
    const needs = own.needs ?? []
    expect(needs.filter(({ kind }) => kind === "variable")).toEqual([])
    expect(needs.filter((need) => need.kind === "value" && !need.declared)).toEqual([])
    expect(own.deviations.join("\n")).toContain("my-moderation, not OpenAI moderation")
  })
  it("scores by the authors' other reward model where that is asked for", () => {
    const other = paperProfile({ base: bases["7b"], recipe: "appendix", pins, harm: "redteam-osst" })
    const [harm] = of(safetyTunedLlamas({ other }).graph("other"), "import-reward")
    expect(JSON.stringify(harm?.params)).toContain("absolute-harmfulness-predictor-redteam-osst")
    expect(other.deviations.join("\n")).toContain("predictor-redteam-osst")
  })
  it("is one more profile of a pipeline", () => {
    expect(safetyTunedLlamas({ own }).profiles).toEqual(["own"])
  })
})
