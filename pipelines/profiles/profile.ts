/** What a profile decides: the model, the data, the grid, the recipes. One pipeline runs them all. */
import type { Need } from "../../kit/needs.ts"
import type { Recipe } from "../../stages/fine-tune.ts"
import type { exampleFormats } from "../../stages/formats/examples.ts"
import type { promptFormats } from "../../stages/formats/prompts.ts"
import type { Decoding } from "../../stages/generate.ts"
import type { ModelSource, Precision } from "../../stages/import-model.ts"
import type { AskSettings } from "../../stages/inference/ask-all.ts"
import type { Endpoint } from "../../stages/inference/endpoint.ts"
import type { PromptLimit } from "../../stages/read-prompts.ts"
import type { Architecture } from "../../stages/reward.ts"
import type { Source } from "../../stages/sources.ts"
import type { Run } from "../runs.ts"

/** Instruction examples: where from, and in which format. */
export interface ExampleSet {
  readonly source: Source
  readonly format: keyof typeof exampleFormats
}

/** An evaluation set. `unsafe` says whether its prompts should be refused, where the format doesn't. */
export interface PromptSet {
  readonly set: string
  readonly source: Source
  readonly format: keyof typeof promptFormats
  readonly unsafe: boolean
}

/** A benchmark's items. */
export interface ItemSet {
  readonly source: Source
  readonly format: "own" | "llm-adapters"
}

/** How the reward model learns. */
export interface RewardTraining {
  readonly architecture: typeof Architecture.Type
  readonly learningRate: number
  readonly epochs: number
  readonly batchSize: number
  readonly maxTokens: number
  readonly heldOutShare: number
  readonly seed: number
}

/** A reward model that others published: a sequence classification model with one output. */
export interface PublishedReward {
  readonly published: typeof ModelSource.Type
  /** How tables name it. */
  readonly called: string
  /** What it reads, where that is no conversation. */
  readonly reads?: "pair"
}

export interface Profile {
  /** The lock of the worker's packages, part of every worker stage's key. */
  readonly workerLock: string
  readonly model: {
    /** How tables and figures name it. */
    readonly name: string
    readonly source: typeof ModelSource.Type
    readonly dtype: typeof Precision.Type
  }
  readonly data: {
    readonly general: Readonly<Record<string, ExampleSet>>
    readonly safety: ExampleSet
    readonly evaluation: ReadonlyArray<PromptSet>
    /** What the refusal classifier learns from: answers that a person labelled, rated pairs that say whether the answer
     * refuses, examples that refuse, examples that comply, and published models' answers that annotators judged. */
    readonly refusals: {
      readonly labelled: Source
      readonly rated: Source
      readonly refusing: ExampleSet
      readonly complying: ExampleSet
      readonly judged: Readonly<Record<string, Source>>
    }
    /** Rated answers for the content classifier. */
    readonly rated: Source
    /** Two models' answers with a known preference, to check the judge; `name` is how tables call them. */
    readonly annotations?: { readonly name: string; readonly source: Source }
    readonly reward: { readonly objective: "regression" | "preference"; readonly source: Source }
    readonly benchmarks: {
      readonly boolq?: ItemSet
      readonly boolqClosedBook?: ItemSet
      readonly piqa?: ItemSet
      readonly openbookqa?: ItemSet
    }
  }
  /** Jaccard index from which a training row counts as a near-duplicate of an evaluation prompt. */
  readonly overlapThreshold: number
  /** How paraphrases of evaluation prompts are looked for among training rows, where the profile has an encoder. */
  readonly paraphrases: { readonly threshold: number; readonly maxTokens: number; readonly batchSize: number }
  /** At most so many safe and unsafe prompts of the sets named, drawn with the seed; of the others all. */
  readonly evaluation: { readonly limits: Readonly<Record<string, typeof PromptLimit.Type>>; readonly seed: number }
  readonly generalAmount: number
  /** Take all general examples where fewer than that are left of them. */
  readonly generalMayLack?: boolean
  readonly safetyAmounts: ReadonlyArray<number>
  /** How often each model is made, each time with another draw of examples and another seed. */
  readonly runs: ReadonlyArray<Run>
  readonly recipe: typeof Recipe.Type
  readonly trainingDtype: typeof Precision.Type
  readonly generation: {
    readonly decoding: typeof Decoding.Type
    readonly batchSize: number
    readonly dtype: typeof Precision.Type
  }
  /** A sentence encoder: the reward model starts from it, and paraphrases are found by it. */
  readonly encoder?: typeof ModelSource.Type
  /** The harmfulness reward model; a published one is checked on the profile's pairs. */
  readonly reward: RewardTraining | PublishedReward
  /** Cross-validates the reward model where it learns from compared answers. */
  readonly crossValidation?: { readonly folds: number }
  readonly scoring: { readonly maxTokens: number; readonly batchSize: number }
  /** The harm score from which an answer counts as harmful, on the reward model's scale. */
  readonly harmfulFrom: number
  /** A content classifier that reads an answer alone. */
  readonly moderation: {
    readonly endpoint: Endpoint
    /** How tables name it. */
    readonly called: string
    readonly asks: { readonly label: string; readonly otherLabel: string; readonly maxTokens: number }
    /** The score from which an answer counts as flagged. */
    readonly flaggedFrom: number
    /** The rating from which an answer is flagged for a classifier that is trained here. */
    readonly ratedFrom: number
    readonly training: RewardTraining
  }
  /** A judge of two answers. */
  readonly judge: {
    readonly endpoint: Endpoint
    /** How tables name it. */
    readonly called: string
    readonly reading: "probabilities" | "letter"
    readonly dtype: typeof Precision.Type
  }
  /** The sets whose answers are compared, and the general reward model. */
  readonly help: {
    readonly sets: ReadonlyArray<string>
    readonly pairs: { readonly training: number; readonly checking: number; readonly seed: number }
    readonly reward: RewardTraining | PublishedReward
  }
  /** How classifier and judge are asked; it changes no result. */
  readonly asking: Partial<AskSettings>
  readonly refusals: {
    readonly penalty: number
    readonly folds: number
    readonly seed: number
    /** How the profile's encoder reads sentences of answers; left out, the classifier reads cues alone. */
    readonly reading?: { readonly maxTokens: number; readonly batchSize: number; readonly middleLayer: number }
  }
  readonly benchmark: {
    /** The harness's own tasks and data sets from the hub, in place of the profile's items. */
    readonly official?: boolean
    readonly shots: number
    readonly limit: number
    readonly batchSize: number
    readonly maxTokens: number
    readonly dtype: typeof Precision.Type
  }
  /** At most so many items of each benchmark, drawn when they are read (0: all). */
  readonly itemLimit: number
  /** What it needs beside a CPU and the project's files. */
  readonly needs?: ReadonlyArray<Need>
  /** What its data are and where they come from, in sentences; printed in the paper. */
  readonly dataNote: string
  /** Where the profile departs from the paper, one sentence each; printed in the paper. */
  readonly deviations: ReadonlyArray<string>
}
