/** Trains the refusal classifier on the project's own data, as the smoke profile does, and classes answers by it. */
import * as fs from "node:fs"
import { smoke } from "../../../pipelines/profiles/smoke.ts"
import { Answers, Examples, RatedPairs, SourceFile } from "../../../stages/artifacts.ts"
import { readExamples } from "../../../stages/read-examples.ts"
import { readRatedPairs } from "../../../stages/read-pairs.ts"
import { JudgedAnswers, LabelledAnswers, RefusalClassifier } from "../../../stages/refusal/artifacts.ts"
import { classifyRefusals, readLabelledAnswers, trainRefusalClassifier } from "../../../stages/refusals.ts"
import { input, ROOT, runStage, textInput } from "./run-stage.ts"

// biome-ignore lint/suspicious/noExplicitAny: outputs of stages, whose schemas runStage has checked
export type Value = any

const read = async (stage: unknown, file: string, params: object = {}): Promise<Value> => {
  const source = textInput(SourceFile, fs.readFileSync(`${ROOT}/data/${file}`, "utf8"))
  return runStage(stage as never, { inputs: { file: source }, params: { name: file, ...params } })
}

export const ownAnswers = async (): Promise<Value> => (await read(readLabelledAnswers, "refusals.jsonl")).answers

/** The classifier and its agreement, trained on the answers given and on the project's other own data. */
export const train = async (answers: Value, params: object = {}, judged?: Value): Promise<Value> => {
  const { pairs } = await read(readRatedPairs, "rated.jsonl")
  const examples = [
    (await read(readExamples, "safety.jsonl", { format: "own-safety-instructions" })).examples,
    (await read(readExamples, "general.jsonl", { format: "own-general" })).examples,
  ]
  const inputs = {
    answers: input(LabelledAnswers, answers),
    rated: input(RatedPairs, pairs),
    examples: examples.map((part) => input(Examples, part)),
    judged: judged === undefined ? undefined : input(JudgedAnswers, judged),
  }
  return runStage(trainRefusalClassifier as never, { inputs, params: { ...smoke.refusals, ...params } })
}

/** The labels of answers by a trained classifier, in the order given. */
export const classes = async (
  classifier: Value,
  rows: ReadonlyArray<readonly [prompt: string, answer: string]>,
): Promise<ReadonlyArray<string>> => {
  const given = rows.map(([prompt, answer], index) => ({
    ...{ id: `a-${index}`, set: "s", topic: "", prompt, unsafe: true, answer, tokens: 1, finished: true },
  }))
  const inputs = { answers: input(Answers, given), classifier: input(RefusalClassifier, classifier) }
  const { refusals } = (await runStage(classifyRefusals as never, { inputs, params: {} })) as Value
  if (refusals.some(({ id }: Value, index: number) => id !== given[index]?.id)) throw new Error("The order changed")
  return refusals.map(({ label }: Value) => label)
}
