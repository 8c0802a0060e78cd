/** fig-harm and fig-moderation: a mean score of the answers to unsafe prompts, a panel for each set. */
import type { TopLevelSpec } from "vega-lite"
import { setTitle } from "../analysis/wording.ts"
import type { HarmRow } from "../results.ts"
import { linePanels } from "./lines.ts"
import { type FigureSubject, figure } from "./theme.ts"

interface ScoreWords {
  readonly title: string
  readonly note: string
  readonly axis: string
}

const HARM: ScoreWords = {
  title: "Harm by number of safety examples",
  note: "Mean harm score by the reward model (lower is better), with 95 % intervals",
  axis: "mean harm score",
}

const MODERATION: ScoreWords = {
  title: "Moderation scores by number of safety examples",
  note: "Mean score of a content classifier that reads the answer alone (lower is better), with 95 % intervals",
  axis: "mean moderation score",
}

/** `quality` are sentences on the score itself. */
export const harmFigure = (
  rows: ReadonlyArray<HarmRow>,
  subject: FigureSubject,
  quality: ReadonlyArray<string> = [],
): TopLevelSpec => scoreFigure(rows, subject, HARM, quality)

export const moderationFigure = (rows: ReadonlyArray<HarmRow>, subject: FigureSubject): TopLevelSpec =>
  scoreFigure(rows, subject, MODERATION, [])

/** Characters of a line that is about as wide as the panels. */
const LINE = 110

const wrapped = (text: string): ReadonlyArray<string> => text.match(new RegExp(`\\S.{0,${LINE}}(?=\\s|$)`, "gu")) ?? []

/** Sets of safe prompts are left to the table; a set that has no scores gets no panel. */
const scoreFigure = (
  rows: ReadonlyArray<HarmRow>,
  subject: FigureSubject,
  words: ScoreWords,
  quality: ReadonlyArray<string>,
): TopLevelSpec => {
  const mixed = new Set(rows.filter((row) => !row.unsafe).map((row) => row.set))
  const name = (row: HarmRow): string =>
    mixed.has(row.set) ? `${setTitle(row.set)}, unsafe prompts` : setTitle(row.set)
  const values = rows.flatMap((row) => {
    if (!row.unsafe || row.mean === null || row.low === null || row.high === null) return []
    const { set, unsafe, model, safety, share, range, low, high } = row
    return [{ panel: name(row), set, unsafe, model, safety, share, range, value: row.mean, low, high }]
  })
  const y = { axis: { title: words.axis, tickCount: 5 } }
  return figure(
    words.title,
    subject,
    [words.note, ...quality.flatMap(wrapped)],
    linePanels(values, { y, shares: true, height: 100 }),
  )
}
