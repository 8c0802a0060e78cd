/**
 * What an answer's sentences mean, as far as a sentence encoder tells: the vectors of its sentences, freed of what they
 * share with the prompt's (the topic, which says nothing of a refusal), and pooled over parts of the answer. The last layer
 * tells best what is said; a middle one, nearer to the words, how.
 */
import { createHash } from "node:crypto"
import type { ValueOf } from "../../kit/artifact.ts"
import { StageError } from "../../kit/errors.ts"
import type { SentenceVectors } from "./artifacts.ts"
import { plainText, unitsOf, unquoted } from "./text.ts"

/** The id under which a text's vector is kept. */
export const sentenceId = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32)

/** The sentences and list items of an answer, as the encoder reads them. */
export const sentencesOf = (answer: string): ReadonlyArray<string> =>
  unitsOf(unquoted(plainText(answer))).map(({ text }) => text)

/** Vectors are of length 1, so that their members are small beside cues, which are 1: this brings them nearer. */
const SCALE = { last: 3, middle: 4 }

/** The parts of an answer that are read apart, each the mean of its sentences. */
const PARTS: ReadonlyArray<<A>(sentences: ReadonlyArray<A>) => ReadonlyArray<A>> = [
  (sentences) => sentences.slice(0, 1),
  (sentences) => sentences.slice(1, 2),
  (sentences) => sentences.slice(0, 3),
  (sentences) => sentences.slice(2),
  (sentences) => sentences.slice(-1),
  (sentences) => sentences,
]

/** What the last layer says, without the middle one: the first half of an answer's numbers. */
export const ofLastLayer = (numbers: Float32Array): Float32Array => numbers.subarray(0, numbers.length / 2)

/** Numbers for an answer to a prompt: for both layers and for each part as many as the encoder's vectors are wide. */
export interface Meaning {
  readonly dimensions: number
  readonly of: (prompt: string, answer: string) => Float32Array
}

/** Writes the mean of `vectors`, `scale` times as long and less its share along `topic`, into `part`. */
const writePart = (
  part: Float32Array,
  vectors: ReadonlyArray<Float32Array>,
  topic: Float32Array,
  scale: number,
): void => {
  if (vectors.length === 0) return
  for (const vector of vectors) for (let at = 0; at < part.length; at++) part[at] = (part[at] ?? 0) + (vector[at] ?? 0)
  let along = 0
  for (let at = 0; at < part.length; at++) {
    part[at] = ((part[at] ?? 0) / vectors.length) * scale
    along += (part[at] ?? 0) * (topic[at] ?? 0)
  }
  for (let at = 0; at < part.length; at++) part[at] = (part[at] ?? 0) - along * (topic[at] ?? 0)
}

/** How vectors are written: as whole ten-thousandths. */
const UNIT = 1e-4

type Vectors = Readonly<Record<keyof typeof SCALE, Float32Array>>

const inUnits = (whole: ReadonlyArray<number>): Float32Array => Float32Array.from(whole, (value) => value * UNIT)

/** Reads meanings off vectors; a text without one is an error. */
export const meaningBy = (rows: ValueOf<typeof SentenceVectors>): Meaning => {
  const vectors = new Map<string, Vectors>(
    rows.map(({ id, vector, middle }) => [id, { last: inUnits(vector), middle: inUnits(middle) }]),
  )
  const width = rows[0]?.vector.length ?? 0
  const vectorsOf = (text: string): Vectors => {
    const found = vectors.get(sentenceId(text))
    if (found?.last.length === width && found.middle.length === width) return found
    throw StageError.of(
      "A sentence has no vector, or one of another encoder",
      `id ${sentenceId(text)}`,
      "Wire the vectors of the same answers: collect-sentences, then embed-sentences.",
    )
  }
  const parts = (["last", "middle"] as const).flatMap((layer) => PARTS.map((part) => ({ layer, part })))
  return {
    dimensions: parts.length * width,
    of: (prompt, answer) => {
      const topic = vectorsOf(prompt)
      const sentences = sentencesOf(answer).map(vectorsOf)
      const target = new Float32Array(parts.length * width)
      for (const [index, { layer, part }] of parts.entries()) {
        const own = part(sentences).map((each) => each[layer])
        writePart(target.subarray(index * width, (index + 1) * width), own, topic[layer], SCALE[layer])
      }
      return target
    },
  }
}
