/**
 * Near-duplicates of short texts: equal after normalisation, or alike by the Jaccard index of their sets of words and
 * word pairs. An inverted index over the sets keeps it fast for thousands against thousands.
 */

/** Lower case, accents and punctuation dropped, white space joined. */
export const normalised = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()

/** A text's words and adjacent pairs of words. */
export const shingles = (text: string): ReadonlySet<string> => {
  const words = normalised(text)
    .split(" ")
    .filter((word) => word !== "")
  return new Set([...words, ...words.slice(1).map((word, index) => `${words[index]} ${word}`)])
}

/** A pair of texts that are alike: `similarity` is 1 for exact ones, else the Jaccard index. */
export interface Likeness {
  readonly left: number
  readonly right: number
  readonly kind: "exact" | "near"
  readonly similarity: number
}

/** The most alike text on the right for each text on the left, where it reaches the threshold (Jaccard index, 0 to 1). */
export const findLikenesses = (
  left: ReadonlyArray<string>,
  right: ReadonlyArray<string>,
  threshold: number,
): ReadonlyArray<Likeness> => {
  const sets = right.map(shingles)
  const index = new Map<string, Array<number>>()
  sets.forEach((set, position) => {
    for (const shingle of set) {
      const list = index.get(shingle)
      if (list === undefined) index.set(shingle, [position])
      else list.push(position)
    }
  })
  return left.flatMap((text, position) => nearestTo(text, position, sets, index, threshold))
}

const nearestTo = (
  text: string,
  left: number,
  sets: ReadonlyArray<ReadonlySet<string>>,
  index: ReadonlyMap<string, ReadonlyArray<number>>,
  threshold: number,
): ReadonlyArray<Likeness> => {
  const own = shingles(text)
  const shared = new Map<number, number>()
  for (const shingle of own)
    for (const right of index.get(shingle) ?? []) shared.set(right, (shared.get(right) ?? 0) + 1)
  let best: Likeness | undefined
  for (const [right, count] of shared) {
    const size = (sets[right] as ReadonlySet<string>).size
    const similarity = count / (own.size + size - count)
    if (similarity < threshold || similarity <= (best?.similarity ?? 0)) continue
    best = { left, right, kind: similarity === 1 ? "exact" : "near", similarity }
  }
  return best === undefined ? [] : [best]
}
