/** A project with one large result (20 MB, so that it travels in parts) and a small one that is made from it. */
import { makeProject, type OnFinished, type TestProject } from "../../../kit/support/project.ts"
import { oneStage } from "../../../kit/support/words.ts"

export const BYTES = 20_000_000

const definition = `export const Blob = Artifact.file("blobs", { extension: ".bin" })
export const make = Stage.make("make", {
  params: Schema.Struct({}), inputs: {}, outputs: { blob: Blob },
  run: ({ root }) => Effect.sync(() => {
    fs.appendFileSync(root + "/calls.txt", "make\\n")
    const bytes = new Uint8Array(${BYTES})
    let state = 1
    for (let index = 0; index < bytes.length; index++) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      bytes[index] = state >>> 24
    }
    return { blob: bytes }
  }),
})
export const weigh = Stage.make("weigh", {
  params: Schema.Struct({}), inputs: { blob: Blob }, outputs: { value: Value },
  run: ({ inputs, root }) => Effect.sync(() => {
    fs.appendFileSync(root + "/calls.txt", "weigh\\n")
    return { value: { value: "" + fs.statSync(inputs.blob.path).size } }
  }),
})`

/** Nodes: make and weigh. */
export const bigProject = (onFinished?: OnFinished): TestProject =>
  makeProject(oneStage(definition, "({ value: weigh({ blob: make({}, {}).blob }, {}).value })"), onFinished)
