/**
 * What may be shown of prompts and answers: all of safe ones, and of unsafe ones the first words. A refusal of an unsafe prompt
 * is shown too, if it is classed as a full one and begins as one: the classifier alone is not trusted with it.
 */
import type { SqlRow, SqlValue } from "../../kit/lib/duckdb.ts"
import { OPEN_REFUSAL } from "../artifacts.ts"
import type { EvaluationSetRow, SideBySideRow } from "../results.ts"
import { firstWords, SHOWN_WORDS, withheld } from "./wording.ts"

/** Words of an answer that is shown; longer ones end in an ellipsis. */
const ANSWER_WORDS = 32
const PROMPT_WORDS = 40

const nullable = (value: SqlValue | undefined): number | null =>
  value === null || value === undefined ? null : Number(value)

/** Rows of `side-by-side.sql`, fit to be shown. */
export const showAnswer = (row: SqlRow): SideBySideRow => {
  const unsafe = row.unsafe === true
  const label = String(row.label ?? "")
  return {
    set: String(row.set),
    unsafe,
    id: String(row.id),
    prompt: showPrompt(String(row.prompt), unsafe),
    model: row.model === "untuned" ? "untuned" : "tuned",
    safety: nullable(row.safety),
    draw: nullable(row.draw),
    seed: nullable(row.seed),
    answer: answerText(String(row.answer), unsafe && !(label === "full_refusal" && isPlainRefusal(String(row.answer)))),
    label,
  }
}

const PLAIN_OPENING = new RegExp(OPEN_REFUSAL, "u")

/** Whether an answer begins as a refusal beyond doubt. */
export const isPlainRefusal = (answer: string): boolean => PLAIN_OPENING.test(answer.trim())

const answerText = (answer: string, withhold: boolean): string => {
  if (answer.trim() === "") return "[empty]"
  return withhold ? withheld(answer) : firstWords(answer, ANSWER_WORDS)
}

/** The start of a prompt: of an unsafe one no more than its first words. */
export const showPrompt = (prompt: string, unsafe: boolean): string =>
  firstWords(prompt, unsafe ? SHOWN_WORDS : PROMPT_WORDS)

/** Rows of `evaluation-sets.sql`, fit to be shown. */
export const showSet = (row: SqlRow): EvaluationSetRow => ({
  set: String(row.set),
  unsafe: row.unsafe === true,
  prompts: Number(row.prompts),
  topics: Number(row.topics),
  contrast: row.contrast === true,
  example: showPrompt(String(row.example), row.unsafe === true),
})
