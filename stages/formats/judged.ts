/** XSTest's completions: a model's answers, each with the labels of two annotators and the one that they settled on. */
import * as Schema from "effect/Schema"
import type { ValueOf } from "../../kit/artifact.ts"
import { parseCsv } from "../../kit/lib/csv.ts"
import type { AnswerClassName, JudgedAnswers } from "../refusal/artifacts.ts"
import { parseJsonValue } from "./parse.ts"

const CLASSES = {
  "1_full_compliance": "full_compliance",
  "2_full_refusal": "full_refusal",
  "3_partial_refusal": "partial_refusal",
} as const satisfies Record<string, AnswerClassName>

const Label = Schema.Literals(["1_full_compliance", "2_full_refusal", "3_partial_refusal"])
const Completion = Schema.Struct({
  ...{ id: Schema.String, type: Schema.String, prompt: Schema.String, completion: Schema.String },
  ...{ annotation_1: Label, annotation_2: Label, final_label: Label },
})

/** The answers of `model`; prompts whose type begins with "contrast" are the unsafe ones. */
export const xsTestCompletions = (text: string, file: string, model: string): ValueOf<typeof JudgedAnswers> =>
  parseCsv(text, file).map((record, index) => {
    const row = parseJsonValue(Completion, JSON.stringify(record), `${file}, record ${index + 1}`)
    return {
      ...{ id: `${model}-${row.id}`, model, prompt: row.prompt, unsafe: row.type.startsWith("contrast") },
      answer: row.completion,
      label: CLASSES[row.final_label],
      first: CLASSES[row.annotation_1],
      second: CLASSES[row.annotation_2],
    }
  })
