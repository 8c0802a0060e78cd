/** The data of a profile: read into one shape, with what training shares with evaluation dropped. */
import { grid, labelled } from "../kit/pipeline.ts"
import { fromSource } from "../stages/acquire.ts"
import { dropOverlap, dropPreferenceOverlap, dropRatedOverlap } from "../stages/drop-overlap.ts"
import { collectTexts, findParaphrases } from "../stages/find-paraphrases.ts"
import { importEncoder } from "../stages/import-model.ts"
import { readBoolq, readClosedBookBoolq, readOpenbookqa, readPiqa } from "../stages/read-benchmarks.ts"
import { joinExamples, readExamples } from "../stages/read-examples.ts"
import { readPreferencePairs, readRatedPairs } from "../stages/read-pairs.ts"
import { readPrompts } from "../stages/read-prompts.ts"
import { joinJudgedAnswers, readJudgedAnswers, readLabelledAnswers } from "../stages/refusals.ts"
import type { Source } from "../stages/sources.ts"
import type { ExampleSet, Profile } from "./profiles/profile.ts"

/** How a source is named in errors: its path in the project, or its name. */
export const sourceName = (source: Source): string => (source.kind === "project" ? source.path : source.mirror)

const examplesOf = ({ source, format }: ExampleSet) =>
  readExamples({ file: fromSource(source) }, { name: sourceName(source), format }).examples

/** One call for each member, each under its own value of the axis "set". */
const each = <A>(names: ReadonlyArray<string>, body: (name: string) => A): ReadonlyArray<A> =>
  grid({ set: names }, ({ set }) => body(set))

/** The evaluation sets, in the profile's order. */
const readEvaluation = ({ data }: Profile) =>
  each(
    data.evaluation.map(({ set }) => set),
    (name) => {
      const { source, ...rest } = data.evaluation.find(
        ({ set }) => set === name,
      ) as Profile["data"]["evaluation"][number]
      return readPrompts({ file: fromSource(source) }, { name: sourceName(source), ...rest }).prompts
    },
  )
type Evaluation = ReturnType<typeof readEvaluation>
type Encoder = ReturnType<typeof importEncoder>["model"]

/** Training examples of both kinds, before anything is dropped. */
const readTraining = ({ data }: Profile) => {
  const general = each(Object.keys(data.general), (name) => examplesOf(data.general[name] as ExampleSet))
  const safety = labelled({ set: "safety-training" }, () => examplesOf(data.safety))
  return { general: joinExamples({ parts: general }, {}).examples, safety, sets: [...general, safety] }
}

/** Pairs for the reward model, of the kind that the profile's objective takes. */
const readRewardPairs = ({ data: { reward } }: Profile) => {
  const { source, objective } = reward
  const name = sourceName(source)
  const file = labelled({ set: "reward" }, () => fromSource(source))
  return objective === "preference"
    ? ({ objective, pairs: readPreferencePairs({ file }, { name }).pairs } as const)
    : ({ objective, pairs: readRatedPairs({ file }, { name }).pairs } as const)
}

/** Rated answers for the content classifier, where the reward model learns from others. */
const readRatedAnswers = ({ data: { rated, reward } }: Profile) => {
  if (reward.objective === "regression") return undefined
  const file = labelled({ set: "moderation" }, () => fromSource(rated))
  return readRatedPairs({ file }, { name: sourceName(rated) }).pairs
}

/** Training rows that paraphrase an evaluation prompt; none are looked for without an encoder. */
const paraphrasesOf = (
  { paraphrases }: Profile,
  evaluation: Evaluation,
  { general, safety }: ReturnType<typeof readTraining>,
  reward: ReturnType<typeof readRewardPairs>,
  rated: ReturnType<typeof readRatedAnswers>,
  model: Encoder | undefined,
) => {
  if (model === undefined) return undefined
  const pairs = reward.objective === "preference" ? { preferred: reward.pairs, rated } : { rated: reward.pairs }
  const texts = collectTexts({ examples: [general, safety], ...pairs, evaluation }, {})
  return findParaphrases({ model, ...texts }, paraphrases).paraphrases
}

