/**
 * The recipes that the recipe study (`pipelines/recipe-study.ts`) compares, and the one that the profiles of the small model
 * use. They are compared on the tuning split alone; docs/data-and-recipe.md has the numbers and says why this one is used.
 */
import type { Recipe } from "../../stages/fine-tune.ts"

type RecipeValue = typeof Recipe.Type

const base: RecipeValue = {
  // rank, alpha, dropout and targets: the recipe told for the paper [R, strong]
  rank: 4,
  alpha: 16,
  dropout: 0.05,
  targets: ["q_proj", "v_proj"],
  learningRate: 5e-3,
  epochs: 1,
  warmupSteps: 5,
  schedule: "linear",
  batchSize: 4,
  microBatchSize: 4,
  groupByLength: true,
  cutoffTokens: 256,
  lossOnPrompt: false,
  validationRows: 0,
  evaluateEverySteps: 0,
  keepBest: false,
  weightDecay: 0,
}

/** Recipes by name. */
export const recipes = {
  "lr-0.002": { ...base, learningRate: 2e-3 },
  "lr-0.002-twice": { ...base, learningRate: 2e-3, epochs: 2 },
  "lr-0.005": base,
  "lr-0.005-rank-8": { ...base, rank: 8 },
  "lr-0.01": { ...base, learningRate: 1e-2 },
} as const satisfies Record<string, RecipeValue>

/** The name of the recipe in use. */
export const CHOSEN = "lr-0.005" satisfies keyof typeof recipes
