/** The studies: recipes are compared on the tuning split alone, and the chosen one is measured on held-out prompts. */
import { describe, expect, it } from "vitest"
import type { Graph, Node } from "../../kit/node.ts"
import effectStudy from "../../pipelines/effect-study.ts"
import { CHOSEN, recipes } from "../../pipelines/profiles/recipes.ts"
import { smoke } from "../../pipelines/profiles/smoke.ts"
import recipeStudy from "../../pipelines/recipe-study.ts"

const of = (graph: Graph, stage: string): ReadonlyArray<Node> => graph.nodes.filter((node) => node.stage.name === stage)
const paths = (graph: Graph) => of(graph, "project-file").map(({ params }) => (params as { path: string }).path)
const recipeOf = ({ params }: Node) => (params as { recipe: unknown }).recipe

describe("the recipe study", () => {
  const graph = recipeStudy.graph("smoke")
  it("reads the tuning split and no evaluation set", () => {
    expect(paths(graph).filter((path) => path.startsWith("data/tuning/"))).toHaveLength(3)
    expect(paths(graph).filter((path) => path.startsWith("data/evaluation/"))).toEqual([])
  })
  it("trains each recipe on the same examples in the same order, at a share of the paper's range", () => {
    const tuned = of(graph, "fine-tune")
    expect(tuned.map(recipeOf)).toEqual(Object.values(recipes))
    expect(new Set(of(graph, "mix-data").map(({ params }) => JSON.stringify(params))).size).toBe(1)
    expect(new Set(tuned.map(({ params }) => (params as { seed: number }).seed)).size).toBe(1)
    expect(tuned.map(({ labels }) => (100 * Number(labels.safety)) / smoke.generalAmount)).toEqual(tuned.map(() => 10))
  })
  it("compares learning rates, ranks and epochs", () => {
    for (const field of ["learningRate", "rank", "epochs"] as const)
      expect(new Set(Object.values(recipes).map((recipe) => recipe[field])).size).toBeGreaterThanOrEqual(2)
  })
})

describe("the effect study", () => {
  const graph = effectStudy.graph("smoke")
  it("makes each amount in five runs with examples and seeds of their own, none of them with another recipe", () => {
    const tuned = of(graph, "fine-tune")
    for (const amount of [0, 15, 60]) {
      const own = tuned.filter(({ labels }) => labels.safety === amount)
      expect(new Set(own.map(({ labels }) => labels.draw)).size).toBe(5)
      expect(new Set(own.map(({ labels }) => labels.seed)).size).toBe(5)
    }
    for (const node of tuned) expect(recipeOf(node)).toEqual(recipes[CHOSEN])
  })
  it("asks the prompts that smoke reports, and none of the tuning split", () => {
    expect(paths(graph).filter((path) => path.startsWith("data/tuning/"))).toEqual([])
    expect(of(graph, "collect-prompts")[0]?.params).toEqual(smoke.evaluation)
  })
})
