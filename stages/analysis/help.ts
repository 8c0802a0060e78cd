/** How often each model's answers are preferred to those of the same run's model without safety examples. */
import { crossedBootstrap } from "../../kit/lib/intervals.ts"
import { pointsOf, winRate } from "../../kit/lib/win-rate.ts"
import type { HelpRow } from "../results.ts"
import { rangeOf, shareOf } from "./members.ts"

/** The preferences of one judge on one model of one run. */
export interface Judged {
  readonly rater: string
  readonly safety: number
  readonly rows: ReadonlyArray<{ readonly set: string; readonly id: string; readonly preference: number | null }>
}

/** One row for each judge and number of safety examples, in that order. */
export const helpRows = (judged: ReadonlyArray<Judged>, generalAmount: number): ReadonlyArray<HelpRow> =>
  [...Map.groupBy(judged, ({ rater, safety }) => JSON.stringify([rater, safety])).values()]
    .map((runs) => helpRow(runs, generalAmount))
    .sort((a, b) => (a.rater < b.rater ? -1 : a.rater > b.rater ? 1 : (a.safety ?? 0) - (b.safety ?? 0)))

const helpRow = (runs: ReadonlyArray<Judged>, generalAmount: number): HelpRow => {
  const { rater, safety } = runs[0] as Judged
  const { wins, losses, ties, missing } = winRate(runs.flatMap(({ rows }) => rows.map(({ preference }) => preference)))
  const prompts = [...new Set(runs.flatMap(({ rows }) => rows.map(nameOf)))].sort()
  const points = runs.map(({ rows }) => {
    const known = new Map(rows.map((row) => [nameOf(row), row.preference]))
    return prompts.map((prompt) => pointsOf(known.get(prompt) ?? null))
  })
  const rate = crossedBootstrap(points)
  const share = shareOf(safety, generalAmount)
  const place = { model: "tuned", safety, share, range: rangeOf(share), seeds: runs.length } as const
  return {
    rater,
    ...place,
    pairs: wins + losses + ties,
    ...{ missing, wins, losses, ties },
    winRate: rate === undefined ? null : 100 * rate.mean,
    standardError: rate === undefined ? null : 100 * rate.standardError,
    low: rate === undefined ? null : 100 * rate.low,
    high: rate === undefined ? null : 100 * rate.high,
  }
}

const nameOf = ({ set, id }: { readonly set: string; readonly id: string }): string => `${set}/${id}`
