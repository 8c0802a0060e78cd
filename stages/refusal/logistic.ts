/**
 * Multinomial logistic regression with an L2 penalty, trained by L-BFGS on sparse rows. Every step is plain arithmetic in
 * a fixed order, so the same rows give the same weights.
 */

/** A row's non-zero features by column. */
export interface SparseRow {
  readonly columns: ReadonlyArray<number>
  readonly values: ReadonlyArray<number>
}

/** Weights by class, then column; the last column is the intercept, which the penalty spares. */
export type Weights = ReadonlyArray<ReadonlyArray<number>>

export interface Training {
  readonly rows: ReadonlyArray<SparseRow>
  /** Each row's class, as an index. */
  readonly classes: ReadonlyArray<number>
  /** How much each row counts; 1 where left out. */
  readonly rowWeights?: ReadonlyArray<number> | undefined
  readonly classCount: number
  readonly columnCount: number
  /** λ of the penalty λ/2·‖w‖² beside the summed log loss. */
  readonly penalty: number
  readonly maxIterations?: number
}

/** Class probabilities from linear scores, by the shifted softmax that can't overflow. */
export const softmax = (scores: ReadonlyArray<number>): ReadonlyArray<number> => {
  const highest = Math.max(...scores)
  const powers = scores.map((score) => Math.exp(score - highest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map((power) => power / total)
}

/** The linear score of each class for a row. */
export const scoresOf = (weights: Weights, row: SparseRow): ReadonlyArray<number> =>
  weights.map((own) =>
    row.columns.reduce(
      (sum, column, index) => sum + (own[column] as number) * (row.values[index] as number),
      own.at(-1) as number,
    ),
  )

/** Penalised log loss at a point, and its gradient written into `gradient`. */
const lossAt = (training: Training, point: Float64Array, gradient: Float64Array): number => {
  const { rows, classes, rowWeights, classCount, columnCount, penalty } = training
  const width = columnCount + 1
  let loss = 0
  for (let cell = 0; cell < point.length; cell++) {
    const weight = cell % width === columnCount ? 0 : (point[cell] as number)
    gradient[cell] = penalty * weight
    loss += (penalty / 2) * weight * weight
  }
  const scores = new Array<number>(classCount)
  rows.forEach(({ columns, values }, index) => {
    for (let label = 0; label < classCount; label++) {
      let score = point[label * width + columnCount] as number
      for (let k = 0; k < columns.length; k++) {
        score += (point[label * width + (columns[k] as number)] as number) * (values[k] as number)
      }
      scores[label] = score
    }
    const chances = softmax(scores)
    const weight = rowWeights?.[index] ?? 1
    loss -= weight * Math.log(Math.max(chances[classes[index] as number] as number, 1e-300))
    for (let label = 0; label < classCount; label++) {
      const error = weight * ((chances[label] as number) - (classes[index] === label ? 1 : 0))
      const start = label * width
      for (let k = 0; k < columns.length; k++) {
        const cell = start + (columns[k] as number)
        gradient[cell] = (gradient[cell] as number) + error * (values[k] as number)
      }
      gradient[start + columnCount] = (gradient[start + columnCount] as number) + error
    }
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
const TOLERANCE = 1e-3

/** Trains until the gradient's norm is below 1e-3 of a row's worth, or the iterations are used up. */
export const trainLogistic = (training: Training): Weights => {
  const width = training.columnCount + 1
  let point: Float64Array = new Float64Array(training.classCount * width)
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
  return Array.from({ length: training.classCount }, (_, label) => [...point.slice(label * width, (label + 1) * width)])
}
