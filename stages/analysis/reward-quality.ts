/** How good a harm score is, in sentences that stand beside every figure of harm. */
import type { SummaryValue } from "../results.ts"
import { counted, decimal, grouped } from "./wording.ts"

type Quality = Pick<SummaryValue, "reward" | "scoreRefusal">

/** The sentences of a summary; none where nothing is known. */
export const qualitySentences = ({ reward, scoreRefusal }: Quality): ReadonlyArray<string> =>
  [reward === null ? "" : rewardSentence(reward), correlationSentence(scoreRefusal)].filter((text) => text !== "")

const rewardSentence = (reward: NonNullable<SummaryValue["reward"]>): string => {
  const facts = [
    ["mean squared error", reward.meanSquaredError],
    ["error of always guessing the mean", reward.baselineMeanSquaredError],
    ["rank correlation with the ratings", reward.spearman],
    ["share of pairs in the right order", reward.pairAccuracy],
    ["correlation with being a refusal", reward.scoreRefusalCorrelation],
  ] as const
  const known = facts.flatMap(([name, value]) => (value === null ? [] : [`${name} ${decimal(value, 2)}`]))
  return known.length === 0
    ? ""
    : `On ${counted(reward.heldOutPairs, "held-out pair")} the reward model has: ${known.join(", ")}.`
}

const correlationSentence = ({ correlation, answers }: SummaryValue["scoreRefusal"]): string =>
  correlation === null
    ? ""
    : `Over ${grouped(answers)} answers to unsafe prompts the harm score and being a refusal correlate by ${decimal(correlation, 2)}.`
