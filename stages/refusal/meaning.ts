/**
 * What an answer's sentences mean, as far as a sentence encoder tells: the vectors of its sentences, freed of what they
 * share with the prompt's (the topic, which says nothing of a refusal), and pooled over parts of the answer.
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
const SCALE = 3

/** The parts of an answer that are read apart, each the mean of its sentences. */
const PARTS: ReadonlyArray<<A>(sentences: ReadonlyArray<A>) => ReadonlyArray<A>> = [
  (sentences) => sentences.slice(0, 1),
  (sentences) => sentences.slice(1, 2),
  (sentences) => sentences.slice(0, 3),
  (sentences) => sentences.slice(2),
  (sentences) => sentences.slice(-1),
  (sentences) => sentences,
]

/** Numbers for an answer to a prompt: as many for each part as the encoder's vectors are wide. */
export interface Meaning {
  readonly dimensions: number
  readonly of: (prompt: string, answer: string) => Float32Array
}

/** Adds the mean of `vectors`, less its share along `topic`, to `target` from `start` on. */
const addPart = (
  target: Float32Array,
  start: number,
  vectors: ReadonlyArray<Float32Array>,
  topic: Float32Array,
): void => {
  if (vectors.length === 0) return
  const part = target.subarray(start, start + topic.length)
  for (const vector of vectors) for (let at = 0; at < part.length; at++) part[at] = (part[at] ?? 0) + (vector[at] ?? 0)
  let along = 0
  for (let at = 0; at < part.length; at++) {
    part[at] = ((part[at] ?? 0) / vectors.length) * SCALE
    along += (part[at] ?? 0) * (topic[at] ?? 0)
  }
  for (let at = 0; at < part.length; at++) part[at] = (part[at] ?? 0) - along * (topic[at] ?? 0)
}

/** How vectors are written: as whole ten-thousandths. */
const UNIT = 1e-4

/** Reads meanings off vectors; a text without one is an error. */
export const meaningBy = (rows: ValueOf<typeof SentenceVectors>): Meaning => {
  const vectors = new Map(rows.map(({ id, vector }) => [id, Float32Array.from(vector, (value) => value * UNIT)]))
  const width = rows[0]?.vector.length ?? 0
  const vectorOf = (text: string): Float32Array => {
    const vector = vectors.get(sentenceId(text))
    if (vector?.length === width) return vector
    throw StageError.of(
      "A sentence has no vector, or one of another encoder",
      `id ${sentenceId(text)}`,
      "Wire the vectors of the same answers: collect-sentences, then embed-sentences.",
    )
  }
  return {
    dimensions: PARTS.length * width,
    of: (prompt, answer) => {
      const topic = vectorOf(prompt)
      const sentences = sentencesOf(answer).map(vectorOf)
      const target = new Float32Array(PARTS.length * width)
      for (const [index, part] of PARTS.entries()) addPart(target, index * width, part(sentences), topic)
      return target
    },
  }
}
