/**
 * Win rates from pairwise preferences, by AlpacaEval's formulas: a preference of 2 is a win (1), of 1 a loss (0), anything
 * else a tie (½); the rate is the mean, its standard error the sample standard deviation (n − 1) over √n, both in per cent.
 * Source: alpaca_eval/metrics/winrate.py at commit cd543a149df89434d8a54582c0151c0b945c3d20. What has no preference (null,
 * NaN) is missing: it counts in no mean.
 */
import { mean, sampleDeviation } from "./intervals.ts"

/** How often one model's answers were preferred to another's. */
export interface WinRate {
  readonly n: number
  readonly wins: number
  readonly losses: number
  readonly ties: number
  readonly missing: number
  /** Per cent; null where nothing was compared. */
  readonly winRate: number | null
  /** Per cent; null for fewer than two comparisons. */
  readonly standardError: number | null
}

/** What a preference counts for the second model: 1, ½ or 0; nothing where there is none. */
export const pointsOf = (preference: number | null): number | undefined => {
  if (preference === null || Number.isNaN(preference)) return undefined
  return preference === 2 ? 1 : preference === 1 ? 0 : 0.5
}

/** The win rate of the second model over preferences between 1 (the first is better) and 2 (the second is). */
export const winRate = (preferences: ReadonlyArray<number | null>): WinRate => {
  const points = preferences.flatMap((preference) => pointsOf(preference) ?? [])
  const n = points.length
  const count = (point: number): number => points.filter((value) => value === point).length
  const [rate, deviation] = [mean(points), sampleDeviation(points)]
  return {
    n,
    wins: count(1),
    losses: count(0),
    ties: count(0.5),
    missing: preferences.length - n,
    winRate: rate === undefined ? null : 100 * rate,
    standardError: deviation === undefined ? null : (100 * deviation) / Math.sqrt(n),
  }
}
