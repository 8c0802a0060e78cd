/** A stage of four answers, for a pipeline that asks about them. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Stage } from "../../kit/stage.ts"
import { Answers, PreferencePairs } from "../../stages/artifacts.ts"

const PROMPTS = [1, 2, 3, 4]

/** Four answers that name model and prompt, and pairs to check a judge with. */
export const given = Stage.make("given", {
  params: Schema.Struct({ safety: Schema.Int }),
  inputs: {},
  outputs: { answers: Answers, pairs: PreferencePairs },
  run: ({ params: { safety } }) =>
    Effect.succeed({
      answers: PROMPTS.map((number) => ({
        ...{ id: `p-${number}`, set: "requests", topic: "", prompt: `request ${number}`, unsafe: true },
        ...{ answer: `answer ${number} of ${safety}`, tokens: 3, finished: true },
      })),
      pairs: PROMPTS.map((number) => ({
        ...{ id: `k-${number}`, prompt: `known ${number}`, chosen: `good ${number}`, rejected: "bad" },
      })),
    }),
})
