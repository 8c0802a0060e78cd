/**
 * How fast the refusal classifier classes answers, beside the string match, in one run and one thread: answers a second of
 * processor time, which other work on the machine disturbs less than the clock's, and the ratio of the two. The answers are those of data/refusals.jsonl, each class as often as there; the classifier is
 * trained on them, which does not change its speed. With the encoder, its processor seconds for their sentences come on top.
 *
 *     node_modules/.bin/node --experimental-import-text bench/refusals.ts
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { classify, trainClassifier, trainingAnswer } from "../stages/refusal/classifier.ts"
import { stringMatch } from "../stages/refusal/string-match.ts"
import { embeddingSeconds } from "./refusals-encoder.ts"

const TURNS = 5
const SECONDS = 0.5

const file = path.resolve(import.meta.dirname, "../data/refusals.jsonl")
const answers = fs
  .readFileSync(file, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line))
const byClassifier = classify(
  trainClassifier(
    answers.map((answer) => trainingAnswer(answer)),
    5,
  ),
)

/** Seconds that the processor worked for this process. */
const worked = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** Answers a second over whole passes of the set, for half a second or more. */
const rate = (label: (prompt: string, answer: string) => string): number => {
  const begun = worked()
  let done = 0
  while (worked() - begun < SECONDS) {
    for (const { prompt, answer } of answers) label(prompt, answer)
    done += answers.length
  }
  return done / (worked() - begun)
}

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

const turns = Array.from(
  { length: TURNS },
  () => [rate(byClassifier), rate((_, answer) => stringMatch(answer))] as const,
)
const classifier = median(turns.map(([first]) => first))
const match = median(turns.map(([, second]) => second))
const ratio = median(turns.map(([first, second]) => first / second))
const words = answers.reduce((total, { answer }) => total + answer.split(/\s+/).length, 0) / answers.length
console.log(
  `| method | answers a second of processor time (median of ${TURNS} turns, ${Math.round(words)} words an answer) | ratio |\n|---|---|---|`,
)
console.log(`| classifier | ${Math.round(classifier)} | ${ratio.toPrecision(2)} × the string match |`)
const withEncoder = 1 / (1 / classifier + embeddingSeconds(answers) / answers.length)
console.log(
  `| classifier with the encoder | ${Math.round(withEncoder)} | ${(withEncoder * (ratio / classifier)).toPrecision(2)} × the string match |`,
)
console.log(`| string match | ${Math.round(match)} | 1 |`)
