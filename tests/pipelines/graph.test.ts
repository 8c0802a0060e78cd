/** The graphs that the profiles give: every model once, amounts as in the paper, nothing trained on what it is tested on. */
import { describe, expect, it } from "vitest"
import { dependencies, type Graph, type Node, wireHandles } from "../../kit/node.ts"
import { mirror } from "../../pipelines/profiles/mirror.ts"
import { paperProfiles } from "../../pipelines/profiles/paper.ts"
import type { Profile } from "../../pipelines/profiles/profile.ts"
import { smoke } from "../../pipelines/profiles/smoke.ts"
import pipeline from "../../pipelines/safety-tuned-llamas.ts"

type Named = readonly [name: string, profile: Profile]
const small: ReadonlyArray<Named> = [
  ["smoke", smoke],
  ["mirror", mirror],
]
const profiles: ReadonlyArray<Named> = [...small, ["paper", paperProfiles.paper]]
const of = (graph: Graph, stage: string): ReadonlyArray<Node> => graph.nodes.filter((node) => node.stage.name === stage)

/** All nodes that a node reads from, near or far. */
const upstream = (node: Node): ReadonlySet<Node> => {
  const found = new Set<Node>()
  const visit = (each: Node): void => {
    for (const before of dependencies(each)) {
      if (found.has(before)) continue
      found.add(before)
      visit(before)
    }
  }
  visit(node)
  return found
}

/** What an input comes from, seen through stages that only write rows another way. */
const origins = (node: Node, input: string): ReadonlyArray<{ readonly node: Node }> =>
  wireHandles(node.wires[input] ?? { kind: "none" }).flatMap((handle) => {
    const through = { "mismatch-answers": "examples", "flag-rated-pairs": "pairs" }[handle.node.stage.name]
    return through === undefined ? [handle] : origins(handle.node, through)
  })

describe("the pipeline", () => {
  it("has smoke as its default, mirror, and the paper's base models and recipes", () => {
    const paper = ["paper", "paper-repository", "paper-13b", "paper-falcon"]
    expect([pipeline.defaultProfile, ...pipeline.profiles]).toEqual(["smoke", "smoke", "mirror", ...paper])
  })
  it("names the nearest profile for one that it lacks", () => {
    expect(() => pipeline.graph("smok")).toThrow(/did you mean "smoke"/)
  })
})