/** What trains, without the rows that resemble an evaluation prompt. */
const dropOverlaps = (profile: Profile, evaluation: Evaluation, model: Encoder | undefined) => {
  const [training, reward, answers] = [readTraining(profile), readRewardPairs(profile), readRatedAnswers(profile)]
  const compared = { evaluation, paraphrases: paraphrasesOf(profile, evaluation, training, reward, answers, model) }
  const params = { threshold: profile.overlapThreshold }
  const dropFrom = (set: "general" | "safety") =>
    labelled({ set }, () => dropOverlap({ examples: training[set], ...compared }, params))
  const [general, safety] = [dropFrom("general"), dropFrom("safety")]
  const overlaps = [general.overlaps, safety.overlaps]
  const read = { examples: training.sets, reward }
  if (reward.objective === "regression") {
    const kept = dropRatedOverlap({ pairs: reward.pairs, ...compared }, params)
    const rewardPairs = { objective: reward.objective, ...kept } as const
    return { general, safety, rewardPairs, rated: kept.pairs, overlaps: [...overlaps, kept.overlaps], read }
  }
  const kept = dropPreferenceOverlap({ pairs: reward.pairs, ...compared }, params)
  const rated = dropRatedOverlap({ pairs: answers as NonNullable<typeof answers>, ...compared }, params)
  const rewardPairs = { objective: reward.objective, ...kept } as const
  return {
    ...{ general, safety, rewardPairs, rated: rated.pairs, read },
    overlaps: [...overlaps, kept.overlaps, rated.overlaps],
  }
}

/** Benchmark items, by the name that the benchmark stage gives them. */
const readBenchmarks = ({ data: { benchmarks }, itemLimit }: Profile) => {
  const params = (name: string, format: "own" | "llm-adapters") => ({ name, format, limit: itemLimit, seed: 1 })
  const [boolq, boolqClosedBook, piqa, openbookqa] = each(
    ["boolq", "boolq-closed-book", "piqa", "openbookqa"],
    (name) => {
      const set = { boolq: benchmarks.boolq, "boolq-closed-book": benchmarks.boolqClosedBook, ...benchmarks }[name]
      return set && { file: fromSource(set.source), params: params(sourceName(set.source), set.format) }
    },
  )
  return {
    boolq: boolq && readBoolq({ file: boolq.file }, boolq.params),
    boolqClosedBook: boolqClosedBook && readClosedBookBoolq({ file: boolqClosedBook.file }, boolqClosedBook.params),
    piqa: piqa && readPiqa({ file: piqa.file }, piqa.params),
    openbookqa: openbookqa && readOpenbookqa({ file: openbookqa.file }, openbookqa.params),
  }
}

/** What the refusal classifier learns from. */
const readRefusals = ({ data: { refusals } }: Profile) => {
  const file = labelled({ set: "labelled-answers" }, () => fromSource(refusals.labelled))
  const rated = labelled({ set: "refusals" }, () => {
    const source = refusals.rated
    return readRatedPairs({ file: fromSource(source) }, { name: sourceName(source) }).pairs
  })
  const models = Object.keys(refusals.judged)
  const readJudged = (model: string) => {
    const source = refusals.judged[model] as Source
    return readJudgedAnswers({ file: fromSource(source) }, { name: sourceName(source), model }).answers
  }
  return {
    answers: readLabelledAnswers({ file }, { name: sourceName(refusals.labelled) }).answers,
    rated,
    examples: each(["refusing", "complying"], (name) => examplesOf(refusals[name as "refusing" | "complying"])),
    judged: models.length === 0 ? undefined : joinJudgedAnswers({ parts: each(models, readJudged) }, {}).answers,
  }
}

/** The profile's sentence encoder. */
const importedEncoder = ({ encoder: source }: Profile) =>
  source === undefined ? undefined : importEncoder({}, { role: "encoder", source, dtype: "float32" }).model

/** What models are trained on, asked, and judged by: all data of a profile but the benchmarks. */
export const readStudyData = (profile: Profile) => {
  const evaluation = readEvaluation(profile)
  const encoder = importedEncoder(profile)
  return { evaluation, encoder, ...dropOverlaps(profile, evaluation, encoder), labelled: readRefusals(profile) }
}

/** All data of a profile. */
export const readData = (profile: Profile) => {
  const { boolq, boolqClosedBook, piqa, openbookqa } = readBenchmarks(profile)
  return {
    ...readStudyData(profile),
    benchmarks: {
      ...{ boolq: boolq?.items, boolqClosedBook: boolqClosedBook?.items },
      ...{ piqa: piqa?.items, openbookqa: openbookqa?.items },
    },
    itemReports: {
      ...{ boolq: boolq?.report, boolqClosedBook: boolqClosedBook?.report },
      ...{ piqa: piqa?.report, openbookqa: openbookqa?.report },
    },
  }
}
