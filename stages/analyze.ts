/**
 * Turns everything that a run measured into the tables behind the figures, and a summary in numbers and sentences. Rows are
 * counted and averaged by the SQL files in `sql/`; intervals come from `kit/lib/intervals.ts`.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import type { Database, SqlRow } from "../kit/lib/duckdb.ts"
import { Stage } from "../kit/stage.ts"
import { readCells } from "./analysis/cells.ts"
import { countedAnswers, typedLookalikes } from "./analysis/counted-answers.ts"
import { inDatabase } from "./analysis/in-database.ts"
import { overview } from "./analysis/points.ts"
import { benchmarkRow, exaggeratedRow, harmRow, overlapRow, refusalRow } from "./analysis/rows.ts"
import { showAnswer, showSet } from "./analysis/side-by-side.ts"
import { type RewardReportValue, shownAmounts, summarise } from "./analysis/summary.ts"
import { trainingRow } from "./analysis/training.ts"
import { Answers, BenchmarkScores, FineTuneReport, HarmScores, Overlaps, Refusals, RewardReport } from "./artifacts.ts"
import * as Results from "./results.ts"
import benchmarksSql from "./sql/benchmarks.sql" with { type: "text" }
import evaluationSetsSql from "./sql/evaluation-sets.sql" with { type: "text" }
import exaggeratedSql from "./sql/exaggerated.sql" with { type: "text" }
import harmSql from "./sql/harm.sql" with { type: "text" }
import missingSql from "./sql/missing.sql" with { type: "text" }
import overlapsSql from "./sql/overlaps.sql" with { type: "text" }
import refusalsSql from "./sql/refusals.sql" with { type: "text" }
import scoreRefusalSql from "./sql/score-refusal.sql" with { type: "text" }
import sideBySideSql from "./sql/side-by-side.sql" with { type: "text" }

const AnalyzeParams = Schema.Struct({
  profile: Schema.String,
  /** The model's name for people. */
  model: Schema.String,
  /** General training examples in a mix: what shares are of. */
  generalAmount: Schema.Int.check(Schema.isGreaterThan(0)),
  /** The harm score from which an answer counts as harmful, on the scale of the ratings (0 to 4). */
  harmfulFrom: Schema.Number,
  /** Where the run departs from the paper, one sentence each. */
  deviations: Schema.Array(Schema.String),
})
export type AnalyzeParams = typeof AnalyzeParams.Type

