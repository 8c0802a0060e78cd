/** A verdict over both orders: a model that wins only where it stands first has won nothing. */
import type { Outcome } from "../inference/ask-all.ts"

export interface Verdict {
  /** 2: the model's answer is better in both orders; 1: in neither; 1.5: it depends; null: an order got no answer. */
  readonly preference: number | null
  readonly shownFirst: number | null
  readonly shownSecond: number | null
  readonly missing: string | null
}

/** `first` and `second` are the probabilities that the answer shown first is better, with the model's first and second. */
export const verdictOf = (first: Outcome<number>, second: Outcome<number>): Verdict => {
  const shownFirst = "answer" in first ? first.answer : null
  const shownSecond = "answer" in second ? 1 - second.answer : null
  const missing = "missing" in first ? first.missing : "missing" in second ? second.missing : null
  return { preference: preferenceOf(shownFirst, shownSecond), shownFirst, shownSecond, missing }
}

const preferenceOf = (first: number | null, second: number | null): number | null => {
  if (first === null || second === null) return null
  if (first > 0.5 && second > 0.5) return 2
  return first < 0.5 && second < 0.5 ? 1 : 1.5
}
