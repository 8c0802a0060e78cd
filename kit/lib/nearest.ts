/** "Did you mean": the known name nearest to what was typed. */

/** Levenshtein's edit distance: insertions, deletions and substitutions cost 1. */
export const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}

/** The nearest of `known`, if it differs by at most a third of what was typed (and two letters for short words). */
export const nearest = (typed: string, known: ReadonlyArray<string>): string | undefined => {
  const limit = Math.max(2, Math.floor(typed.length / 3))
  const ranked = known
    .map((name) => ({ name, distance: editDistance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.name
}
