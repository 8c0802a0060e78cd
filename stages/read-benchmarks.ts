/** Reads benchmark items: this project's own, or those that LLM-Adapters publishes as prompts with an answer key. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { seededRandom, shuffled } from "../kit/lib/random.ts"
import { Stage } from "../kit/stage.ts"
import { BoolqItems, ClosedBookItems, ItemReport, OpenbookqaItems, PiqaItems, SourceFile } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { adapterBoolq, adapterOpenbookqa, adapterPiqa, type Recovered } from "./formats/llm-adapters.ts"
import { checkedRows, decodeText, parseJsonLines } from "./formats/parse.ts"

const { String: Text, Int } = Schema

const params = Schema.Struct({
  name: Text,
  format: Schema.Literals(["own", "llm-adapters"]),
  /** At most so many items, drawn with the seed (0: all). */
  limit: Int.check(Schema.isGreaterThanOrEqualTo(0)),
  seed: Int,
})
type Params = typeof params.Type

const Binary = Schema.Literals([0, 1])
const Boolq = Schema.Struct({ id: Text, passage: Text, question: Text, label: Binary })
const Piqa = Schema.Struct({ id: Text, goal: Text, sol1: Text, sol2: Text, label: Binary })
const Openbookqa = Schema.Struct({
  id: Text,
  question_stem: Text,
  choices: Schema.Struct({ text: Schema.Array(Text), label: Schema.Array(Text) }),
  answerKey: Text,
})

/** Checks, draws and counts items. */
const items = <A extends { readonly id: string }>(
  { name, limit, seed }: Params,
  { rows, unrecovered }: Recovered<A>,
) => {
  const all = checkedRows(rows, name)
  const used = limit === 0 ? all : shuffled(all, seededRandom(`${seed} ${name}`)).slice(0, limit)
  return { items: used, report: { published: rows.length + unrecovered, unrecovered, used: used.length } }
}

const own = <A>(schema: Schema.Codec<A, unknown, never, never>, text: string, name: string): Recovered<A> => ({
  rows: parseJsonLines(schema, text, name),
  unrecovered: 0,
})

export const readBoolq = Stage.make("read-boolq", {
  params,
  inputs: { file: SourceFile },
  outputs: { items: BoolqItems, report: ItemReport },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    return yield* attempt(() => items(params, own(Boolq, text, params.name)))
  }),
})

export const readClosedBookBoolq = Stage.make("read-closed-book-boolq", {
  params,
  inputs: { file: SourceFile },
  outputs: { items: ClosedBookItems, report: ItemReport },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    return yield* attempt(() => items(params, adapterBoolq(text, params.name)))
  }),
})

export const readPiqa = Stage.make("read-piqa", {
  params,
  inputs: { file: SourceFile },
  outputs: { items: PiqaItems, report: ItemReport },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    return yield* attempt(() =>
      items(params, params.format === "own" ? own(Piqa, text, params.name) : adapterPiqa(text, params.name)),
    )
  }),
})

export const readOpenbookqa = Stage.make("read-openbookqa", {
  params,
  inputs: { file: SourceFile },
  outputs: { items: OpenbookqaItems, report: ItemReport },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    return yield* attempt(() =>
      items(
        params,
        params.format === "own" ? own(Openbookqa, text, params.name) : adapterOpenbookqa(text, params.name),
      ),
    )
  }),
})
