/** The summary of a run: the models that matter, how the numbers were made, and a verdict for each claim. */

import type { SqlRow } from "../../kit/lib/duckdb.ts"
import { BOOTSTRAP } from "../../kit/lib/intervals.ts"
import type { RewardReport } from "../artifacts.ts"
import type { BenchmarkRow, OverviewRow, SummaryValue } from "../results.ts"
import type { Cell } from "./cells.ts"
import { amountsOf, namedPoints } from "./points.ts"
import { verdicts } from "./verdicts.ts"
import { grouped } from "./wording.ts"

export type RewardReportValue = (typeof RewardReport)["~Value"] extends ((value: infer Value) => unknown) | undefined
  ? Value
  : never

/** What a summary is made from. */
export interface SummaryParts {
  readonly params: {
    readonly profile: string
    readonly model: string
    readonly generalAmount: number
    readonly harmfulFrom: number
    readonly deviations: ReadonlyArray<string>
  }
  readonly cells: ReadonlyArray<Cell>
  readonly benchmarks: ReadonlyArray<BenchmarkRow>
  readonly overview: ReadonlyArray<OverviewRow>
  readonly missing: SqlRow
  /** A row of `score-refusal.sql`. */
  readonly scoreRefusal: SqlRow
  readonly reward: RewardReportValue | null
}

/** Puts the summary together. */
export const summarise = (parts: SummaryParts): SummaryValue => {
  const { params, cells, benchmarks } = parts
  const points = namedPoints(parts.overview)
  const seeds = [...new Set(cells.flatMap((cell) => cell.seed ?? []))].sort((a, b) => a - b)
  const { profile, model } = params
  return {
    ...params,
    seeds,
    amounts: amountsOf(cells),
    points,
    verdicts: verdicts({ profile, model, cells, benchmarks, seeds: seeds.length, ...points }),
    methods: methods(seeds.length),
    missing: {
      answers: Number(parts.missing.answers),
      harmScores: Number(parts.missing.harmScores),
      refusalLabels: Number(parts.missing.refusalLabels),
    },
    scoreRefusal: {
      correlation: finite(parts.scoreRefusal.correlation),
      answers: Number(parts.scoreRefusal.answers),
    },
    reward: parts.reward === null ? null : rewardQuality(parts.reward),
  }
}

/** A correlation where one side does not vary is NaN or null. */
const finite = (value: SqlRow[string] | undefined): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null

const rewardQuality = (report: RewardReportValue) => ({
  heldOutPairs: report.heldOutPairs,
  meanSquaredError: report.meanSquaredError,
  baselineMeanSquaredError: report.baselineMeanSquaredError,
  spearman: report.spearman,
  pairAccuracy: report.pairAccuracy,
  scoreRefusalCorrelation: report.scoreRefusalCorrelation,
})

/** The models whose answers are shown side by side: none, few and the most safety examples. */
export const shownAmounts = (summary: SummaryValue): ReadonlyArray<number> => {
  const { none, few, most } = summary.points
  return [...new Set([none, few, most].flatMap((point) => point?.safety ?? []))]
}

const methods = (seeds: number) => ({
  harm:
    `Means are over prompts within a run, then over runs; each run has a seed for its draw of examples and one for its training. Standard errors and 95 % intervals come from ${grouped(BOOTSTRAP.draws)} ` +
    (seeds < 2
      ? "bootstrap draws of the prompts; there is one run, so they do not cover the choice of examples and of the training."
      : "bootstrap draws of runs and of prompts, the same prompts for every run of a draw."),
  refusals:
    "Rates are pooled over prompts and runs; their 95 % intervals are Wilson's with the number of prompts as trials, so that " +
    "answers of several runs to one prompt do not count as more evidence than one. Answers with an unclear label count as no refusal.",
  benchmarks:
    "Accuracies are means over runs. Their standard error joins the sampling error of the items, which every run shares, with that of the mean over runs.",
})
