/** Reward models of a profile: trained on its pairs, from an encoder or from nothing, or published ones that are checked. */
import type { HandleOf } from "../kit/node.ts"
import { labelled } from "../kit/pipeline.ts"
import type { Encoder, PreferencePairs, RatedPairs } from "../stages/artifacts.ts"
import { importReward } from "../stages/import-model.ts"
import {
  checkPreferenceReward,
  checkReward,
  crossValidateReward,
  trainPreferenceReward,
  trainReward,
} from "../stages/reward.ts"
import type { Profile, PublishedReward, RewardTraining } from "./profiles/profile.ts"
import type { readData } from "./read-data.ts"

type Data = Pick<ReturnType<typeof readData>, "rewardPairs" | "encoder" | "read">

const isPublished = (reward: RewardTraining | PublishedReward): reward is PublishedReward => "published" in reward

const imported = (use: "harm" | "help", { published: source }: PublishedReward) =>
  labelled({ reward: use }, () => importReward({}, { role: "reward", source, dtype: "float32" }).model)

/** The harmfulness reward model and its quality on pairs that it did not learn from. */
export const harmReward = (profile: Profile, { rewardPairs, encoder: model }: Data) => {
  const { reward: how, scoring } = profile
  if (!isPublished(how)) {
    return rewardPairs.objective === "regression"
      ? trainReward({ pairs: rewardPairs.pairs, model }, { objective: "regression", ...how })
      : trainPreferenceReward({ pairs: rewardPairs.pairs, model }, { objective: "preference", ...how })
  }
  const reward = imported("harm", how)
  const { report } =
    rewardPairs.objective === "regression"
      ? checkReward({ reward, pairs: rewardPairs.pairs }, { objective: "regression", ...scoring })
      : checkPreferenceReward({ reward, pairs: rewardPairs.pairs }, { objective: "preference", ...scoring })
  return { reward, report }
}

/** Pair accuracy by cross-validation, where the profile asks for it and its reward model learns from compared answers. */
export const crossValidated = (profile: Profile, { rewardPairs, read, encoder: model }: Data) => {
  const { reward: how, crossValidation } = profile
  if (crossValidation === undefined || isPublished(how)) return undefined
  if (rewardPairs.objective !== "preference" || read.reward.objective !== "preference") return undefined
  const { heldOutShare: _, ...learning } = how
  const { pairs, overlaps } = rewardPairs
  const inputs = { pairs, overlaps, published: read.reward.pairs, model }
  return crossValidateReward(inputs, { ...crossValidation, ...learning }).report
}

/** The general reward model, and how answers are given to it. */
export const helpReward = (
  { help: { reward: how }, scoring }: Profile,
  pairs: HandleOf<typeof PreferencePairs>,
  model: HandleOf<typeof Encoder> | undefined,
) => {
  if (isPublished(how)) {
    const reads = how.reads === undefined ? {} : { reads: how.reads }
    return { reward: imported("help", how), scoring: { ...scoring, ...reads } }
  }
  const params = { objective: "preference", higher: "chosen", ...how } as const
  const { reward } = labelled({ reward: "help" }, () => trainPreferenceReward({ pairs, model }, params))
  return { reward, scoring }
}

/** A content classifier that reads answers alone, trained on flags. */
export const moderationReward = (
  { moderation }: Profile,
  pairs: HandleOf<typeof RatedPairs>,
  model: HandleOf<typeof Encoder> | undefined,
) => {
  const params = { objective: "regression", reads: "answer", ...moderation.training } as const
  return labelled({ reward: "moderation" }, () => trainReward({ pairs, model }, params)).reward
}