/** The analysis of a run. Inputs are told apart by their labels: `safety` and `seed`, or `model: "untuned"`. */
export const analyze = Stage.make("analyze", {
  params: AnalyzeParams,
  inputs: {
    answers: Artifact.many(Answers),
    harmScores: Artifact.many(HarmScores),
    refusals: Artifact.many(Refusals),
    benchmarks: Artifact.many(BenchmarkScores),
    overlaps: Artifact.many(Overlaps),
    fineTuneReports: Artifact.many(FineTuneReport),
    rewardReport: Artifact.optional(RewardReport),
  },
  outputs: {
    harm: Results.HarmBySet,
    refusals: Results.RefusalsBySet,
    exaggerated: Results.ExaggeratedSafety,
    benchmarks: Results.BenchmarksByAmount,
    overview: Results.Overview,
    evaluationSets: Results.EvaluationSets,
    sideBySide: Results.SideBySide,
    trainingRuns: Results.TrainingRuns,
    overlaps: Results.OverlapCounts,
    summary: Results.Summary,
  },
  rows: {
    harm: {
      rules: ["stages/sql/harm.sql", "stages/sql/graded.sql", "stages/analysis/rows.ts#harmRow"],
      from: {
        answers: { labels: ["model", "safety"], columns: ["set", "unsafe"] },
        harmScores: { labels: ["model", "safety"], through: "answers", columns: ["set", "id"] },
      },
    },
    refusals: {
      rules: ["stages/sql/refusals.sql", "stages/sql/graded.sql", "stages/analysis/rows.ts#refusalRow"],
      from: {
        answers: { labels: ["model", "safety"], columns: ["set", "unsafe"] },
        refusals: { labels: ["model", "safety"], through: "answers", columns: ["set", "id"] },
      },
    },
    exaggerated: {
      rules: ["stages/sql/exaggerated.sql", "stages/sql/graded.sql", "stages/analysis/rows.ts#exaggeratedRow"],
      from: {
        answers: { labels: ["model", "safety"], among: typedLookalikes },
        refusals: { labels: ["model", "safety"], through: "answers", columns: ["set", "id"] },
      },
    },
    benchmarks: {
      rules: ["stages/sql/benchmarks.sql", "stages/analysis/rows.ts#benchmarkRow"],
      from: { benchmarks: { labels: ["model", "safety"], columns: ["task", "metric"] } },
    },
    overview: {
      rules: ["stages/sql/cells.sql", "stages/sql/graded.sql", "stages/analysis/points.ts#overview"],
      from: {
        answers: { labels: ["model", "safety"], among: countedAnswers },
        harmScores: {
          ...{ labels: ["model", "safety"], through: "answers", columns: ["set", "id"] },
          cells: ["harm", "harmful"],
        },
        refusals: {
          ...{ labels: ["model", "safety"], through: "answers", columns: ["set", "id"] },
          cells: ["refusedUnsafe", "refusedSafe", "exaggerated"],
        },
      },
    },
    evaluationSets: {
      rules: ["stages/sql/evaluation-sets.sql", "stages/sql/graded.sql", "stages/analysis/side-by-side.ts#showSet"],
      from: { answers: { columns: ["set", "unsafe"] } },
    },
    sideBySide: {
      rules: ["stages/sql/side-by-side.sql", "stages/sql/graded.sql", "stages/analysis/side-by-side.ts#showAnswer"],
      from: {
        answers: { labels: ["model", "safety", "draw", "seed"], columns: ["set", "id"] },
        refusals: { labels: ["model", "safety", "draw", "seed"], columns: ["set", "id"] },
      },
    },
    trainingRuns: {
      rules: ["stages/analysis/training.ts#trainingRow"],
      from: { fineTuneReports: { labels: ["safety", "draw", "seed"] } },
    },
    overlaps: {
      rules: ["stages/sql/overlaps.sql", "stages/analysis/rows.ts#overlapRow"],
      from: { overlaps: { columns: ["set"] } },
    },
  },
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      const reward = inputs.rewardReport === undefined ? null : yield* inputs.rewardReport.read
      const trainingRuns = yield* Effect.all(
        inputs.fineTuneReports.map((input) =>
          Effect.map(input.read, (report) => trainingRow(input, report, params.generalAmount)),
        ),
      )
      const tables = yield* inDatabase("analyze", inputs, (database) => measure(database, params, reward))
      return {
        ...tables,
        trainingRuns: trainingRuns.sort((a, b) => (a.safety ?? 0) - (b.safety ?? 0) || (a.seed ?? 0) - (b.seed ?? 0)),
      }
    }),
})

const measure = async (database: Database, params: AnalyzeParams, reward: RewardReportValue | null) => {
  const { generalAmount, harmfulFrom } = params
  const cells = await readCells(database)
  const benchmarks = (await database.query(benchmarksSql)).map((row) => benchmarkRow(row, generalAmount))
  const rows = overview(cells, { harmfulFrom, generalAmount })
  const [missing] = await database.query(missingSql)
  const [scoreRefusal] = await database.query(scoreRefusalSql)
  const summary = summarise({
    ...{ params, cells, benchmarks, overview: rows, reward },
    ...{ missing: missing as SqlRow, scoreRefusal: scoreRefusal as SqlRow },
  })
  const amounts = JSON.stringify(shownAmounts(summary))
  return {
    harm: (await database.query(harmSql, { harmfulFrom })).map((row) => harmRow(row, cells, generalAmount)),
    refusals: (await database.query(refusalsSql)).map((row) => refusalRow(row, generalAmount)),
    exaggerated: (await database.query(exaggeratedSql)).map((row) => exaggeratedRow(row, generalAmount)),
    benchmarks,
    overview: rows,
    evaluationSets: (await database.query(evaluationSetsSql)).map(showSet),
    sideBySide: (await database.query(sideBySideSql, { amounts })).map(showAnswer),
    overlaps: (await database.query(overlapsSql)).map(overlapRow),
    summary,
  }
}
