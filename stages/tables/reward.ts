/** tab-reward: how well the harmfulness reward model does on pairs that it did not learn from. */
import { decimal, grouped, percent } from "../analysis/wording.ts"
import type { SummaryValue, TableValue } from "../results.ts"
import { numbers, type TableSubject, text, titled } from "./document.ts"

/** A cross-validation's report. */
export interface Validated {
  readonly folds: number
  readonly pairs: number
  readonly prompts: number
  readonly pairAccuracy: number
  readonly standardError: number
  readonly byFold: ReadonlyArray<number>
  readonly droppedPairs: number
  readonly droppedPrompts: number
  readonly exact: number
  readonly near: number
  readonly paraphrase: number
}

/** The reward model's report, and its cross-validation where there is one. */
export const rewardTable = (
  { reward, scoreRefusal }: SummaryValue,
  validated: Validated | undefined,
  subject: TableSubject,
): TableValue => ({
  id: "tab-reward",
  title: titled("The harmfulness reward model on pairs that it did not learn from", subject),
  columns: [
    text("how", "measured on"),
    numbers("pairs", "pairs"),
    numbers("accuracy", "in the right order (standard error)"),
    numbers("error", "squared error"),
    numbers("guess", "of guessing the mean"),
    numbers("rank", "rank correlation"),
    numbers("refusal", "correlation with refusing"),
  ],
  rows: [
    ...(reward === null ? [] : [heldOutRow(reward)]),
    ...(validated === undefined ? [] : [validatedRow(validated)]),
    {
      ...EMPTY,
      how: "this run's answers to unsafe prompts",
      pairs: grouped(scoreRefusal.answers),
      refusal: orEmpty(scoreRefusal.correlation),
    },
  ],
  notes: validated === undefined ? [] : validationNotes(validated),
})

const EMPTY = { accuracy: "", error: "", guess: "", rank: "", refusal: "" }

const orEmpty = (value: number | null): string => (value === null ? "" : decimal(value, 2))
const share = (value: number): string => decimal(100 * value, 1)

const heldOutRow = (report: NonNullable<SummaryValue["reward"]>) => ({
  how: "held-out prompts",
  pairs: grouped(report.heldOutPairs),
  accuracy: report.pairAccuracy === null ? "" : `${share(report.pairAccuracy)} %`,
  error: orEmpty(report.meanSquaredError),
  guess: orEmpty(report.baselineMeanSquaredError),
  rank: orEmpty(report.spearman),
  refusal: orEmpty(report.scoreRefusalCorrelation),
})

const validatedRow = ({ folds, pairs, pairAccuracy, standardError }: Validated) => ({
  ...EMPTY,
  how: `cross-validation, ${folds} folds of prompts`,
  pairs: grouped(pairs),
  accuracy: `${share(pairAccuracy)} % (${share(standardError)})`,
})

const validationNotes = (report: Validated): ReadonlyArray<string> => [
  `In cross-validation each pair is scored by a model that saw no answer to its prompt (${grouped(report.prompts)} prompts); by fold: ${report.byFold.map((value) => percent(value, 1)).join(", ")}. The error is over prompts.`,
  `Dropped before, because they resemble an evaluation prompt: ${grouped(report.droppedPairs)} pairs of ${grouped(report.droppedPrompts)} prompts (${report.exact} exact, ${report.near} near, ${report.paraphrase} paraphrases).`,
]
