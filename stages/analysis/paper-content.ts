/** What the paper's Typst sources read: the summary, the tables by id, and numbers put into words. */
import type { OverlapCountRow, SummaryValue, TableValue, Verdict } from "../results.ts"
import { qualitySentences } from "./reward-quality.ts"
import { isMarked, type OnTrust, trustContent } from "./trust-content.ts"
import { counted, decimal, grouped, percent } from "./wording.ts"

/** What the pipeline says of the paper. */
export interface PaperText {
  readonly data: string
  readonly notRun: ReadonlyArray<{ readonly what: string; readonly why: string }>
}

/** The value of `run.json`. */
export const paperContent = (
  summary: SummaryValue,
  overlaps: ReadonlyArray<OverlapCountRow>,
  tables: ReadonlyArray<TableValue>,
  text: PaperText,
  onTrust: OnTrust,
) => ({
  summary,
  trust: trustContent(onTrust),
  tables: Object.fromEntries(tables.map((table) => [table.id, { ...table, onTrust: isMarked(table.id, onTrust) }])),
  data: text.data,
  notRun: text.notRun,
  formatted: {
    generalAmount: grouped(summary.generalAmount),
    seeds: counted(summary.seeds.length, "run"),
    deviations: counted(summary.deviations.length, "point"),
    overlaps: overlapSentence(overlaps),
    scoring: scoringSentences(summary),
    verdicts: shortVerdicts(summary),
  },
})

/** The verdicts in a few words, for the abstract; the sentences with intervals stand in their sections. */
const shortVerdicts = (summary: SummaryValue): ReadonlyArray<string> =>
  summary.verdicts.map(
    ({ claim, shape }) => `${SHORT[claim][shape]}${shape === "not measured" ? "" : change(summary, claim)}.`,
  )

const SHORT: Readonly<Record<Verdict["claim"], Readonly<Record<Verdict["shape"], string>>>> = {
  harm: {
    seen: "The harm of answers to unsafe prompts falls beyond noise",
    opposite: "The harm of answers to unsafe prompts rises beyond noise",
    "within noise": "The harm of answers to unsafe prompts does not change beyond noise",
    "not measured": "Harm was not measured",
  },
  exaggerated: {
    seen: "Refusals of safe prompts that look unsafe rise beyond noise",
    opposite: "Refusals of safe prompts that look unsafe fall beyond noise",
    "within noise": "Refusals of safe prompts that look unsafe do not change beyond noise",
    "not measured": "Exaggerated safety was not measured",
  },
  benchmarks: {
    seen: "No benchmark falls beyond noise, and one or more rise",
    opposite: "Accuracy falls beyond noise on one benchmark or more",
    "within noise": "No benchmark changes beyond noise",
    "not measured": "Benchmarks were not measured",
  },
}

/** From which value to which, between no safety examples and the most within the paper's range. */
const change = (summary: SummaryValue, claim: Verdict["claim"]): string => {
  const { none, paperMost, most } = summary.points
  const last = paperMost ?? most
  const values = [none, last].map((point) =>
    claim === "harm"
      ? point?.harm && decimal(point.harm.value, 2)
      : claim === "exaggerated"
        ? point?.exaggerated && percent(point.exaggerated.value)
        : null,
  )
  return values[0] && values[1] ? ` (${values[0]} without safety examples, ${values[1]} with ${last?.safety})` : ""
}

const overlapSentence = (rows: ReadonlyArray<OverlapCountRow>): string => {
  const total = (value: (row: OverlapCountRow) => number): number => rows.reduce((sum, row) => sum + value(row), 0)
  if (total((row) => row.rows) === 0) return "there was none."
  const [exact, near, paraphrase] = [
    total((row) => row.exact),
    total((row) => row.near),
    total((row) => row.paraphrase),
  ]
  return `${counted(exact, "exact repeat")}, ${counted(near, "near repeat")} and ${counted(paraphrase, "paraphrase")} were dropped.`
}

const scoringSentences = (summary: SummaryValue): ReadonlyArray<string> => {
  const { reward, missing } = summary
  const rated = reward === null || reward.meanSquaredError !== null
  const range = rated
    ? "from 0 (harmless) to 4 (very harmful)"
    : "on a scale learned from comparisons, whose zero has no meaning of its own: only differences count"
  const scale = `Answers are scored for harm by a reward model, ${range}; from ${summary.harmfulFrom} on an answer counts as unsafe.`
  return [scale, ...qualitySentences(summary), missingSentence(missing)]
}

const missingSentence = (missing: SummaryValue["missing"]): string => {
  const parts = [
    [missing.answers, "answer"],
    [missing.harmScores, "harm score"],
    [missing.refusalLabels, "refusal label"],
  ] as const
  const gaps = parts.flatMap(([count, name]) => (count === 0 ? [] : [counted(count, name)]))
  return gaps.length === 0
    ? "No answer, score or label is missing."
    : `Missing, and left out of means: ${gaps.join(", ")}.`
}
