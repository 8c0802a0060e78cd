/** A stage that gives texts as they stand in its params. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Stage } from "../../kit/stage.ts"
import { Texts } from "../../stages/artifacts.ts"

const Rows = Schema.Array(Schema.Struct({ id: Schema.String, text: Schema.String }))

/** Texts as they are given. */
export const giveTexts = Stage.make("give-texts", {
  params: Schema.Struct({ training: Rows, evaluation: Rows }),
  inputs: {},
  outputs: { training: Texts, evaluation: Texts },
  run: ({ params }) => Effect.succeed(params),
})
