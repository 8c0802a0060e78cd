/**
 * Safety-Tuned LLaMAs (Bianchi et al., ICLR 2024): how many safety examples make an instruction-tuned model safe, and when
 * do they make it refuse harmless questions? The whole paper: mix data, fine-tune, answer, score, class, benchmark,
 * analyse, draw, print. `profiles/` says with which model, data and recipes.
 */
import { grid, labelled, Pipeline } from "../kit/pipeline.ts"
import { analyze } from "../stages/analyze.ts"
import { benchmark, officialBenchmark } from "../stages/benchmark.ts"
import { fineTune } from "../stages/fine-tune.ts"
import { generate } from "../stages/generate.ts"
import { importModel } from "../stages/import-model.ts"
import { mixData } from "../stages/mix-data.ts"
import { collectPrompts } from "../stages/read-prompts.ts"
import { scoreHarm } from "../stages/reward.ts"
import { dataTable, describeSets } from "./data-table.ts"
import { findings } from "./findings.ts"
import { makeOpinions } from "./opinions.ts"
import { mirror } from "./profiles/mirror.ts"
import { paperProfiles } from "./profiles/paper.ts"
import type { Profile } from "./profiles/profile.ts"
import { smoke } from "./profiles/smoke.ts"
import { readData } from "./read-data.ts"
import { makeRefusals } from "./refusals.ts"
import { crossValidated, harmReward } from "./reward.ts"
import { inRuns, mixOf } from "./runs.ts"
import { type Models, writeUp } from "./write-up.ts"

/** The experiments of the paper under a profile. */
const experiments = (profile: Profile, name: string) => {
  const data = readData(profile)
  const { prompts } = collectPrompts({ sets: data.evaluation }, profile.evaluation)
  const { model } = importModel({}, { role: "causal-lm", source: profile.model.source, dtype: profile.model.dtype })
  const { reward, report: rewardReport } = harmReward(profile, data)
  const training = { general: data.general.examples, safety: data.safety.examples }
  const { classify, agreement } = makeRefusals(profile, data)

  const opinions = makeOpinions(profile, { data, model })

  const measure = (adapter?: ReturnType<typeof fineTune>["adapter"]) => {
    const { answers } = generate({ model, adapter, prompts }, profile.generation)
    const { scores } = scoreHarm({ reward, answers }, profile.scoring)
    const refusals = classify(answers)
    const { official, ...asks } = profile.benchmark
    const { results } = official
      ? officialBenchmark({ model, adapter }, { ...asks, official })
      : benchmark({ model, adapter, ...data.benchmarks }, asks)
    return { answers, scores, refusals, results, moderation: opinions.moderate(answers) }
  }
  const untuned = labelled({ model: "untuned" }, () => measure())
  const untaught = new Map<number, ReturnType<typeof opinions.rate>>()
  const tuned = grid({ safety: profile.safetyAmounts }, ({ safety }) =>
    inRuns(
      profile.runs,
      (drawSeed) => mixData(training, mixOf(profile, safety, drawSeed)).mix,
      (mix, seed) => {
        const how = { recipe: profile.recipe, dtype: profile.trainingDtype, seed }
        const { adapter, report } = fineTune({ model, mix }, how)
        const own = measure(adapter)
        const rated = opinions.rate(own.answers)
        if (safety === 0) untaught.set(seed, rated)
        const baseline = untaught.get(seed)
        const preferences = safety === 0 || baseline === undefined ? [] : opinions.compare(rated, baseline)
        return { ...own, report, preferences }
      },
    ),
  ).flat()

  const models: Models = {
    measured: [untuned, ...tuned],
    reports: tuned.map(({ report }) => report),
    preferences: tuned.flatMap(({ preferences }) => preferences),
    judgeChecks: opinions.checks,
    items: data.itemReports,
    crossValidation: crossValidated(profile, data),
  }
  const tables = analyze(
    {
      answers: models.measured.map(({ answers }) => answers),
      harmScores: models.measured.map(({ scores }) => scores),
      refusals: models.measured.map(({ refusals }) => refusals),
      benchmarks: models.measured.map(({ results }) => results),
      overlaps: data.overlaps,
      fineTuneReports: models.reports,
      rewardReport,
    },
    {
      profile: name,
      model: profile.model.name,
      generalAmount: profile.generalAmount,
      harmfulFrom: profile.harmfulFrom,
      deviations: profile.deviations,
    },
  )
  const { known } = opinions
  return { ...writeUp(profile, name, models, tables), agreement, ...known, dataSets: describeSets(data, prompts) }
}

/** The pipeline over some profiles; the first is the default. */
export const safetyTunedLlamas = (profiles: Readonly<Record<string, Profile>>) =>
  Pipeline.make("safety-tuned-llamas", {
    profiles,
    defaultProfile: Object.keys(profiles)[0] ?? "",
    workerLock: (profile) => profile.workerLock,
    needs: (profile) => profile.needs ?? [],
    findings,
    data: dataTable,
    body: experiments,
  })

export default safetyTunedLlamas({ smoke, mirror, ...paperProfiles })
