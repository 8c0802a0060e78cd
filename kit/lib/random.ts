/** Seeded randomness that is the same on every machine: draws depend on the seed's text and nothing else. */
import { createHash } from "node:crypto"

/** A stream of numbers in [0, 1). */
export type Random = () => number

/** A generator for a seed: sfc32 (PractRand's small fast counting generator), seeded with SHA-256 of the seed's text. */
export const seededRandom = (seed: string | number): Random => {
  const digest = createHash("sha256").update(String(seed)).digest()
  let [a, b, c, counter] = [0, 4, 8, 12].map((offset) => digest.readInt32LE(offset)) as [number, number, number, number]
  return () => {
    const result = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    return (result >>> 0) / 2 ** 32
  }
}

/** A shuffled copy (Fisher–Yates). Its first k items are a random draw of k, and draws of growing k are nested. */
export const shuffled = <A>(items: ReadonlyArray<A>, random: Random): ReadonlyArray<A> => {
  const copy = [...items]
  for (let index = copy.length - 1; index > 0; index--) {
    const other = Math.floor(random() * (index + 1))
    ;[copy[index], copy[other]] = [copy[other] as A, copy[index] as A]
  }
  return copy
}
