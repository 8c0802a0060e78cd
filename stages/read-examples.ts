/** Reads published instruction examples into one shape. Rows that are malformed, incomplete or repeated are errors. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { Examples, SourceFile } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { exampleFormats } from "./formats/examples.ts"
import { checkedRows, decodeText } from "./formats/parse.ts"
import { readAll } from "./read-inputs.ts"

export const readExamples = Stage.make("read-examples", {
  params: Schema.Struct({
    name: Schema.String,
    format: Schema.Literals(Object.keys(exampleFormats) as Array<keyof typeof exampleFormats>),
  }),
  inputs: { file: SourceFile },
  outputs: { examples: Examples },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const text = decodeText(yield* inputs.file.read)
    const { name, format } = params
    return yield* attempt(() => ({ examples: checkedRows(exampleFormats[format](text, name), name) }))
  }),
})

/** Puts several sources of examples together, in the order of their nodes' labels. */
export const joinExamples = Stage.make("join-examples", {
  params: Schema.Struct({}),
  inputs: { parts: Artifact.many(Examples) },
  outputs: { examples: Examples },
  run: Effect.fnUntraced(function* ({ inputs }) {
    const rows = yield* readAll(inputs.parts)
    return yield* attempt(() => ({ examples: checkedRows(rows, "the joined examples") }))
  }),
})
