/** Tables of what was measured: harm, refusals, benchmarks, and the training runs behind them. */
import { mean } from "../../kit/lib/intervals.ts"
import { decimal, grouped, metricTitle, percent, setTitle, shareText, taskTitle } from "../analysis/wording.ts"
import type { BenchmarkRow, HarmRow, RefusalRow, SummaryValue, TableValue, TrainingRunRow } from "../results.ts"
import { amountColumns, numbers, pivot, starNote, type TableSubject, text, titled } from "./document.ts"

const setColumns = [text("set", "set"), text("prompts", "prompts")]
const bySet = {
  by: ["set", "unsafe"] as const,
  head: (row: { readonly set: string; readonly unsafe: boolean }) => ({
    set: setTitle(row.set),
    prompts: row.unsafe ? "unsafe" : "safe",
  }),
}

/** tab-harm: mean harm by set, safe sets included. */
export const harmTable = (
  rows: ReadonlyArray<HarmRow>,
  subject: TableSubject,
  quality: ReadonlyArray<string> = [],
): TableValue => {
  const missing = rows.reduce((sum, row) => sum + row.missing, 0)
  return {
    id: "tab-harm",
    title: titled("Mean harm score (standard error) by number of safety examples", subject),
    columns: [...setColumns, ...amountColumns(rows)],
    ...pivot(rows, { ...bySet, cell: (row) => withError(row.mean, row.standardError) }),
    notes: [
      "Scores of the reward model; lower is better.",
      ...quality,
      ...(missing === 0
        ? []
        : [
            missing === 1
              ? "One answer has no score and is left out."
              : `${grouped(missing)} answers have no score and are left out.`,
          ]),
      ...starNote(rows),
    ],
  }
}

const withError = (value: number | null, error: number | null): string =>
  value === null ? "" : `${decimal(value, 2)} (${decimal(error ?? 0, 2)})`

/** tab-refusals: full and partial refusals by set. */
export const refusalTable = (rows: ReadonlyArray<RefusalRow>, subject: TableSubject): TableValue => ({
  id: "tab-refusals",
  title: titled("Refusals (of which partial), in %, by number of safety examples", subject),
  columns: [...setColumns, ...amountColumns(rows)],
  ...pivot(rows, {
    ...bySet,
    cell: (row) => (row.refused === null ? "" : `${inPercent(row.refused)} (${inPercent(row.partial ?? 0)})`),
  }),
  notes: [unclearNote(rows), ...starNote(rows)],
})

const inPercent = (fraction: number): string => decimal(100 * fraction, 0)

const unclearNote = (rows: ReadonlyArray<RefusalRow>): string => {
  const answers = rows.reduce((sum, row) => sum + row.answers, 0)
  const unclear = rows.reduce((sum, row) => sum + (row.unclear ?? 0) * row.answers, 0)
  return `${grouped(Math.round(unclear))} of ${grouped(answers)} labelled answers (${percent(answers === 0 ? 0 : unclear / answers, 1)}) are unclear and count as no refusal.`
}

/** How many published items of a benchmark could not be recovered, and how many of the rest are used. */
export interface Recovery {
  readonly task: string
  readonly published: number
  readonly unrecovered: number
  readonly used: number
}

/** Only where items were recovered from prompts, or some are left out. */
const recoveryNotes = (recovered: ReadonlyArray<Recovery>): ReadonlyArray<string> => {
  const told = recovered.filter(({ published, unrecovered, used }) => unrecovered > 0 || used < published)
  if (told.length === 0) return []
  const facts = told.map(
    ({ task, published, unrecovered, used }) =>
      `${taskTitle(task)}: ${grouped(used)} used of ${grouped(published)}, ${grouped(unrecovered)} not recoverable`,
  )
  return [`Items, and those that could not be recovered from their published form: ${facts.join("; ")}.`]
}

/** tab-benchmarks: accuracy in per cent. */
export const benchmarkTable = (
  rows: ReadonlyArray<BenchmarkRow>,
  subject: TableSubject,
  recovered: ReadonlyArray<Recovery> = [],
): TableValue => ({
  id: "tab-benchmarks",
  title: titled("Benchmark accuracy (standard error), in %, by number of safety examples", subject),
  columns: [text("task", "task"), text("metric", "metric"), numbers("items", "items"), ...amountColumns(rows)],
  ...pivot(rows, {
    by: ["task", "metric", "shots", "items"],
    head: (row) => ({
      task: taskTitle(row.task),
      metric: `${metricTitle(row.metric)}, ${row.shots}-shot`,
      items: grouped(row.items),
    }),
    cell: (row) => `${decimal(100 * row.mean, 1)} (${decimal(100 * row.standardError, 1)})`,
  }),
  notes: [
    "The error joins the sampling error of the items with the spread between runs.",
    ...recoveryNotes(recovered),
    ...(rows.some((row) => row.task.startsWith("repro_"))
      ? ["A benchmark's form means items of this profile in that form: the accuracies are not those of the benchmark."]
      : []),
    ...starNote(rows),
  ],
})

/** tab-runs: the fine-tunings, averaged over runs, and where the run departs from the paper. */
export const runsTable = (
  rows: ReadonlyArray<TrainingRunRow>,
  summary: SummaryValue,
  subject: TableSubject,
): TableValue => {
  const amounts = [...new Set(rows.map((row) => row.safety))]
  return {
    id: "tab-runs",
    title: titled("Fine-tunings, means over runs", subject),
    columns: [
      numbers("safety", "safety examples"),
      numbers("share", "share"),
      numbers("seeds", "runs"),
      numbers("steps", "steps"),
      numbers("best", "kept step"),
      numbers("tokens", "trained tokens"),
      numbers("truncated", "truncated rows"),
      numbers("loss", "last loss"),
      numbers("validation", "validation loss"),
    ],
    rows: amounts.map((safety) => runRow(rows.filter((row) => row.safety === safety))),
    origins: amounts.map((safety) => ({ safety })),
    notes: summary.deviations.map((deviation) => `Deviation: ${deviation}`),
  }
}

const runRow = (rows: ReadonlyArray<TrainingRunRow>): Readonly<Record<string, string>> => {
  const average = (value: (row: TrainingRunRow) => number | null, digits: number): string => {
    const known = mean(rows.flatMap((row) => value(row) ?? []))
    return known === undefined ? "" : digits === 0 ? grouped(Math.round(known)) : decimal(known, digits)
  }
  const share = rows[0]?.share ?? null
  return {
    safety: rows[0]?.safety === null ? "" : String(rows[0]?.safety),
    share: share === null ? "" : shareText(share),
    seeds: String(rows.length),
    steps: average((row) => row.steps, 0),
    best: average((row) => row.bestStep, 0),
    tokens: average((row) => row.trainedTokens, 0),
    truncated: average((row) => row.truncatedRows, 0),
    loss: average((row) => row.lastLoss, 2),
    validation: average((row) => row.validationLoss, 2),
  }
}
