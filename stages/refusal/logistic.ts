/**
 * Logistic regression with an L2 penalty, trained by L-BFGS. A row has sparse features and, where an encoder read it, a
 * dense stretch behind them. Every step is plain arithmetic in a fixed order, so the same rows give the same weights.
 */

/** A row's non-zero features by column, and its dense columns, which come after all others. */
export interface Row {
  readonly columns: ReadonlyArray<number>
  readonly values: ReadonlyArray<number>
  readonly dense?: Float32Array | undefined
}

export interface Training {
  readonly rows: ReadonlyArray<Row>
  /** What each row is: true or false. */
  readonly outcomes: ReadonlyArray<boolean>
  /** How much each row counts. */
  readonly rowWeights: ReadonlyArray<number>
  /** How many columns there are, sparse and dense together. */
  readonly columnCount: number
  /** λ of the penalty λ/2·‖w‖² beside the summed log loss. */
  readonly penalty: number
  readonly maxIterations?: number
}

/** The linear score of a row, by a weight for each column and, last, the intercept, which the penalty spares. */
export const scoreOf = (weights: ArrayLike<number>, { columns, values, dense }: Row): number => {
  let score = weights[weights.length - 1] as number
  for (let k = 0; k < columns.length; k++) score += (weights[columns[k] as number] as number) * (values[k] as number)
  if (dense === undefined) return score
  const start = weights.length - 1 - dense.length
  for (let k = 0; k < dense.length; k++) score += (weights[start + k] as number) * (dense[k] as number)
  return score
}

/** Adds `factor` times a row to a gradient. */
const addRow = (gradient: Float64Array, { columns, values, dense }: Row, factor: number): void => {
  const intercept = gradient.length - 1
  gradient[intercept] = (gradient[intercept] as number) + factor
  for (let k = 0; k < columns.length; k++) {
    const cell = columns[k] as number
    gradient[cell] = (gradient[cell] as number) + factor * (values[k] as number)
  }
  if (dense === undefined) return
  const start = intercept - dense.length
  for (let k = 0; k < dense.length; k++)
    gradient[start + k] = (gradient[start + k] as number) + factor * (dense[k] as number)
}

/** log(1 + exp(x)), which can't overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** Penalised log loss at a point, and its gradient written into `gradient`. */
const lossAt = ({ rows, outcomes, rowWeights, penalty }: Training, point: Float64Array, gradient: Float64Array) => {
  let loss = 0
  for (let cell = 0; cell < point.length; cell++) {
    const weight = cell === point.length - 1 ? 0 : (point[cell] as number)
    gradient[cell] = penalty * weight
    loss += (penalty / 2) * weight * weight
  }
  rows.forEach((row, index) => {
    const score = scoreOf(point, row)
    const weight = rowWeights[index] as number
    const outcome = Number(outcomes[index])
    loss += weight * softplus(outcome === 1 ? -score : score)
    addRow(gradient, row, weight * (1 / (1 + Math.exp(-score)) - outcome))
  })
  return loss
}

const dot = (left: Float64Array, right: Float64Array): number => {
  let sum = 0
  for (let cell = 0; cell < left.length; cell++) sum += (left[cell] as number) * (right[cell] as number)
  return sum
}

/** `target` plus `factor` times `other`, in place. */
const addScaled = (target: Float64Array, other: Float64Array, factor: number): void => {
  for (let cell = 0; cell < target.length; cell++)
    target[cell] = (target[cell] as number) + factor * (other[cell] as number)
}

interface Correction {
  readonly step: Float64Array
  readonly change: Float64Array
}

/** The direction of L-BFGS's two-loop recursion (Nocedal & Wright 2006, algorithm 7.4). */
const direction = (gradient: Float64Array, history: ReadonlyArray<Correction>): Float64Array => {
  const result = gradient.map((value) => -value)
  const factors: Array<number> = []
  for (const { step, change } of history.toReversed()) {
    const factor = dot(step, result) / dot(step, change)
    factors.unshift(factor)
    addScaled(result, change, -factor)
  }
  const latest = history.at(-1)
  if (latest !== undefined) {
    const scale = dot(latest.step, latest.change) / dot(latest.change, latest.change)
    for (let cell = 0; cell < result.length; cell++) result[cell] = (result[cell] as number) * scale
  }
  history.forEach(({ step, change }, index) => {
    addScaled(result, step, (factors[index] as number) - dot(change, result) / dot(step, change))
  })
  return result
}

const MEMORY = 8
/** In rows: a gradient that short moves no score that decides anything. */
const TOLERANCE = 1e-2

/** Trains until the gradient's norm is below the tolerance, or the iterations are used up. */
export const trainLogistic = (training: Training): ReadonlyArray<number> => {
  let point: Float64Array = new Float64Array(training.columnCount + 1)
  let gradient: Float64Array = new Float64Array(point.length)
  let loss = lossAt(training, point, gradient)
  let history: ReadonlyArray<Correction> = []
  for (let iteration = 0; iteration < (training.maxIterations ?? 300); iteration++) {
    if (Math.sqrt(dot(gradient, gradient)) < TOLERANCE) break
    const heading = direction(gradient, history)
    const slope = dot(heading, gradient)
    let size = history.length === 0 ? 1 / Math.sqrt(dot(gradient, gradient)) : 1
    let next: Float64Array = point
    let nextGradient: Float64Array = gradient
    let nextLoss = Number.POSITIVE_INFINITY
    for (let halving = 0; halving < 40 && !(nextLoss <= loss + 1e-4 * size * slope); halving++) {
      if (halving > 0) size /= 2
      next = point.slice()
      addScaled(next, heading, size)
      nextGradient = new Float64Array(point.length)
      nextLoss = lossAt(training, next, nextGradient)
    }
    if (!(nextLoss < loss)) break
    const step = next.slice()
    addScaled(step, point, -1)
    const change = nextGradient.slice()
    addScaled(change, gradient, -1)
    if (dot(step, change) > 1e-10) history = [...history.slice(1 - MEMORY), { step, change }]
    point = next
    gradient = nextGradient
    loss = nextLoss
  }
  return [...point]
}
