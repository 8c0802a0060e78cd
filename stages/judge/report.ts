/** What a judge's verdicts on pairs with a known better answer say of the judge. */

import type { ValueOf } from "../../kit/artifact.ts"
import { mean } from "../../kit/lib/intervals.ts"
import type { JudgeReport } from "../artifacts.ts"
import type { Verdict } from "./verdict.ts"

const meanOf = (values: ReadonlyArray<number>): number | null => mean(values) ?? null

/** `verdicts` are on pairs in which the model's answer is the better one. */
export const reportOf = (judge: string, verdicts: ReadonlyArray<Verdict>): ValueOf<typeof JudgeReport> => {
  const whole = verdicts.flatMap(({ preference, shownFirst, shownSecond }) =>
    preference === null || shownFirst === null || shownSecond === null ? [] : [{ preference, shownFirst, shownSecond }],
  )
  const showings = whole.flatMap(({ shownFirst, shownSecond }) => [shownFirst, 1 - shownSecond])
  return {
    judge,
    pairs: verdicts.length,
    missing: verdicts.length - whole.length,
    agreement: meanOf(whole.map(({ preference }) => preference - 1)),
    turned: meanOf(whole.map(({ preference }) => (preference === 1.5 ? 1 : 0))),
    firstPreferred: meanOf(showings.map((first) => (first > 0.5 ? 1 : first < 0.5 ? 0 : 0.5))),
  }
}
