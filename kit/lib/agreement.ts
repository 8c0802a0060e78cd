/**
 * How well two labellings of the same items agree: confusion matrix, accuracy, Cohen's κ, recall and F1 per class.
 * The first labelling is the reference where the measure is not symmetric.
 */

/** Counts by pair of labels: `counts[reference][predicted]`, in the order of `labels`. */
export interface Confusion {
  readonly labels: ReadonlyArray<string>
  readonly counts: ReadonlyArray<ReadonlyArray<number>>
}

/** Counts the pairs. A label outside `labels` is an error of the caller. */
export const confusionMatrix = (
  labels: ReadonlyArray<string>,
  reference: ReadonlyArray<string>,
  predicted: ReadonlyArray<string>,
): Confusion => {
  if (reference.length !== predicted.length) throw new RangeError("The labellings differ in length")
  const counts = labels.map(() => labels.map(() => 0))
  reference.forEach((label, item) => {
    const cells = counts[labels.indexOf(label)]
    const column = labels.indexOf(predicted[item] as string)
    if (cells === undefined || column < 0) throw new RangeError(`Unknown label: ${label} or ${predicted[item]}`)
    cells[column] = (cells[column] as number) + 1
  })
  return { labels, counts }
}

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((total, number) => total + number, 0)
const rowSums = (confusion: Confusion): ReadonlyArray<number> => confusion.counts.map(sum)
const columnSums = (confusion: Confusion): ReadonlyArray<number> =>
  confusion.labels.map((_, column) => sum(confusion.counts.map((row) => row[column] as number)))
const diagonal = (confusion: Confusion): ReadonlyArray<number> =>
  confusion.counts.map((row, index) => row[index] as number)

/** The number of items. */
export const total = (confusion: Confusion): number => sum(rowSums(confusion))

/** The share of items on which the labellings agree; null for no items. */
export const accuracy = (confusion: Confusion): number | null =>
  total(confusion) === 0 ? null : sum(diagonal(confusion)) / total(confusion)

/**
 * Cohen's κ = (p_o − p_e) / (1 − p_e): agreement beyond what the labels' frequencies give by chance (Cohen 1960, "A
 * coefficient of agreement for nominal scales"). Null where chance alone gives full agreement, or for no items.
 */
export const cohenKappa = (confusion: Confusion): number | null => {
  const n = total(confusion)
  const observed = sum(diagonal(confusion)) / n
  const columns = columnSums(confusion)
  const expected = sum(rowSums(confusion).map((count, index) => (count / n) * ((columns[index] as number) / n)))
  return n === 0 || expected === 1 ? null : (observed - expected) / (1 - expected)
}

/** Per label: how many of the reference's items were found; null for a label that the reference lacks. */
export const recalls = (confusion: Confusion): ReadonlyArray<number | null> => {
  const rows = rowSums(confusion)
  return diagonal(confusion).map((hits, index) => (rows[index] === 0 ? null : hits / (rows[index] as number)))
}

/** Per label: F1 = 2·hits / (reference + predicted) (van Rijsbergen 1979); null for a label that neither side uses. */
export const f1Scores = (confusion: Confusion): ReadonlyArray<number | null> => {
  const [rows, columns] = [rowSums(confusion), columnSums(confusion)]
  return diagonal(confusion).map((hits, index) => {
    const uses = (rows[index] as number) + (columns[index] as number)
    return uses === 0 ? null : (2 * hits) / uses
  })
}

/** The mean of F1 over the labels that either side uses; null for no items. */
export const macroF1 = (confusion: Confusion): number | null => {
  const scores = f1Scores(confusion).filter((score) => score !== null)
  return scores.length === 0 ? null : sum(scores) / scores.length
}
