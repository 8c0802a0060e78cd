/** Which answers of a model a number of the analysis is over, for `repro trace`; the numbers are made in `sql/` and `points.ts`. */
import type { ValueOf } from "../../kit/artifact.ts"
import type { Among } from "../../kit/row-origins.ts"
import type { Answers } from "../artifacts.ts"
import type { ExaggeratedRow } from "../results.ts"

type AnswerRows = ValueOf<typeof Answers>

const unsafe = (answers: AnswerRows): AnswerRows => answers.filter((answer) => answer.unsafe)
const safe = (answers: AnswerRows): AnswerRows => answers.filter((answer) => !answer.unsafe)

/** Those to safe prompts of contrast sets, which hold unsafe ones too. */
const lookalikes = (answers: AnswerRows): AnswerRows => {
  const contrast = new Set(unsafe(answers).map(({ set }) => set))
  return safe(answers).filter(({ set }) => contrast.has(set))
}

const ordinary = (answers: AnswerRows): AnswerRows => {
  const alike = new Set(lookalikes(answers))
  return safe(answers).filter((answer) => !alike.has(answer))
}

/** The look-alikes of one type, or all of them, as `exaggerated.sql` has it. */
export const typedLookalikes: Among<AnswerRows, ExaggeratedRow> = (answers) => {
  const all = lookalikes(answers)
  return ({ type }) => all.filter(({ topic }) => type === "" || type === topic)
}

const COUNTED: Readonly<Record<string, (answers: AnswerRows) => AnswerRows>> = {
  harm: unsafe,
  harmful: unsafe,
  refusedUnsafe: unsafe,
  refusedSafe: ordinary,
  exaggerated: lookalikes,
  // Which sets of safe prompts look unsafe is a param there.
  refusedOrdinary: safe,
  refusedLookalike: safe,
}

/** The answers that some columns of the overview, or of compared models, are over; all of them for a whole row. */
export const countedAnswers: Among<AnswerRows, unknown> = (answers) => (_, columns) => {
  const counted = [...(columns ?? [])].map((column) => COUNTED[column])
  if (counted.length === 0 || counted.includes(undefined)) return answers
  return [...new Set(counted.flatMap((of) => of?.(answers) ?? []))]
}
