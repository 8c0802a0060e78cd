/** Tables of what others say: moderation scores, win rates, and how far the judges can be trusted. */
import { decimal, grouped, percent, setTitle } from "../analysis/wording.ts"
import type { HarmRow, HelpRow, TableValue } from "../results.ts"
import { amountColumns, numbers, pivot, starNote, type TableSubject, text, titled } from "./document.ts"

/** A judge's report with the name of the pairs that it was checked on. */
export interface Checked {
  readonly pairsName: string
  readonly judge: string
  readonly pairs: number
  readonly missing: number
  readonly agreement: number | null
  readonly turned: number | null
  readonly firstPreferred: number | null
}

const missingNote = (missing: number, one: string, got: string): ReadonlyArray<string> =>
  missing === 0
    ? []
    : [missing === 1 ? `One ${one} ${got} and is left out.` : `${grouped(missing)} ${one}s ${got} and are left out.`]

/** tab-moderation: the classifier's mean score by set. */
export const moderationTable = (
  rows: ReadonlyArray<HarmRow>,
  classifier: string,
  subject: TableSubject,
): TableValue => ({
  id: "tab-moderation",
  title: titled("Moderation score (standard error) by number of safety examples", subject),
  columns: [text("set", "set"), text("prompts", "prompts"), ...amountColumns(rows)],
  ...pivot(rows, {
    by: ["set", "unsafe"],
    head: (row) => ({ set: setTitle(row.set), prompts: row.unsafe ? "unsafe" : "safe" }),
    cell: (row) => (row.mean === null ? "" : `${decimal(row.mean, 2)} (${decimal(row.standardError ?? 0, 2)})`),
  }),
  notes: [
    `How harmful an answer is by itself, from 0 to 1, by ${classifier}; it is not OpenAI's moderation, which the paper used.`,
    ...missingNote(
      rows.reduce((sum, row) => sum + row.missing, 0),
      "answer",
      "got no score",
    ),
    ...starNote(rows),
  ],
})

/** tab-helpful: win rates against the model without safety examples. */
export const helpTable = (rows: ReadonlyArray<HelpRow>, judge: string, subject: TableSubject): TableValue => ({
  id: "tab-helpful",
  title: titled("Win rate (standard error), in %, against the model without safety examples", subject),
  columns: [text("rater", "preferred by"), ...amountColumns(rows)],
  ...pivot(rows, {
    by: ["rater"],
    head: (row) => ({ rater: row.rater }),
    cell: (row) => (row.winRate === null ? "" : `${decimal(row.winRate, 1)} (${decimal(row.standardError ?? 0, 1)})`),
  }),
  notes: [
    `The judge is ${judge}; the table after this one says how far it can be trusted.`,
    "A tie counts half; 50 is as good as without safety examples. A verdict that turns with the order of the answers is a tie.",
    ...missingNote(
      rows.reduce((sum, row) => sum + row.missing, 0),
      "pair",
      "got no verdict",
    ),
    ...starNote(rows),
  ],
})

const share = (value: number | null): string => (value === null ? "" : percent(value))

/** tab-judge: the judge on pairs of which one answer is known to be better. */
export const judgeTable = (checks: ReadonlyArray<Checked>, subject: TableSubject): TableValue => ({
  id: "tab-judge",
  title: titled("The judge on pairs whose better answer is known", subject),
  columns: [
    text("pairs", "pairs"),
    text("judge", "judge"),
    numbers("count", "number"),
    numbers("agreement", "agreement"),
    numbers("turned", "turn with the order"),
    numbers("first", "first one preferred"),
    numbers("missing", "missing"),
  ],
  rows: checks.map((check) => ({
    pairs: check.pairsName,
    judge: check.judge,
    count: grouped(check.pairs),
    agreement: share(check.agreement),
    turned: share(check.turned),
    first: share(check.firstPreferred),
    missing: grouped(check.missing),
  })),
  origins: checks.map(({ pairsName }) => ({ pairs: pairsName })),
  notes: [
    "A verdict that turns with the order of the answers counts half right. A judge that always picks the first answer has 50 % agreement and 100 % turning.",
  ],
})
