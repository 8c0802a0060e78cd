/** The harmfulness reward model of a profile: by regression on ratings or by preference, on an encoder or from nothing. */
import { trainPreferenceReward, trainReward } from "../stages/reward.ts"
import type { Profile } from "./profiles/profile.ts"
import type { readData } from "./read-data.ts"

/** Trains the reward model that the profile's objective asks for. */
export const trainHarmReward = (
  profile: Profile,
  { rewardPairs, encoder: model }: Pick<ReturnType<typeof readData>, "rewardPairs" | "encoder">,
) =>
  rewardPairs.objective === "regression"
    ? trainReward({ pairs: rewardPairs.pairs, model }, { objective: "regression", ...profile.reward })
    : trainPreferenceReward({ pairs: rewardPairs.pairs, model }, { objective: "preference", ...profile.reward })
