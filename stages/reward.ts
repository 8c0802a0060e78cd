/** The harmfulness reward model: trained on rated or on compared answers, then used to score a model's answers. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import {
  Answers,
  Encoder,
  HarmScores,
  HelpScores,
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

const Training = {
  architecture: Architecture,
  learningRate: Schema.Finite.check(Schema.isGreaterThan(0)),
  epochs: AtLeastOne,
  batchSize: AtLeastOne,
  maxTokens: AtLeastOne,
  /** Share of the prompts that is held out to measure quality. */
  heldOutShare: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 0.5 })),
  seed: Schema.Int,
  /** What the model reads: request and answer (the default), or the answer alone. */
  reads: Schema.optionalKey(Schema.Literals(["conversation", "answer"])),
}

const task = {
  task: "train-reward",
  entry: "repro_worker.tasks.train_reward:run",
  resources: { memory: 2500 },
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

/** Learns a score from compared answers: the rejected one should score higher (harm, the default), or the chosen one (help). */
export const trainPreferenceReward = Stage.worker("train-preference-reward", {
  params: Schema.Struct({
    objective: Schema.Literal("preference"),
    higher: Schema.optionalKey(Schema.Literals(["rejected", "chosen"])),
    ...Training,
  }),
  inputs: { pairs: PreferencePairs, model: Artifact.optional(Encoder) },
  outputs: { reward: Reward, report: RewardReport },
  ...task,
})

const scoring = {
  params: Schema.Struct({ maxTokens: AtLeastOne, batchSize: AtLeastOne }),
  inputs: { reward: Reward, answers: Answers },
  resources: { memory: 1500 },
  task: "score-reward",
  entry: "repro_worker.tasks.score_reward:run",
} as const

/** A score is of the answer to the same prompt. */
const rows = { scores: { rules: [], from: { reward: "whole", answers: { columns: ["set", "id"] } } } } as const

/** Scores answers for help. */
export const scoreHelp = Stage.worker("score-help", { ...scoring, outputs: { scores: HelpScores }, rows })

/** Scores answers for harm. */
export const scoreHarm = Stage.worker("score-harm", { ...scoring, outputs: { scores: HarmScores }, rows })
