/** What the studies share: data, judges and models of a profile, without benchmarks and without a paper. */
import { fineTune } from "../stages/fine-tune.ts"
import { generate } from "../stages/generate.ts"
import { importModel } from "../stages/import-model.ts"
import { mixData } from "../stages/mix-data.ts"
import { collectPrompts } from "../stages/read-prompts.ts"
import { scoreHarm } from "../stages/reward.ts"
import type { Profile } from "./profiles/profile.ts"
import { readStudyData } from "./read-data.ts"
import { makeRefusals } from "./refusals.ts"
import { harmReward } from "./reward.ts"
import { inRuns, mixOf } from "./runs.ts"

/** A function that makes a model in each of the profile's runs and measures what it answers to the profile's prompts. */
export const studyModels = (profile: Profile) => {
  const data = readStudyData(profile)
  const { prompts } = collectPrompts({ sets: data.evaluation }, profile.evaluation)
  const { model } = importModel({}, { role: "causal-lm", source: profile.model.source, dtype: profile.model.dtype })
  const { reward } = harmReward(profile, data)
  const { classify } = makeRefusals(profile, data)
  const training = { general: data.general.examples, safety: data.safety.examples }
  return (safety: number, recipe: Profile["recipe"]) =>
    inRuns(
      profile.runs,
      (drawSeed) => mixData(training, mixOf(profile, safety, drawSeed)).mix,
      (mix, seed) => {
        const { adapter } = fineTune({ model, mix }, { recipe, dtype: profile.trainingDtype, seed })
        const { answers } = generate({ model, adapter, prompts }, profile.generation)
        const { scores } = scoreHarm({ reward, answers }, profile.scoring)
        return { answers, scores, refusals: classify(answers) }
      },
    )
}
