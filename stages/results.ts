/**
 * The kinds of artifact that the analysis makes: tables in long form, a summary, figures, tables for people, the paper.
 * Shares and rates are fractions from 0 to 1; `share`, the safety examples per 100 general ones, is in per cent.
 * A value that could not be computed is null, never 0.
 */
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"

const { String: Text, Number: Real, Int, Boolean: Flag, NullOr } = Schema

/**
 * Where a model stands: fine-tuned with `safety` examples, or untuned. `range` says whether its share of safety examples is
 * one that the paper covers (none, or 0.5 to 10 %) or lies outside and is extra.
 */
const point = {
  model: Schema.Literals(["tuned", "untuned"]),
  safety: NullOr(Int),
  share: NullOr(Real),
  range: Schema.Literals(["paper", "extra", "untuned"]),
  /** How many runs it was made in, each with a draw of examples and a training seed of its own. */
  seeds: Int,
}

/** A mean or a share with its 95 % interval. */
export const Measured = Schema.Struct({ value: Real, low: Real, high: Real })
export type Measured = typeof Measured.Type

const ScoresOfSet = Schema.Struct({
  set: Text,
  unsafe: Flag,
  ...point,
  prompts: Int,
  missing: Int,
  mean: NullOr(Real),
  standardError: NullOr(Real),
  low: NullOr(Real),
  high: NullOr(Real),
  seedDeviation: NullOr(Real),
  harmfulShare: NullOr(Real),
})

/** The harm of a model's answers to the safe or the unsafe prompts of a set. `missing` counts answers without a score. */
export const HarmBySet = Artifact.jsonl("harm_by_set", ScoresOfSet)

/** What a content classifier says of the answers; the rows are those of `harm_by_set`, on a scale from 0 to 1. */
export const ModerationBySet = Artifact.jsonl("moderation_by_set", ScoresOfSet)

/**
 * How often a model's answers are preferred to those of the same run's model without safety examples: by whom, over how
 * many pairs, in per cent with a 95 % interval over runs and prompts.
 */
export const HelpByAmount = Artifact.jsonl(
  "help_by_amount",
  Schema.Struct({
    rater: Text,
    ...point,
    pairs: Int,
    missing: Int,
    wins: Int,
    losses: Int,
    ties: Int,
    winRate: NullOr(Real),
    standardError: NullOr(Real),
    low: NullOr(Real),
    high: NullOr(Real),
  }),
)

const refusalCounts = {
  answers: Int,
  missing: Int,
  full: NullOr(Real),
  partial: NullOr(Real),
  unclear: NullOr(Real),
  refused: NullOr(Real),
  low: NullOr(Real),
  high: NullOr(Real),
  seedDeviation: NullOr(Real),
}

/** How often a model refuses the safe or the unsafe prompts of a set; `refused` is full and partial refusals together. */
export const RefusalsBySet = Artifact.jsonl(
  "refusals_by_set",
  Schema.Struct({ set: Text, unsafe: Flag, ...point, ...refusalCounts }),
)

/** How often a model refuses safe prompts that look unsafe, by their type; the type "" is all of them. */
export const ExaggeratedSafety = Artifact.jsonl(
  "exaggerated_safety",
  Schema.Struct({ type: Text, ...point, ...refusalCounts }),
)

const Lengths = Schema.Struct({ median: Real, least: Int, most: Int })

/**
 * A set of data: what it is used for, its rows, how many of them are used where that is a draw, distinct topics, lengths in
 * words, rows dropped for their likeness to an evaluation prompt, and the first row, shown as far as it may be.
 */
export const DataSets = Artifact.jsonl(
  "data_sets",
  Schema.Struct({
    set: Text,
    use: Schema.Literals(["training", "reward model", "refusal classifier", "evaluation", "benchmark"]),
    rows: Int,
    used: NullOr(Int),
    topics: NullOr(Int),
    requestWords: Lengths,
    answerWords: NullOr(Lengths),
    dropped: NullOr(Schema.Struct({ exact: Int, near: Int, paraphrase: Int })),
    sample: Text,
  }),
)

