/**
 * Tables of published numbers beside what this run measured. A measured value stands beside a published one only where the run
 * measures the same quantity; it is of another model and other prompts unless the profile says otherwise.
 */
import { parseCsv } from "../../kit/lib/csv.ts"
import { decimal, grouped, percent, shareText } from "../analysis/wording.ts"
import { roles } from "../figures/figure-one.ts"
import type { BenchmarkRow, Measured, SummaryValue, TableValue } from "../results.ts"
import { numbers, type TableSubject, text, titled } from "./document.ts"

/** The published files as text. */
export interface PublishedFiles {
  readonly figureOne: string
  readonly quoted: string
}

type Row = Readonly<Record<string, string>>

/** tab-reference: the numbers of the paper that are public. */
export const referenceTable = (
  summary: SummaryValue,
  benchmarks: ReadonlyArray<BenchmarkRow>,
  published: PublishedFiles,
  subject: TableSubject,
): TableValue => {
  const bars = parseCsv(published.figureOne, "the numbers of Figure 1").map((row) => barRow(row, summary))
  const quoted = parseCsv(published.quoted, "the quoted numbers").map((row) => quotedRow(row, summary, benchmarks))
  return {
    id: "tab-reference",
    title: titled("Published numbers beside this run's", subject),
    columns: [
      text("quantity", "quantity"),
      text("setting", "published for"),
      numbers("published", "published"),
      numbers("measured", "measured here"),
      text("model", "measured for"),
      text("source", "source of the published number"),
    ],
    rows: [...bars, ...quoted],
    notes: [
      `Measured values are of ${subject.model} and this profile's prompts; unsafe answers are those with a harm score of ${summary.harmfulFrom} or more. ` +
        "The paper's Figure 1 does not say which amounts its models have, nor when an answer counts as unsafe.",
      "Numbers of the paper that no public source gives are not in this table.",
    ],
  }
}

const QUANTITIES: Readonly<Record<string, string>> = {
  unsafe_responses: "unsafe answers",
  exaggerated_safety_responses: "exaggerated safety",
  boolq_accuracy: "BoolQ accuracy",
}

const barRow = (row: Row, summary: SummaryValue): Row => {
  const role = roles(summary.points).find((one) => one.key === row.model)
  const measured = row.metric === "unsafe_responses" ? role?.point.harmful : role?.point.exaggerated
  return {
    quantity: QUANTITIES[row.metric ?? ""] ?? row.metric ?? "",
    setting: (row.model ?? "")
      .replaceAll("-", " ")
      .replace("safety tuned", "safety-tuned")
      .replace("instruction tuned", "instruction-tuned"),
    published: `${decimal(100 * Number(row.value), 0)} ± ${decimal(100 * Number(row.tolerance), 1)} %`,
    measured: shown(measured),
    model: measured === null || measured === undefined ? "" : amount(role?.point),
    source: row.source ?? "",
  }
}

const quotedRow = (row: Row, summary: SummaryValue, benchmarks: ReadonlyArray<BenchmarkRow>): Row => {
  const base = {
    quantity: QUANTITIES[row.quantity ?? ""] ?? row.quantity ?? "",
    setting: row.setting ?? "",
    published: `${row.relation} ${percent(Number(row.value))}`,
    source: row.source ?? "",
  }
  if (row.quantity === "exaggerated_safety_responses") {
    const point = summary.points.paperMost
    return { ...base, measured: shown(point?.exaggerated), model: point?.exaggerated ? amount(point) : "" }
  }
  const untuned = benchmarks.find((one) => one.task === "boolq" && one.model === "untuned")
  const measured = untuned === undefined ? "" : percent(untuned.mean)
  return { ...base, measured, model: untuned === undefined ? "" : "the untuned model" }
}

const shown = (measured: Measured | null | undefined): string =>
  measured === null || measured === undefined
    ? ""
    : `${percent(measured.value)} (${decimal(100 * measured.low, 0)} to ${decimal(100 * measured.high, 0)})`

const amount = (point: { readonly safety: number | null; readonly share: number | null } | undefined): string =>
  point === undefined ? "" : `${point.safety} safety examples (${shareText(point.share ?? 0)})`

/** tab-rerun: an independent rerun's means by category; this run has none of its prompts, so nothing is measured beside it. */
export const rerunTable = (rerun: string, subject: TableSubject): TableValue => {
  const rows = parseCsv(rerun, "the independent rerun")
  const amounts = Object.keys(rows[0] ?? {}).filter((name) => name.startsWith("safety_"))
  return {
    id: "tab-rerun",
    title: `${titled("Published elsewhere, not measured by this run", subject)}: an independent rerun on Llama-2-7B`,
    columns: [
      text("category", "category"),
      ...amounts.map((name) => numbers(name, `${grouped(Number(name.replace("safety_", "")))} safety examples`)),
    ],
    rows,
    notes: [
      "Mean harm score of the published reward model on 700 BeaverTails-Eval prompts, 3 epochs; repository 696DS-Safety-Alignment-Microsoft/safety-tuned-llamas. " +
        "This profile asks none of these prompts, so there is no measured column.",
    ],
  }
}
