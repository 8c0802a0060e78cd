/** The stages that are measured, with next to nothing to do: one writes a number, one takes in a file. */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../../kit/artifact.ts"
import { sha256 } from "../../kit/canonical.ts"
import { Stage } from "../../kit/stage.ts"

const Text = Artifact.file("bench_texts", { extension: ".txt" })

/** Writes its number. */
export const write = Stage.make("write", {
  params: Schema.Struct({ n: Schema.Int }),
  inputs: {},
  outputs: { text: Text },
  run: ({ params }) => Effect.succeed({ text: `${params.n}\n` }),
})

const place = (root: string, n: number): string => `${root}/.cache/bench/files/${n}.txt`

/** Takes in a file, which counts by its content. */
export const copy = Stage.make("copy", {
  params: Schema.Struct({ n: Schema.Int }),
  inputs: {},
  outputs: { text: Text },
  observe: ({ n }, root) => sha256(fs.readFileSync(place(root, n))),
  run: ({ params, root }) => Effect.sync(() => ({ text: fs.readFileSync(place(root, params.n), "utf8") })),
})