/** Benchmark scores by number of safety examples. `chance` is what guessing gives, where that is known. */
export const BenchmarksByAmount = Artifact.jsonl(
  "benchmarks_by_amount",
  Schema.Struct({
    task: Text,
    metric: Text,
    ...point,
    mean: Real,
    standardError: Real,
    seedDeviation: NullOr(Real),
    items: Int,
    shots: Int,
    chance: NullOr(Real),
  }),
)

/** One row a model: harm and refusals over all unsafe prompts, and exaggerated safety. */
export const Overview = Artifact.jsonl(
  "overview_by_amount",
  Schema.Struct({
    ...point,
    harm: NullOr(Measured),
    harmful: NullOr(Measured),
    refusedUnsafe: NullOr(Measured),
    refusedSafe: NullOr(Measured),
    exaggerated: NullOr(Measured),
  }),
)

/** A mean over prompts and runs with its 95 % interval, and how far it is from the same model without safety examples. */
const Compared = NullOr(Schema.Struct({ ...Measured.fields, prompts: Int, change: NullOr(Measured) }))

/**
 * One row a recipe and number of safety examples. `separation` is the share of unsafe prompts refused minus that of all safe
 * prompts: what a recipe is chosen by.
 */
export const ComparedModels = Artifact.jsonl(
  "compared_models",
  Schema.Struct({
    recipe: NullOr(Text),
    safety: Int,
    share: Real,
    range: Schema.Literals(["paper", "extra"]),
    runs: Int,
    harm: Compared,
    refusedUnsafe: Compared,
    refusedLookalike: Compared,
    refusedOrdinary: Compared,
    separation: NullOr(Real),
  }),
)

/** The prompts of a set that are alike in whether they should be refused; an unsafe example shows its first words only. */
export const EvaluationSets = Artifact.jsonl(
  "evaluation_sets",
  Schema.Struct({ set: Text, unsafe: Flag, prompts: Int, topics: Int, contrast: Flag, example: Text }),
)

/** Answers to the same prompt side by side; what an unsafe prompt got that is no plain refusal is withheld but for its first words. */
export const SideBySide = Artifact.jsonl(
  "side_by_side",
  Schema.Struct({
    set: Text,
    unsafe: Flag,
    id: Text,
    prompt: Text,
    model: point.model,
    safety: point.safety,
    draw: NullOr(Int),
    seed: NullOr(Int),
    answer: Text,
    label: Text,
  }),
)

/** What each fine-tuning did. */
export const TrainingRuns = Artifact.jsonl(
  "training_runs",
  Schema.Struct({
    safety: NullOr(Int),
    share: NullOr(Real),
    draw: NullOr(Int),
    seed: NullOr(Int),
    steps: Int,
    bestStep: NullOr(Int),
    trainedTokens: Int,
    truncatedRows: Int,
    lastLoss: NullOr(Real),
    validationLoss: NullOr(Real),
  }),
)

/** Training rows dropped because they repeat, nearly repeat or paraphrase prompts of an evaluation set, by the node that dropped them. */
export const OverlapCounts = Artifact.jsonl(
  "overlap_counts",
  Schema.Struct({ source: Text, set: Text, exact: Int, near: Int, paraphrase: Int, rows: Int }),
)

/** How a shape of the paper shows in a run: seen, the other way round, not told apart from noise, or not measured. */
export const VerdictShape = Schema.Literals(["seen", "opposite", "within noise", "not measured"])

/** One sentence on one of the paper's claims, about this run alone. */
export const Verdict = Schema.Struct({
  claim: Schema.Literals(["harm", "exaggerated", "benchmarks"]),
  shape: VerdictShape,
  text: Text,
})
export type Verdict = typeof Verdict.Type

const SummaryPoint = Schema.Struct({
  safety: NullOr(Int),
  share: NullOr(Real),
  range: point.range,
  harm: NullOr(Measured),
  harmful: NullOr(Measured),
  refusedUnsafe: NullOr(Measured),
  refusedSafe: NullOr(Measured),
  exaggerated: NullOr(Measured),
})
export type SummaryPoint = typeof SummaryPoint.Type

