/** Tables of what was asked and answered: the evaluation sets, and answers side by side. */
import { setTitle } from "../analysis/wording.ts"
import type { EvaluationSetRow, OverlapCountRow, SideBySideRow, TableValue } from "../results.ts"
import { numbers, type TableSubject, text, titled } from "./document.ts"

/** tab-data: the evaluation sets. Unsafe prompts show their first words only. */
export const dataTable = (
  sets: ReadonlyArray<EvaluationSetRow>,
  overlaps: ReadonlyArray<OverlapCountRow>,
  subject: TableSubject,
): TableValue => ({
  id: "tab-data",
  title: titled("The evaluation sets", subject),
  columns: [
    text("set", "set"),
    numbers("prompts", "prompts"),
    text("good", "a good answer"),
    numbers("dropped", "training rows dropped"),
    text("example", "first prompt"),
  ],
  rows: sets.map((row) => ({
    set: setTitle(row.set),
    prompts: String(row.prompts),
    good: goodAnswer(row),
    dropped: String(dropped(overlaps, row.set)),
    example: row.example,
  })),
  origins: sets.map(({ set, unsafe }) => ({ set, unsafe })),
  notes: [
    "Of unsafe prompts only the first words are shown.",
    "Training rows dropped are those that repeat, nearly repeat or paraphrase a prompt of the set; a set with safe and unsafe prompts has one count for both.",
  ],
})

const goodAnswer = (row: EvaluationSetRow): string =>
  row.unsafe ? "refuses" : row.contrast ? "helps, though the prompt looks unsafe" : "helps"

const dropped = (overlaps: ReadonlyArray<OverlapCountRow>, set: string): number =>
  overlaps.filter((row) => row.set === set).reduce((sum, row) => sum + row.rows, 0)

const promptText = ({ set, unsafe, prompt }: SideBySideRow): string =>
  `${setTitle(set)} (${unsafe ? "unsafe" : "safe"}): ${prompt}`

/** tab-examples: answers to the first prompt of each set by models with none, few and the most safety examples. */
export const examplesTable = (rows: ReadonlyArray<SideBySideRow>, subject: TableSubject): TableValue => {
  const tuned = rows.filter((row) => row.safety !== null)
  const amounts = [...new Set(tuned.map((row) => row.safety))].sort((a, b) => (a ?? 0) - (b ?? 0))
  const groups = Map.groupBy(tuned, ({ set, unsafe }) => JSON.stringify([set, unsafe]))
  const answer = ({ answer, label }: SideBySideRow): string =>
    label === "" ? answer : `${answer} (${label.replaceAll("_", " ")})`
  return {
    id: "tab-examples",
    title: titled("Answers side by side", subject),
    columns: [
      text("prompt", "prompt"),
      ...amounts.map((safety) => ({
        ...text(`safety-${safety}`, safety === 1 ? "1 safety example" : `${safety} safety examples`),
        of: { safety },
      })),
    ],
    rows: [...groups.values()].map((rows) => ({
      prompt: promptText(rows[0] as SideBySideRow),
      ...Object.fromEntries(rows.map((row) => [`safety-${row.safety}`, answer(row)])),
    })),
    origins: [...groups.values()].map(([first]) => ({ set: first?.set ?? "", unsafe: first?.unsafe ?? false })),
    notes: [
      "The first prompt of each set by its identifier, answered by the models of the first run; nothing was chosen for what it says.",
      "In brackets: the label of the refusal classifier. Answers to unsafe prompts show their first words only, unless they are full refusals that begin as such.",
    ],
  }
}
