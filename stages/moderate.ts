/** Content moderation: a classifier that is asked over HTTP says how harmful each answer is, read alone. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { Answers, ModerationScores, Reward } from "./artifacts.ts"
import { askAll, askSettings, type Question } from "./inference/ask-all.ts"
import { type Asked, connect, Endpoint, TOKEN } from "./inference/endpoint.ts"
import { WrongAnswer } from "./inference/failure.ts"

export const moderate = Stage.asking("moderate", {
  params: Schema.Struct({
    endpoint: Endpoint,
    /** The label whose score is taken, and the other one of a local classifier. */
    label: Schema.String,
    otherLabel: Schema.String,
    /** Tokens that a local classifier reads of an answer. */
    maxTokens: Schema.Int.check(Schema.isGreaterThan(0)),
  }),
  inputs: { classifier: Artifact.optional(Reward), answers: Answers },
  outputs: { moderation: ModerationScores },
  rows: { moderation: { rules: [], from: { answers: { columns: ["set", "id"] }, classifier: "whole" } } },
  service: "repro_worker.services.classify:main",
  secrets: [TOKEN],
  settings: askSettings,
  resources: { memory: 1200 },
  run: Effect.fnUntraced(function* (context) {
    const { endpoint, label, otherLabel, maxTokens } = context.params
    const asked = yield* connect(context.asking, endpoint, {
      inputs: { model: "classifier" },
      params: { maxTokens, label, otherLabel },
      path: "",
    })
    const rows = yield* context.inputs.answers.read
    const outcomes = yield* askAll(
      context,
      asked,
      rows.map(({ answer }) => question(asked, answer, label)),
    )
    return {
      moderation: rows.map(({ id, set }, at) => {
        const outcome = outcomes[at] as (typeof outcomes)[number]
        return "answer" in outcome
          ? { id, set, score: outcome.answer, missing: null }
          : { id, set, score: null, missing: outcome.missing }
      }),
    }
  }),
})

const question = (asked: Asked, answer: string, label: string): Question<number> => ({
  question: { moderate: answer, label },
  most: { read: Buffer.byteLength(answer), written: 0 },
  ask: async (transport) => {
    const labels = await asked.client.textClassification({ ...asked.target, inputs: answer }, transport)
    const found = labels.find((one) => one.label === label)
    if (found === undefined)
      throw new WrongAnswer(`there is no label "${label}" among ${labels.map((one) => one.label).join(", ")}`)
    if (!(found.score >= 0 && found.score <= 1)) throw new WrongAnswer(`the score is ${found.score}, not from 0 to 1`)
    return { answer: found.score, used: { read: Math.ceil(Buffer.byteLength(answer) / 4), written: 0 } }
  },
})
