/** The tables for people: each as a document of cells, which the paper sets, and as Markdown. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { StageError } from "../kit/errors.ts"
import { Stage } from "../kit/stage.ts"
import { qualitySentences } from "./analysis/reward-quality.ts"
import { CrossValidation, ItemReport, JudgeReport, SourceFile } from "./artifacts.ts"
import { readOptional } from "./read-inputs.ts"
import {
  BenchmarksByAmount,
  EvaluationSets,
  HarmBySet,
  HelpByAmount,
  ModerationBySet,
  OverlapCounts,
  RefusalsBySet,
  SideBySide,
  Summary,
  TableDocument,
  TableMarkdown,
  type TableValue,
  TrainingRuns,
} from "./results.ts"
import { dataTable, examplesTable } from "./tables/data.ts"
import { markdown } from "./tables/document.ts"
import { helpTable, judgeTable, moderationTable } from "./tables/opinions.ts"
import { referenceTable, rerunTable } from "./tables/reference.ts"
import { benchmarkTable, harmTable, refusalTable, runsTable } from "./tables/results.ts"
import { rewardTable } from "./tables/reward.ts"

const params = Schema.Struct({ profile: Schema.String, model: Schema.String })
const outputs = { table: TableDocument, markdown: TableMarkdown } as const

const both = (table: TableValue) => ({ table, markdown: markdown(table) })

/** A table from files that people keep, whose mistakes are told as errors of the stage. */
const fromFiles = (make: () => TableValue) =>
  Effect.try({
    try: () => both(make()),
    catch: (error) =>
      error instanceof StageError
        ? error
        : StageError.of(`The published numbers can't be set: ${String(error)}`, "data/reference", "Correct the file."),
  })

const decodeText = (bytes: string | Uint8Array): string =>
  typeof bytes === "string" ? bytes : new TextDecoder("utf-8").decode(bytes)

/** The evaluation sets, and how many training rows were dropped for each. */
export const tabData = Stage.make("tab-data", {
  params,
  inputs: { evaluationSets: EvaluationSets, overlaps: OverlapCounts },
  outputs,
  rows: { table: { rules: ["stages/tables/data.ts#dataTable"], from: { evaluationSets: "cell", overlaps: "cell" } } },
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      return both(dataTable(yield* inputs.evaluationSets.read, yield* inputs.overlaps.read, params))
    }),
})

/** Mean harm by set and number of safety examples. */
export const tabHarm = Stage.make("tab-harm", {
  params,
  inputs: { harm: HarmBySet, summary: Artifact.optional(Summary) },
  outputs,
  rows: { table: { rules: ["stages/tables/results.ts#harmTable"], from: { harm: "cell" } } },
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      const summary = yield* readOptional(inputs.summary)
      return both(harmTable(yield* inputs.harm.read, params, summary && qualitySentences(summary)))
    }),
})

/** Moderation scores by set and number of safety examples. */
export const tabModeration = Stage.make("tab-moderation", {
  params: Schema.Struct({ ...params.fields, classifier: Schema.String }),
  inputs: { moderation: ModerationBySet },
  outputs,
  rows: { table: { rules: ["stages/tables/opinions.ts#moderationTable"], from: { moderation: "cell" } } },
  run: ({ params, inputs }) =>
    Effect.map(inputs.moderation.read, (rows) => both(moderationTable(rows, params.classifier, params))),
})

/** Win rates by number of safety examples. */
export const tabHelpful = Stage.make("tab-helpful", {
  params: Schema.Struct({ ...params.fields, judge: Schema.String }),
  inputs: { help: HelpByAmount },
  outputs,
  rows: { table: { rules: ["stages/tables/opinions.ts#helpTable"], from: { help: "cell" } } },
  run: ({ params, inputs }) => Effect.map(inputs.help.read, (rows) => both(helpTable(rows, params.judge, params))),
})

