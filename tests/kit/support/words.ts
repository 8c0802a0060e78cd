/** The texts of a small project: words are written, made loud, and measured. Every stage that runs adds a line to `calls.txt`. */
import { makeProject, type OnFinished, type TestProject } from "./project.ts"

export const HELPERS = `const WORD = "word"
export const repeat = (times: number): string => Array.from({ length: times }, () => WORD).join(" ")
export const unread = (text: string): string => text.trim()
`

export const STAGES = `import { appendFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { repeat } from "./helpers.ts"

export const Text = Artifact.json("texts", Schema.Struct({ text: Schema.String }))
export const Length = Artifact.json("lengths", Schema.Struct({ length: Schema.Int }))

/** Writes a text. */
export const write = Stage.make("write", {
  params: Schema.Struct({ words: Schema.Int.check(Schema.isGreaterThan(0)) }),
  inputs: {},
  outputs: { text: Text },
  run: ({ params, root }) =>
    Effect.sync(() => {
      appendFileSync(root + "/calls.txt", "write " + params.words + "\\n")
      return { text: { text: repeat(params.words) } }
    }),
})

export const shout = Stage.make("shout", {
  params: Schema.Struct({ mark: Schema.String }),
  inputs: { text: Text },
  outputs: { text: Text },
  run: ({ inputs, params, root }) =>
    Effect.map(inputs.text.read, ({ text }) => {
      appendFileSync(root + "/calls.txt", "shout\\n")
      return { text: { text: text.toUpperCase() + params.mark } }
    }),
})

export const measure = Stage.make("measure", {
  params: Schema.Struct({}),
  inputs: { text: Text },
  outputs: { length: Length },
  run: ({ inputs, root }) =>
    Effect.map(inputs.text.read, ({ text }) => {
      appendFileSync(root + "/calls.txt", "measure\\n")
      return { length: { length: text.length } }
    }),
})
`

export const PIPELINE = `import { grid, Pipeline } from "../kit/pipeline.ts"
import { measure, shout, write } from "../stages/text.ts"

export default Pipeline.make("words", {
  profiles: { small: { words: [1, 2], mark: "!" }, large: { words: [10], mark: "!" } },
  defaultProfile: "small",
  workerLock: () => "worker/lock.txt",
  body: (profile) => {
    const lengths = grid({ words: profile.words }, ({ words }) => {
      const { text } = shout({ text: write({}, { words }).text }, { mark: profile.mark })
      return measure({ text }, {}).length
    })
    return Object.fromEntries(lengths.map((length, index) => ["length " + (index + 1), length]))
  },
})
`

/** The project. Node names: write, shout and measure, each with /words=1 and /words=2. */
export const wordsProject = (onFinished?: OnFinished): TestProject =>
  makeProject({ "stages/helpers.ts": HELPERS, "stages/text.ts": STAGES, "pipelines/main.ts": PIPELINE }, onFinished)

/** A pipeline of one stage, in one file, from the stage's definition and the call that wires it. */
export const oneStage = (definition: string, call: string, head = ""): Readonly<Record<string, string>> => ({
  "pipelines/main.ts": `import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { StageError } from "../kit/errors.ts"
import { grid, Pipeline } from "../kit/pipeline.ts"
import { Stage } from "../kit/stage.ts"
${head}
export const Value = Artifact.json("values", Schema.Struct({ value: Schema.String }))
${definition}
export default Pipeline.make("one", {
  profiles: { small: {} },
  defaultProfile: "small",
  workerLock: () => "worker/lock.txt",
  body: () => ${call},
})
`,
})
