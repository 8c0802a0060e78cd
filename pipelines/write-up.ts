/** Figures, tables, the paper and the notebooks of a run. */

import type { HandleOf } from "../kit/node.ts"
import { labelled } from "../kit/pipeline.ts"
import { fromSource } from "../stages/acquire.ts"
import type { analyze } from "../stages/analyze.ts"
import { analyzeOpinions } from "../stages/analyze-opinions.ts"
import type {
  Answers,
  BenchmarkScores,
  CrossValidation,
  FineTuneReport,
  HarmScores,
  ItemReport,
  JudgeReport,
  ModerationScores,
  Preferences,
  Refusals,
} from "../stages/artifacts.ts"
import { figBenchmarks, figExaggerated, figHarm, figHelpful, figModeration, figOne } from "../stages/figures.ts"
import { notebook } from "../stages/notebook.ts"
import { paper } from "../stages/paper.ts"
import {
  tabBenchmarks,
  tabData,
  tabExamples,
  tabHarm,
  tabHelpful,
  tabJudge,
  tabModeration,
  tabReference,
  tabRefusals,
  tabRerun,
  tabReward,
  tabRuns,
} from "../stages/tables.ts"
import { notRun } from "./not-run.ts"
import { own } from "./profiles/own-source.ts"
import type { Profile } from "./profiles/profile.ts"

/** What was measured of each model, and the reports of those that were tuned. */
export interface Models {
  readonly measured: ReadonlyArray<{
    readonly answers: HandleOf<typeof Answers>
    readonly scores: HandleOf<typeof HarmScores>
    readonly refusals: HandleOf<typeof Refusals>
    readonly results: HandleOf<typeof BenchmarkScores>
    readonly moderation: HandleOf<typeof ModerationScores>
  }>
  readonly reports: ReadonlyArray<HandleOf<typeof FineTuneReport>>
  /** How each tuned model's answers compare with those of the same run without safety examples. */
  readonly preferences: ReadonlyArray<HandleOf<typeof Preferences>>
  readonly judgeChecks: ReadonlyArray<HandleOf<typeof JudgeReport>>
  /** How many items of each benchmark were recovered and used. */
  readonly items: Readonly<
    Record<"boolq" | "boolqClosedBook" | "piqa" | "openbookqa", HandleOf<typeof ItemReport> | undefined>
  >
  /** Of the reward model, where the profile asks for it. */
  readonly crossValidation: HandleOf<typeof CrossValidation> | undefined
}

/** Published numbers, by the name of their file in data/reference. */
const references = () => ({
  figureOne: reference("figure-1-unsafe-vs-exaggerated"),
  quoted: reference("quoted"),
  rerun: reference("independent-rerun-beavertails"),
})

const reference = (set: "figure-1-unsafe-vs-exaggerated" | "quoted" | "independent-rerun-beavertails") =>
  labelled({ set }, () => fromSource(own(`data/reference/${set}.csv`)))

const drawFigures = (subject: Subject, tables: ReturnType<typeof analyze>) => ({
  one: figOne({ summary: tables.summary, overview: tables.overview }, subject),
  harm: figHarm({ harm: tables.harm, summary: tables.summary }, subject),
  exaggerated: figExaggerated({ exaggerated: tables.exaggerated, refusals: tables.refusals }, subject),
  benchmarks: figBenchmarks({ benchmarks: tables.benchmarks }, subject),
})

const setTables = (subject: Subject, { items, crossValidation }: Models, tables: ReturnType<typeof analyze>) => {
  const { figureOne, quoted, rerun } = references()
  const { summary, benchmarks } = tables
  return {
    tabData: tabData({ evaluationSets: tables.evaluationSets, overlaps: tables.overlaps }, subject).table,
    tabHarm: tabHarm({ harm: tables.harm, summary }, subject).table,
    tabReward: tabReward({ summary, crossValidation }, subject).table,
    tabRefusals: tabRefusals({ refusals: tables.refusals }, subject).table,
    tabBenchmarks: tabBenchmarks({ benchmarks, ...items }, subject).table,
    tabExamples: tabExamples({ sideBySide: tables.sideBySide }, subject).table,
    tabReference: tabReference({ summary, benchmarks, figureOne, quoted }, subject).table,
    tabRerun: tabRerun({ rerun }, subject).table,
    tabRuns: tabRuns({ trainingRuns: tables.trainingRuns, summary }, subject).table,
  }
}

/** Figures and tables of what others say of the answers. */
const drawOpinions = (profile: Profile, subject: Subject, models: Models) => {
  const { moderation, help } = analyzeOpinions(
    {
      answers: models.measured.map(({ answers }) => answers),
      moderation: models.measured.map(({ moderation }) => moderation),
      preferences: models.preferences,
    },
    { generalAmount: profile.generalAmount, flaggedFrom: profile.moderation.flaggedFrom },
  )
  return {
    figModeration: figModeration({ moderation }, subject).svg,
    figHelpful: figHelpful({ help }, subject).svg,
    tabModeration: tabModeration({ moderation }, { ...subject, classifier: profile.moderation.called }).table,
    tabHelpful: tabHelpful({ help }, { ...subject, judge: profile.judge.called }).table,
    tabJudge: tabJudge({ reports: models.judgeChecks }, subject).table,
  }
}

interface Subject {
  readonly profile: string
  readonly model: string
}

/** Everything that a person reads of a run; the paper comes first among the results. */
export const writeUp = (profile: Profile, name: string, models: Models, tables: ReturnType<typeof analyze>) => {
  const subject = { profile: name, model: profile.model.name }
  const figures = drawFigures(subject, tables)
  const printed = setTables(subject, models, tables)
  const opinions = drawOpinions(profile, subject, models)
  const { measured } = models
  const { pdf } = paper(
    {
      ...{ summary: tables.summary, overlaps: tables.overlaps, ...printed, ...opinions },
      ...{ figOne: figures.one.svg, figHarm: figures.harm.svg },
      ...{ figExaggerated: figures.exaggerated.svg, figBenchmarks: figures.benchmarks.svg },
    },
    { data: profile.dataNote, notRun: notRun(profile) },
  )
  const { page } = notebook(
    {
      answers: measured.map(({ answers }) => answers),
      harmScores: measured.map(({ scores }) => scores),
      refusals: measured.map(({ refusals }) => refusals),
      benchmarks: measured.map(({ results }) => results),
    },
    { path: "notebooks/01-explore-the-artifacts.ipynb", ...subject, timeoutSeconds: 120 },
  )
  return {
    pdf,
    ...{ figOne: figures.one.svg, figHarm: figures.harm.svg },
    ...{ figExaggerated: figures.exaggerated.svg, figBenchmarks: figures.benchmarks.svg },
    ...opinions,
    ...printed,
    page,
    summary: tables.summary,
  }
}
