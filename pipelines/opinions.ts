/**
 * What others say of the answers: a content classifier of their harm, a general reward model and a judge of their help.
 * Classifier and judge are asked over HTTP, through the client that asks a provider.
 */
import type { HandleOf } from "../kit/node.ts"
import { grid, labelled } from "../kit/pipeline.ts"
import { fromSource } from "../stages/acquire.ts"
import type { Answers, Model } from "../stages/artifacts.ts"
import { checkJudge, judgePreferences } from "../stages/judge.ts"
import { mismatchAnswers, readAnnotations } from "../stages/known-pairs.ts"
import { moderate } from "../stages/moderate.ts"
import { flagRatedPairs, scoreHelp } from "../stages/reward.ts"
import { compareScores, winRates } from "../stages/win-rate.ts"
import type { Profile } from "./profiles/profile.ts"
import { type readData, sourceName } from "./read-data.ts"
import { helpReward, moderationReward } from "./reward.ts"

/** How the judges of help are called in tables and figures. */
const [REWARD, JUDGE] = ["general reward model", "judge"] as const

interface Judges {
  readonly data: ReturnType<typeof readData>
  readonly model: HandleOf<typeof Model>
}

/** Pairs of which one answer is known to be better: for the general reward model, and to check the judge. */
const knownPairs = ({ help, data }: Profile, { general }: Judges["data"]) => {
  const { training, checking } = mismatchAnswers({ examples: general.examples }, help.pairs)
  const { annotations } = data
  if (annotations === undefined) return { training, checking: { "answers to other requests": checking } }
  const file = labelled({ set: "annotations" }, () => fromSource(annotations.source))
  const params = { name: sourceName(annotations.source), set: annotations.name, pairs: help.pairs.checking, seed: 1 }
  const { pairs, preferences } = readAnnotations({ file }, params)
  const known = { knownWinRates: winRates({ preferences }, { rater: annotations.name }).winRates }
  return { training, checking: { "answers to other requests": checking, [annotations.name]: pairs }, known }
}

/** The content classifier that the worker offers, where the profile asks none elsewhere. */
const localClassifier = (profile: Profile, data: Judges["data"]) => {
  if (profile.moderation.endpoint.kind !== "local") return undefined
  const { flagged } = flagRatedPairs({ pairs: data.rated }, { from: profile.moderation.ratedFrom })
  return moderationReward(profile, flagged, data.encoder)
}

/** Trains and checks the judges; gives what measures one model, and what compares two. */
export const makeOpinions = (profile: Profile, { data, model }: Judges) => {
  const { encoder } = data
  const { moderation, help, judge } = profile
  const classifier = localClassifier(profile, data)
  const pairs = knownPairs(profile, data)
  const general = helpReward(profile, pairs.training, encoder)
  const judging = { endpoint: judge.endpoint, reading: judge.reading, dtype: judge.dtype }
  const local = judge.endpoint.kind === "local" ? model : undefined
  const names = Object.keys(pairs.checking)
  const checks = grid({ pairs: names }, ({ pairs: name }) => {
    const known = pairs.checking[name as keyof typeof pairs.checking] as typeof pairs.training
    return checkJudge({ judge: local, pairs: known }, judging, profile.asking).report
  })

  const scoreHarm = (answers: HandleOf<typeof Answers>) =>
    moderate({ classifier, answers }, { ...moderation.asks, endpoint: moderation.endpoint }, profile.asking).moderation
  const rate = (answers: HandleOf<typeof Answers>) => ({
    answers,
    help: scoreHelp({ reward: general.reward, answers }, general.scoring).scores,
  })
  type Rated = ReturnType<typeof rate>
  const compare = (own: Rated, baseline: Rated) => {
    const { sets } = help
    return [
      labelled({ rater: REWARD }, () => compareScores({ scores: own.help, baseline: baseline.help }, { sets })),
      labelled({ rater: JUDGE }, () => {
        const inputs = { judge: local, answers: own.answers, baseline: baseline.answers }
        return judgePreferences(inputs, { ...judging, sets }, profile.asking)
      }),
    ].map(({ preferences }) => preferences)
  }
  return { checks, known: pairs.known ?? {}, moderate: scoreHarm, rate, compare }
}
