/** The texts of an answer whose vectors the classifier reads, and which answers and vectors belong to each other by them. */
import type { ValueOf } from "../../kit/artifact.ts"
import type { Among } from "../../kit/row-origins.ts"
import type { Answers } from "../artifacts.ts"
import type { SentenceVectors } from "./artifacts.ts"
import { sentenceId, sentencesOf } from "./meaning.ts"

export interface Answered {
  readonly prompt: string
  readonly answer: string
}

/** The prompt, and each sentence of the answer. */
export const textsIn = ({ prompt, answer }: Answered): ReadonlyArray<string> => [prompt, ...sentencesOf(answer)]

/** The answers that hold a text. */
export const answersWith: Among<ValueOf<typeof Answers>, { readonly text: string }> = (answers) => {
  const held = answers.flatMap((answer) => textsIn(answer).map((text) => ({ text, answer })))
  const byText = Map.groupBy(held, ({ text }) => text)
  return ({ text }) => (byText.get(text) ?? []).map(({ answer }) => answer)
}

/** The vectors of an answer's texts. */
export const vectorsOfAnswer: Among<ValueOf<typeof SentenceVectors>, Answered> = (vectors) => {
  const byId = Map.groupBy(vectors, ({ id }) => id)
  return (answer) => textsIn(answer).flatMap((text) => byId.get(sentenceId(text)) ?? [])
}
