/**
 * The shortest pipeline: two stages and a grid. Copy it to start your own.
 *
 *     bin/repro run --pipeline quickstart
 *     bin/repro query --pipeline quickstart "SELECT words, length FROM lengths ORDER BY words"
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { grid, Pipeline } from "../kit/pipeline.ts"
import { Stage } from "../kit/stage.ts"

const Text = Artifact.json("texts", Schema.Struct({ text: Schema.String }))
const Length = Artifact.json("lengths", Schema.Struct({ length: Schema.Int }))

/** Writes a text of so many words. */
export const write = Stage.make("write", {
  params: Schema.Struct({ words: Schema.Int.check(Schema.isGreaterThan(0)) }),
  inputs: {},
  outputs: { text: Text },
  run: ({ params }) => Effect.succeed({ text: { text: Array.from({ length: params.words }, () => "word").join(" ") } }),
})

/** Measures a text in characters. */
export const measure = Stage.make("measure", {
  params: Schema.Struct({}),
  inputs: { text: Text },
  outputs: { length: Length },
  run: ({ inputs }) => Effect.map(inputs.text.read, ({ text }) => ({ length: { length: text.length } })),
})

export default Pipeline.make("quickstart", {
  profiles: { small: { words: [1, 2, 4] }, large: { words: [10, 100, 1000] } },
  defaultProfile: "small",
  workerLock: () => "worker/locks/cpu.txt",
  body: (profile) => {
    const lengths = grid(
      { words: profile.words },
      ({ words }) => measure({ text: write({}, { words }).text }, {}).length,
    )
    return Object.fromEntries(lengths.map((length, index) => [`length ${index + 1}`, length]))
  },
})
