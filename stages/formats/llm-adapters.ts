/**
 * LLM-Adapters publishes benchmarks as prompts with an answer key. These functions recover the items from the prompts;
 * what can't be recovered beyond doubt is counted, never guessed.
 */
import * as Schema from "effect/Schema"
import { parseJsonArray, runningId } from "./parse.ts"

const Row = Schema.Struct({ instruction: Schema.String, answer: Schema.String })

/** Items, and how many rows gave none. */
export interface Recovered<A> {
  readonly rows: ReadonlyArray<A>
  readonly unrecovered: number
}

const recover = <A>(
  text: string,
  file: string,
  item: (row: typeof Row.Type, id: (prefix: string) => string) => A | undefined,
): Recovered<A> => {
  const published = parseJsonArray(Row, text, file)
  const rows = published.flatMap((row, index) => item(row, (prefix) => runningId(prefix, index)) ?? [])
  return { rows, unrecovered: published.length - rows.length }
}

/** Whether each marker stands in the text only once, so that it is clear where the parts between them end. */
const once = (text: string, ...markers: ReadonlyArray<string>): boolean =>
  markers.every((marker) => text.split(marker).length === 2)

const PIQA =
  /^Please choose the correct solution to the question: ([\s\S]*?)\n\nSolution1: ([\s\S]*?)\n\nSolution2: ([\s\S]*?)\n\nAnswer format: solution1\/solution2$/u

/** PIQA's goal and its two solutions. */
export const adapterPiqa = (text: string, file: string) =>
  recover(text, file, ({ instruction, answer }, id) => {
    const [, goal, sol1, sol2] = instruction.match(PIQA) ?? []
    const label = ["solution1", "solution2"].indexOf(answer)
    if (!once(instruction, "\n\nSolution1: ", "\n\nSolution2: ")) return undefined
    if (goal === undefined || sol1 === undefined || sol2 === undefined || label < 0) return undefined
    return { id: id("piqa"), goal, sol1, sol2, label }
  })

const OPENBOOKQA =
  /^Please choose the correct answer to the question: ([\s\S]*?)\n\nAnswer1: ([\s\S]*?) Answer2: ([\s\S]*?) Answer3: ([\s\S]*?) Answer4: ([\s\S]*?)\n\nAnswer format: answer1\/answer2\/answer3\/answer4$/u
const LETTERS = ["A", "B", "C", "D"]

/** OpenBookQA's stem and its four choices. */
export const adapterOpenbookqa = (text: string, file: string) =>
  recover(text, file, ({ instruction, answer }, id) => {
    const [, stem, ...choices] = instruction.match(OPENBOOKQA) ?? []
    const answerKey = LETTERS[["answer1", "answer2", "answer3", "answer4"].indexOf(answer)]
    if (!once(instruction, "Answer1: ", " Answer2: ", " Answer3: ", " Answer4: ")) return undefined
    if (stem === undefined || choices.length !== 4 || answerKey === undefined) return undefined
    return { id: id("openbookqa"), question_stem: stem, choices: { text: choices, label: LETTERS }, answerKey }
  })

const BOOLQ =
  /^Please answer the following question with true or false, question: ([\s\S]*?)\?\n\nAnswer format: true\/false$/u

/** BoolQ's questions; the passages are not published there, so this is the closed-book task. */
export const adapterBoolq = (text: string, file: string) =>
  recover(text, file, ({ instruction, answer }, id) => {
    const [, question] = instruction.match(BOOLQ) ?? []
    const label = ["false", "true"].indexOf(answer)
    return question === undefined || label < 0 ? undefined : { id: id("boolq"), question, label }
  })