describe.each(profiles)("the graph of %s", (name, profile) => {
  const graph = pipeline.graph(name)
  const grid = profile.safetyAmounts.length * profile.runs.length

  it("has as many models as amounts × runs, and the untuned one", () => {
    expect(of(graph, "fine-tune")).toHaveLength(grid)
    const benchmark = profile.benchmark.official ? "official-benchmark" : "benchmark"
    for (const stage of ["generate", "score-harm", "classify-refusals", benchmark, "moderate"]) {
      const nodes = of(graph, stage)
      expect(nodes).toHaveLength(grid + 1)
      expect(new Set(nodes.map(({ labels }) => JSON.stringify(labels))).size).toBe(grid + 1)
      expect(nodes.filter(({ labels }) => labels.model === "untuned")).toHaveLength(1)
    }
  })

  it("has node names that are unique, and nodes after what they read", () => {
    expect(new Set(graph.nodes.map(({ id }) => id)).size).toBe(graph.nodes.length)
    for (const node of graph.nodes)
      for (const before of dependencies(node)) expect(before.index).toBeLessThan(node.index)
  })

  it("computes nothing that no result needs", () => {
    const needed = new Set(graph.results.flatMap(({ node }) => [node, ...upstream(node)]))
    expect(graph.nodes.filter((node) => !needed.has(node)).map(({ id }) => id)).toEqual([])
  })

  it("gives each model its own adapter, trained on its own draw", () => {
    for (const generate of of(graph, "generate").filter(({ labels }) => labels.model === undefined)) {
      const [adapter] = wireHandles(generate.wires.adapter ?? { kind: "none" })
      expect(adapter?.node.labels).toEqual(generate.labels)
      const [mix] = wireHandles(adapter?.node.wires.mix ?? { kind: "none" })
      expect(adapter?.node.params).toMatchObject({ seed: generate.labels.seed })
      expect(mix?.node.labels).toEqual({ safety: generate.labels.safety, draw: generate.labels.draw })
      expect(mix?.node.params).toMatchObject({
        general: profile.generalAmount,
        safety: generate.labels.safety,
        drawSeed: generate.labels.draw,
      })
    }
    const untuned = of(graph, "generate").find(({ labels }) => labels.model === "untuned")
    expect(untuned?.wires.adapter).toEqual({ kind: "none" })
  })

  it("trains on nothing that was not compared with every evaluation set", () => {
    const sets = of(graph, "read-prompts")
    expect(sets).toHaveLength(profile.data.evaluation.length)
    const training = ["mix-data", "train-reward", "train-preference-reward"]
    for (const node of training.flatMap((stage) => of(graph, stage))) {
      const rows = ["general", "safety", "pairs"].flatMap((input) => origins(node, input))
      expect(rows.length).toBeGreaterThan(0)
      for (const { node: source } of rows) {
        expect(source.stage.name).toMatch(/^drop-(\w+-)?overlap$/)
        expect(wireHandles(source.wires.evaluation ?? { kind: "none" }).map((handle) => handle.node)).toEqual(sets)
        expect(source.params).toEqual({ threshold: profile.overlapThreshold })
      }
    }
  })

  it("looks for paraphrases among all that trains and all evaluation sets, and every drop knows them", () => {
    const [texts] = of(graph, "collect-texts")
    const before = ["examples", "rated", "preferred"].flatMap((name) =>
      wireHandles(texts?.wires[name] ?? { kind: "none" }),
    )
    expect(before).toHaveLength(graph.nodes.filter(({ stage }) => /^drop-/.test(stage.name)).length)
    expect(wireHandles(texts?.wires.evaluation ?? { kind: "none" }).map(({ node }) => node)).toEqual(
      of(graph, "read-prompts"),
    )
    const [found] = of(graph, "find-paraphrases")
    expect(found?.params).toEqual(profile.paraphrases)
    for (const drop of graph.nodes.filter(({ stage }) => /^drop-/.test(stage.name)))
      expect(wireHandles(drop.wires.paraphrases ?? { kind: "none" }).map(({ node }) => node)).toEqual([found])
  })

  it("compares each model with safety examples with that of the same run without, by each judge", () => {
    for (const stage of ["judge", "compare-scores"]) {
      const nodes = of(graph, stage)
      expect(nodes).toHaveLength((profile.safetyAmounts.length - 1) * profile.runs.length)
      for (const node of nodes) {
        const [baseline] = wireHandles(node.wires.baseline ?? { kind: "none" })
        const { rater, ...own } = node.labels
        expect(rater).toBeDefined()
        expect(baseline?.node.labels).toEqual({ ...own, safety: 0 })
      }
    }
  })

  it("passes every drop on to the analysis, which counts it", () => {
    const [analyze] = of(graph, "analyze")
    const counted = wireHandles(analyze?.wires.overlaps ?? { kind: "none" }).map(({ node }) => node.id)
    const drops = graph.nodes.filter(({ stage }) => /^drop-/.test(stage.name)).map(({ id }) => id)
    expect([...counted].sort()).toEqual([...drops].sort())
    expect(drops).toHaveLength(profile.data.reward.objective === "preference" ? 4 : 3)
  })
})

describe.each(small)("the grid of %s", (_, profile) => {
  const shares = profile.safetyAmounts.map((amount) => amount / profile.generalAmount)
  it("holds 0, and shares of the paper's range (0.5 to 10 %)", () => {
    expect(shares[0]).toBe(0)
    expect(shares.filter((share) => share >= 0.005 && share <= 0.1).length).toBeGreaterThanOrEqual(2)
    expect(shares).toContain(0.1)
    expect([...profile.safetyAmounts].sort((a, b) => a - b)).toEqual(profile.safetyAmounts)
  })
  it("tells of larger shares, and of recipe and decoding, as deviations", () => {
    const told = profile.deviations.join("\n")
    for (const amount of profile.safetyAmounts.filter((each) => each / profile.generalAmount > 0.1))
      expect(told).toMatch(new RegExp(`\\b${amount} (safety examples )?\\(|^${amount} safety examples`, "mu"))
    const { recipe, generation, generalAmount } = profile
    expect(told).toContain(`Training uses ${generalAmount} general examples and ${recipe.epochs} epoch`)
    expect(told).toContain(`learning rate of ${recipe.learningRate}`)
    expect(told).toContain(`end after ${generation.decoding.maxNewTokens} new tokens`)
  })
  it("has several runs, each with a draw of examples and a training seed of its own", () => {
    for (const seeds of [profile.runs.map(({ draw }) => draw), profile.runs.map(({ seed }) => seed)]) {
      expect(new Set(seeds).size).toBeGreaterThanOrEqual(2)
      expect(new Set(seeds).size).toBe(profile.runs.length)
    }
  })
})
