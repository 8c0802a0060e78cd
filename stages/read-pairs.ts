/** Reads pairs for the reward model: rated transcripts, or answers of which people preferred one. */
import { gunzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { StageError } from "../kit/errors.ts"
import { Stage } from "../kit/stage.ts"
import { PreferencePairs, RatedPairs, SourceFile } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { checkedRows, decodeText, parseJsonLines, runningId } from "./formats/parse.ts"

const { String: Text, Number: Real, Boolean: Flag } = Schema

const Rated = Schema.Struct({
  id: Text,
  prompt: Text,
  answer: Text,
  rating: Real.check(Schema.isBetween({ minimum: 0, maximum: 4 })),
  unsafe: Flag,
  refusal: Flag,
})

/** data/rated.jsonl. */
export const readRatedPairs = Stage.make("read-rated-pairs", {
  params: Schema.Struct({ name: Text }),
  inputs: { file: SourceFile },
  outputs: { pairs: RatedPairs },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    return yield* attempt(() => ({ pairs: checkedRows(parseJsonLines(Rated, text, params.name), params.name) }))
  }),
})

const Dialogues = Schema.Struct({ chosen: Text, rejected: Text })
const TURN = /\n\n(Human|Assistant): /u

/** The text of a gzipped file. */
const unzipped = (bytes: string | Uint8Array, name: string): string => {
  try {
    return decodeText(gunzipSync(bytes))
  } catch (error) {
    const remedy = "Fetch it again: gzipped JSON Lines are expected."
    throw StageError.of(`The file can't be unpacked as gzip: ${(error as Error).message}`, name, remedy)
  }
}

/** The dialogue up to the last answer, and that answer; both are empty where the last word is not an answer. */
const lastAnswer = (dialogue: string): { readonly before: string; readonly answer: string } => {
  const at = dialogue.lastIndexOf("\n\nAssistant:")
  if (at < 0 || dialogue.includes("\n\nHuman:", at)) return { before: "", answer: "" }
  return { before: dialogue.slice(0, at), answer: dialogue.slice(at + "\n\nAssistant:".length).trim() }
}

/** hh-rlhf's dialogues (gzipped JSON Lines): those of one request and one answer, whose two sides share the request. */
export const readPreferencePairs = Stage.make("read-preference-pairs", {
  params: Schema.Struct({ name: Text }),
  inputs: { file: SourceFile },
  outputs: { pairs: PreferencePairs },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const bytes = yield* inputs.file.read
    return yield* attempt(() => {
      const text = unzipped(bytes, params.name)
      const pairs = parseJsonLines(Dialogues, text, params.name).flatMap((row, index) => {
        const [chosen, rejected] = [lastAnswer(row.chosen), lastAnswer(row.rejected)]
        const turns = chosen.before
          .split(TURN)
          .filter((part) => part !== "" && part !== "Human" && part !== "Assistant")
        const single = turns.length === 1 && chosen.before === rejected.before
        if (!single || chosen.answer === "" || rejected.answer === "" || chosen.answer === rejected.answer) return []
        const prompt = (turns[0] as string).trim()
        return [{ id: runningId("hh", index), prompt, chosen: chosen.answer, rejected: rejected.answer }]
      })
      return { pairs: checkedRows(pairs, params.name) }
    })
  }),
})