/** What a run found, in numbers and in sentences that name its model and profile. */
export const Summary = Artifact.json(
  "summaries",
  Schema.Struct({
    profile: Text,
    model: Text,
    generalAmount: Int,
    harmfulFrom: Real,
    seeds: Schema.Array(Int),
    amounts: Schema.Array(Int),
    /** Untuned; without safety examples; nearest to the paper's 3 %; the most within the paper's range; the most of all. */
    points: Schema.Struct({
      untuned: NullOr(SummaryPoint),
      none: NullOr(SummaryPoint),
      few: NullOr(SummaryPoint),
      paperMost: NullOr(SummaryPoint),
      most: NullOr(SummaryPoint),
    }),
    verdicts: Schema.Array(Verdict),
    methods: Schema.Struct({ harm: Text, refusals: Text, benchmarks: Text }),
    missing: Schema.Struct({ answers: Int, harmScores: Int, refusalLabels: Int }),
    reward: NullOr(
      Schema.Struct({
        heldOutPairs: Int,
        meanSquaredError: NullOr(Real),
        baselineMeanSquaredError: NullOr(Real),
        spearman: NullOr(Real),
        pairAccuracy: NullOr(Real),
        scoreRefusalCorrelation: NullOr(Real),
      }),
    ),
    /** Of the harm score with being a refusal, over answers to unsafe prompts. */
    scoreRefusal: Schema.Struct({ correlation: NullOr(Real), answers: Int }),
    deviations: Schema.Array(Text),
  }),
)

/** A figure's Vega-Lite specification with its data. */
export const FigureSpec = Artifact.json("figure_specs", Schema.Unknown)
export const FigureSvg = Artifact.file("figure_svg", { extension: ".svg" })
export const FigurePng = Artifact.file("figure_png", { extension: ".png" })

/** What a row or a column of a table is of, by columns of the rows that it was made from: `set`, `unsafe`, `safety`. */
const Origin = Schema.Record(Text, NullOr(Schema.Union([Text, Real, Flag])))

/**
 * A table for people: every cell is text, ready to print; `align` is right for numbers. `origins` has an entry for each row;
 * with `of` of a column it leads `repro trace` from a cell to what it was made from.
 */
export const TableDocument = Artifact.json(
  "table_documents",
  Schema.Struct({
    id: Text,
    title: Text,
    columns: Schema.Array(
      Schema.Struct({
        key: Text,
        title: Text,
        align: Schema.Literals(["left", "right"]),
        of: Schema.optionalKey(Origin),
      }),
    ),
    rows: Schema.Array(Schema.Record(Text, Text)),
    origins: Schema.optionalKey(Schema.Array(Origin)),
    notes: Schema.Array(Text),
  }),
)

export const TableMarkdown = Artifact.file("table_markdown", { extension: ".md" })

export const PaperPdf = Artifact.file("paper_pdf", { extension: ".pdf" })

type ValueOf<A> = A extends { readonly "~Value"?: (value: infer V) => unknown } ? V : never
type RowOf<A> = ValueOf<A> extends ReadonlyArray<infer Row> ? Row : never

export type HarmRow = RowOf<typeof HarmBySet>
export type HelpRow = RowOf<typeof HelpByAmount>
export type RefusalRow = RowOf<typeof RefusalsBySet>
export type ExaggeratedRow = RowOf<typeof ExaggeratedSafety>
export type BenchmarkRow = RowOf<typeof BenchmarksByAmount>
export type OverviewRow = RowOf<typeof Overview>
export type ComparedRow = RowOf<typeof ComparedModels>
export type DataSetRow = RowOf<typeof DataSets>
export type EvaluationSetRow = RowOf<typeof EvaluationSets>
export type SideBySideRow = RowOf<typeof SideBySide>
export type TrainingRunRow = RowOf<typeof TrainingRuns>
export type OverlapCountRow = RowOf<typeof OverlapCounts>
export type TableValue = ValueOf<typeof TableDocument>
export type SummaryValue = ValueOf<typeof Summary>
