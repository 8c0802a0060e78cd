/**
 * The two recipes that are told for the paper, and what they are to be applied to. Each fact bears how sure it is: [C] read in
 * the authors' repository (vinid/safety-tuned-llamas; its training script at 4bc1f23 where no commit is told), [Q] quoted
 * from the paper by others, [R] told by a reviewer or a reader, [M] from memory, unchecked.
 */
import type { Recipe } from "../../stages/fine-tune.ts"

type RecipeValue = typeof Recipe.Type

const common = {
  alpha: 16, // [C] and [R, strong]
  dropout: 0.05, // [C] and [R, strong]
  targets: ["q_proj", "v_proj"], // [C] and [R, strong]
  batchSize: 128, // [C] and [R]
  microBatchSize: 4, // [C] and [R, strong]
  groupByLength: false, // [C]
  lossOnPrompt: true, // [C]: train_on_inputs; the appendix recipe says nothing of it
  warmupSteps: 10, // [C] and [R, strong]
  schedule: "linear", // the trainer's default, which the script leaves [C]
  weightDecay: 0, // the trainer's default, which the script leaves [C]
  keepBest: true, // [C]: load_best_model_at_end; [R]: best checkpoint by validation loss
} as const

/** Recipes by the names that the protocol gives them. */
export const paperRecipes = {
  /** A public script that is labelled with the paper's appendix. */
  appendix: {
    ...common,
    rank: 4, // [R, strong]
    learningRate: 1e-4, // [R, strong]
    epochs: 4, // [Q]
    cutoffTokens: 512, // [R, strong]
    validationRows: 500, // [R, strong]
    evaluateEverySteps: 50, // [R]
  },
  /** The defaults of the authors' own script. */
  repository: {
    ...common,
    rank: 8, // [C]
    learningRate: 3e-4, // [C]
    epochs: 3, // [C]
    cutoffTokens: 256, // [C]
    validationRows: 2000, // [C]
    evaluateEverySteps: 25, // [C], at 36a4b8d
  },
} as const satisfies Record<string, RecipeValue>

/** A base model of the paper. */
export interface Base {
  readonly name: string
  readonly repository: "yahma/llama-7b-hf" | "yahma/llama-13b-hf" | "tiiuae/falcon-7b"
  /** Modules that get an adapter. */
  readonly targets: RecipeValue["targets"]
  /** Memory of one accelerator that should do, in GB; an estimate, never measured. */
  readonly gigabytes: number
}

export const bases = {
  "7b": {
    name: "LLaMA-7B",
    repository: "yahma/llama-7b-hf", // [C]: the default of the authors' generation script
    targets: common.targets,
    gigabytes: 40,
  },
  "13b": {
    name: "LLaMA-13B",
    repository: "yahma/llama-13b-hf", // [M]
    targets: common.targets,
    gigabytes: 80,
  },
  falcon: {
    name: "Falcon-7B",
    repository: "tiiuae/falcon-7b", // [M]
    targets: ["query_key_value"], // [M]
    gigabytes: 40,
  },
} as const satisfies Record<string, Base>
