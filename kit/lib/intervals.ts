/**
 * How sure a number is. Shares get Wilson's interval. Means over prompts that several seeds answered get a bootstrap that
 * draws both seeds and prompts, because both are samples: one lucky seed or one odd prompt should widen the interval.
 */

/** The 97.5 % quantile of the standard normal distribution. */
export const NORMAL_QUANTILE = 1.959963984540054

/** Ends of a 95 % interval. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * Wilson's score interval (1927) of `successes` out of `n` independent trials, 95 %; none when nothing was tried.
 * Unlike the normal approximation it stays inside 0 … 1 and has a width at 0 and at `n`.
 */
export const wilson = (successes: number, n: number): Interval | undefined => {
  if (n === 0) return undefined
  const z2 = NORMAL_QUANTILE ** 2
  const share = successes / n
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n)
  const half = (NORMAL_QUANTILE / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n))
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

/** The mean of a list; none of an empty one. */
export const mean = (values: ReadonlyArray<number>): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length

/** The standard deviation of a sample (n − 1 below the line); none with fewer than two values. */
export const sampleDeviation = (values: ReadonlyArray<number>): number | undefined => {
  const centre = mean(values)
  if (centre === undefined || values.length < 2) return undefined
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}

/** Values by seed, then by prompt; every seed has the same prompts in the same order, `undefined` where one is missing. */
export type Crossed = ReadonlyArray<ReadonlyArray<number | undefined>>

/** A mean with what the bootstrap says of it. */
export interface Estimate extends Interval {
  /** Over prompts within each seed, then over seeds. */
  readonly mean: number
  /** Standard deviation of the bootstrap's means. */
  readonly standardError: number
}

/** How many times the bootstrap draws, and where its random numbers begin: fixed, so that results are the same each time. */
export const BOOTSTRAP = { draws: 2000, seed: 20_240_116 } as const

/**
 * Mean and 95 % percentile interval by a bootstrap over two crossed factors (the pigeonhole bootstrap, Owen 2007): each
 * draw takes seeds and prompts with replacement, the same prompts for all seeds of the draw. With one seed it is the
 * ordinary bootstrap over prompts. None when no value is there.
 */
export const crossedBootstrap = (values: Crossed): Estimate | undefined => {
  const seeds = values.filter((row) => row.some((value) => value !== undefined))
  const centre = mean(seeds.flatMap((row) => mean(present(row)) ?? []))
  if (centre === undefined) return undefined
  const draws = drawMeans(seeds).sort((a, b) => a - b)
  return {
    mean: centre,
    standardError: sampleDeviation(draws) ?? 0,
    low: quantile(draws, 0.025),
    high: quantile(draws, 0.975),
  }
}

const present = (row: ReadonlyArray<number | undefined>): ReadonlyArray<number> =>
  row.filter((value) => value !== undefined)

const drawMeans = (seeds: Crossed): Array<number> => {
  const random = randomNumbers(BOOTSTRAP.seed)
  const prompts = seeds[0]?.length ?? 0
  const means: Array<number> = []
  while (means.length < BOOTSTRAP.draws) {
    const weights = drawWeights(prompts, random)
    const drawn = seeds.map(() => seeds[Math.floor(random() * seeds.length)] as Crossed[number])
    const value = mean(drawn.flatMap((row) => weightedMean(row, weights) ?? []))
    if (value !== undefined) means.push(value)
  }
  return means
}

/** How often each prompt is drawn. */
const drawWeights = (count: number, random: () => number): Uint16Array => {
  const weights = new Uint16Array(count)
  for (let draw = 0; draw < count; draw++) {
    const index = Math.floor(random() * count)
    weights[index] = (weights[index] ?? 0) + 1
  }
  return weights
}

const weightedMean = (row: ReadonlyArray<number | undefined>, weights: Uint16Array): number | undefined => {
  let sum = 0
  let total = 0
  for (let index = 0; index < row.length; index++) {
    const value = row[index]
    const weight = weights[index] as number
    if (value === undefined || weight === 0) continue
    sum += weight * value
    total += weight
  }
  return total === 0 ? undefined : sum / total
}

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996). */
const quantile = (sorted: ReadonlyArray<number>, share: number): number => {
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] as number
  const above = sorted[Math.ceil(place)] as number
  return below + (above - below) * (place - Math.floor(place))
}

/** Mulberry32 (Ettinger 2017): 32 bits of state are plenty for drawing indices, and it is the same everywhere. */
const randomNumbers = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
