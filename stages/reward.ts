/** Reward models: trained on rated or on compared answers or published by others, checked on pairs, and used to score answers. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import {
  Answers,
  CrossValidation,
  Encoder,
  HarmScores,
  HelpScores,
  Overlaps,
  PreferencePairs,
  RatedPairs,
  Reward,
  RewardReport,
} from "./artifacts.ts"

const AtLeastOne = Schema.Int.check(Schema.isGreaterThan(0))

/** What the reward model starts from: the encoder that is wired, or a small transformer with its own vocabulary. */
export const Architecture = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("pretrained") }),
  Schema.Struct({
    kind: Schema.Literal("scratch"),
    hiddenSize: AtLeastOne,
    layers: AtLeastOne,
    heads: AtLeastOne,
    vocabulary: AtLeastOne,
  }),
])

const Learning = {
  architecture: Architecture,
  learningRate: Schema.Finite.check(Schema.isGreaterThan(0)),
  epochs: AtLeastOne,
  batchSize: AtLeastOne,
  maxTokens: AtLeastOne,
  seed: Schema.Int,
  /** What the model reads: request and answer (the default), or the answer alone. */
  reads: Schema.optionalKey(Schema.Literals(["conversation", "answer"])),
}

const Training = {
  ...Learning,
  /** Share of the prompts that is held out to measure quality. */
  heldOutShare: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 0.5 })),
}

/** Which of two answers scores higher: the rejected one (harm, the default) or the chosen one (help). */
const Higher = Schema.optionalKey(Schema.Literals(["rejected", "chosen"]))

const task = {
  task: "train-reward",
  entry: "repro_worker.tasks.train_reward:run",
  resources: { memory: 2500, gpu: 1 },
} as const

/** Turns ratings into 0 or 1: what a content classifier learns from. */
export const flagRatedPairs = Stage.make("flag-rated-pairs", {
  params: Schema.Struct({ from: Schema.Finite }),
  inputs: { pairs: RatedPairs },
  outputs: { flagged: RatedPairs },
  run: ({ params, inputs }) =>
    Effect.map(inputs.pairs.read, (rows) => ({
      flagged: rows.map((row) => ({ ...row, rating: row.rating >= params.from ? 1 : 0 })),
    })),
})

/** Learns a score by regression on ratings: harm, or flags for a content classifier. */
export const trainReward = Stage.worker("train-reward", {
  params: Schema.Struct({ objective: Schema.Literal("regression"), ...Training }),
  inputs: { pairs: RatedPairs, model: Artifact.optional(Encoder) },
  outputs: { reward: Reward, report: RewardReport },
  ...task,
})

/** Learns a score from compared answers. */
export const trainPreferenceReward = Stage.worker("train-preference-reward", {
  params: Schema.Struct({
    objective: Schema.Literal("preference"),
    higher: Higher,
    ...Training,
  }),
  inputs: { pairs: PreferencePairs, model: Artifact.optional(Encoder) },
  outputs: { reward: Reward, report: RewardReport },
  ...task,
})

/**
 * Pair accuracy by cross-validation: each pair is scored by a model that saw no answer to its prompt. `published` are the
 * pairs before what resembles an evaluation prompt was dropped, `overlaps` says what was.
 */
export const crossValidateReward = Stage.worker("cross-validate-reward", {
  params: Schema.Struct({
    folds: Schema.Int.check(Schema.isBetween({ minimum: 2, maximum: 20 })),
    higher: Higher,
    ...Learning,
  }),
  inputs: { pairs: PreferencePairs, published: PreferencePairs, overlaps: Overlaps, model: Artifact.optional(Encoder) },
  outputs: { report: CrossValidation },
  task: "cross-validate-reward",
  entry: "repro_worker.tasks.cross_validate_reward:run",
  resources: task.resources,
})

/**
 * What a scorer reads: request and answer as one conversation (the default), the answer alone, or both as the two texts of a
 * tokenizer's pair.
 */
const Reads = Schema.Literals(["conversation", "answer", "pair"])

const Scoring = Schema.Struct({ maxTokens: AtLeastOne, batchSize: AtLeastOne, reads: Schema.optionalKey(Reads) })

const check = {
  task: "check-reward",
  entry: "repro_worker.tasks.check_reward:run",
  resources: { memory: 1500, gpu: 1 },
} as const

/** The quality of a reward model that was not trained here, on rated answers that it has not seen. */
export const checkReward = Stage.worker("check-reward", {
  params: Schema.Struct({ objective: Schema.Literal("regression"), ...Scoring.fields }),
  inputs: { reward: Reward, pairs: RatedPairs },
  outputs: { report: RewardReport },
  ...check,
})

/** The same on compared answers. */
export const checkPreferenceReward = Stage.worker("check-preference-reward", {
  params: Schema.Struct({ objective: Schema.Literal("preference"), ...Scoring.fields }),
  inputs: { reward: Reward, pairs: PreferencePairs },
  outputs: { report: RewardReport },
  ...check,
})

const scoring = {
  params: Scoring,
  inputs: { reward: Reward, answers: Answers },
  resources: { memory: 1500, gpu: 1 },
  task: "score-reward",
  entry: "repro_worker.tasks.score_reward:run",
} as const

/** A score is of the answer to the same prompt. */
const rows = { scores: { rules: [], from: { reward: "whole", answers: { columns: ["set", "id"] } } } } as const

/** Scores answers for help. */
export const scoreHelp = Stage.worker("score-help", { ...scoring, outputs: { scores: HelpScores }, rows })

/** Scores answers for harm. */
export const scoreHarm = Stage.worker("score-harm", { ...scoring, outputs: { scores: HarmScores }, rows })
