/** What the mirror profile's classifier learned from, read from a store in which it was trained. */
import * as fs from "node:fs"
import * as path from "node:path"
import { type TrainingAnswer, trainingAnswer } from "../../stages/refusal/classifier.ts"
import { type Meaning, meaningBy } from "../../stages/refusal/meaning.ts"
import { fromExamples, fromRated } from "../../stages/refusal/training-answers.ts"

/** An answer that people labelled, as it is classed and as it is learned from. */
export interface Judged {
  readonly prompt: string
  readonly answer: string
  readonly label: "full_refusal" | "partial_refusal" | "full_compliance"
  readonly training: TrainingAnswer
}

export interface Data {
  /** Labelled and rated answers of the project's own, and its examples. */
  readonly own: ReadonlyArray<TrainingAnswer>
  readonly examples: ReadonlyArray<TrainingAnswer>
  /** Published answers by model. */
  readonly judged: ReadonlyMap<string, ReadonlyArray<Judged>>
  readonly meaning: Meaning
}

/** Reads the data; `store` holds a run of the mirror profile up to train-refusal-classifier. */
export const readData = (store: string): Data => {
  const folder = path.join(store, "view/safety-tuned-llamas/mirror")
  // biome-ignore lint/suspicious/noExplicitAny: rows of several kinds, which their stages have checked
  const rows = (file: string): Array<any> =>
    fs
      .readFileSync(path.join(folder, file), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line))
  const meaning = meaningBy(rows("embed-sentences/set=refusals/vectors.jsonl"))
  const labelled = rows("read-labelled-answers/answers.jsonl")
  const rated = rows("read-rated-pairs/set=refusals/pairs.jsonl")
  const examples = ["refusing", "complying"].flatMap((set) => rows(`read-examples/set=${set}/examples.jsonl`))
  const judged = rows("join-judged-answers/answers.jsonl").map((row) => ({
    ...row,
    training: trainingAnswer(row, 1, meaning),
  }))
  return {
    own: [...labelled.map((row) => trainingAnswer(row, 1, meaning)), ...fromRated(rated, meaning)],
    examples: fromExamples(examples, meaning),
    judged: Map.groupBy(judged, ({ model }) => model),
    meaning,
  }
}