/** How far the judge can be trusted; reports are told apart by their label `pairs`. */
export const tabJudge = Stage.make("tab-judge", {
  params,
  inputs: { reports: Artifact.many(JudgeReport) },
  outputs,
  rows: { table: { rules: ["stages/tables/opinions.ts#judgeTable"], from: { reports: "cell" } } },
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      const checks = yield* Effect.all(
        inputs.reports.map(({ read, labels }) =>
          Effect.map(read, (report) => ({ pairsName: String(labels.pairs), ...report })),
        ),
      )
      return both(judgeTable(checks, params))
    }),
})

/** Refusals by set and number of safety examples. */
export const tabRefusals = Stage.make("tab-refusals", {
  params,
  inputs: { refusals: RefusalsBySet },
  outputs,
  rows: { table: { rules: ["stages/tables/results.ts#refusalTable"], from: { refusals: "cell" } } },
  run: ({ params, inputs }) => Effect.map(inputs.refusals.read, (rows) => both(refusalTable(rows, params))),
})

/** Benchmark accuracy by number of safety examples. Reports say how many items there were. */
export const tabBenchmarks = Stage.make("tab-benchmarks", {
  params,
  inputs: {
    benchmarks: BenchmarksByAmount,
    boolq: Artifact.optional(ItemReport),
    boolqClosedBook: Artifact.optional(ItemReport),
    piqa: Artifact.optional(ItemReport),
    openbookqa: Artifact.optional(ItemReport),
  },
  outputs,
  rows: { table: { rules: ["stages/tables/results.ts#benchmarkTable"], from: { benchmarks: "cell" } } },
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      const reports = {
        repro_boolq: yield* readOptional(inputs.boolq),
        repro_boolq_closed_book: yield* readOptional(inputs.boolqClosedBook),
        repro_piqa: yield* readOptional(inputs.piqa),
        repro_openbookqa: yield* readOptional(inputs.openbookqa),
      }
      const recovered = Object.entries(reports).flatMap(([task, report]) => (report ? [{ task, ...report }] : []))
      return both(benchmarkTable(yield* inputs.benchmarks.read, params, recovered))
    }),
})

/** The quality of the harmfulness reward model. */
export const tabReward = Stage.make("tab-reward", {
  params,
  inputs: { summary: Summary, crossValidation: Artifact.optional(CrossValidation) },
  outputs,
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      const validated = yield* readOptional(inputs.crossValidation)
      return both(rewardTable(yield* inputs.summary.read, validated, params))
    }),
})

/** Answers of three models to the same prompts. */
export const tabExamples = Stage.make("tab-examples", {
  params,
  inputs: { sideBySide: SideBySide },
  outputs,
  rows: { table: { rules: ["stages/tables/data.ts#examplesTable"], from: { sideBySide: "cell" } } },
  run: ({ params, inputs }) => Effect.map(inputs.sideBySide.read, (rows) => both(examplesTable(rows, params))),
})

/** The fine-tunings, with the run's deviations from the paper as notes. */
export const tabRuns = Stage.make("tab-runs", {
  params,
  inputs: { trainingRuns: TrainingRuns, summary: Summary },
  outputs,
  rows: { table: { rules: ["stages/tables/results.ts#runsTable"], from: { trainingRuns: "cell" } } },
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      return both(runsTable(yield* inputs.trainingRuns.read, yield* inputs.summary.read, params))
    }),
})

/** The paper's public numbers beside the measured ones; the files are those of `data/reference`. */
export const tabReference = Stage.make("tab-reference", {
  params,
  inputs: { summary: Summary, benchmarks: BenchmarksByAmount, figureOne: SourceFile, quoted: SourceFile },
  outputs,
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      const published = {
        figureOne: decodeText(yield* inputs.figureOne.read),
        quoted: decodeText(yield* inputs.quoted.read),
      }
      const [summary, benchmarks] = [yield* inputs.summary.read, yield* inputs.benchmarks.read]
      return yield* fromFiles(() => referenceTable(summary, benchmarks, published, params))
    }),
})

/** An independent rerun's numbers, for orientation. */
export const tabRerun = Stage.make("tab-rerun", {
  params,
  inputs: { rerun: SourceFile },
  outputs,
  run: ({ params, inputs }) =>
    Effect.flatMap(inputs.rerun.read, (bytes) => fromFiles(() => rerunTable(decodeText(bytes), params))),
})
