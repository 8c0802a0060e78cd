/** A stage that computes here and gets a folder: it can list it, read it by path, and not write into it. */
import { expect, it } from "vitest"
import { makeProject } from "../support/project.ts"
import { oneStage } from "../support/words.ts"

const definition = `const Files = Artifact.folder("files")
export const give = Stage.make("give", {
  params: Schema.Struct({ n: Schema.Int }), inputs: {}, outputs: { files: Files },
  run: ({ params }) => Effect.succeed({ files: { "a.txt": "one " + params.n, "deep/er/b é.txt": "two" } }),
})
export const list = Stage.make("list", {
  params: Schema.Struct({}), inputs: { files: Files, all: Artifact.many(Files) }, outputs: { value: Value },
  run: ({ inputs }) => Effect.sync(() => ({ value: { value: JSON.stringify([inputs.files, ...inputs.all].map(({ path }) => [
    fs.readdirSync(path, { recursive: true }).sort(), fs.readFileSync(path + "/a.txt", "utf8"),
  ])) } })),
})`
const call = `{
  const all = grid({ n: [1, 2] }, ({ n }) => give({}, { n }).files)
  return { value: list({ files: all[1], all }, {}).value }
}`

it("finds the folder's files at its path, whether it is one input or one of many", () => {
  const { repro, read } = makeProject(oneStage(definition, call))
  const result = repro(["run"])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  const names = ["a.txt", "deep", "deep/er", "deep/er/b é.txt"]
  const seen = JSON.parse(JSON.parse(read("artifacts/view/one/small/list/value.json")).value)
  expect(seen).toEqual([2, 1, 2].map((n) => [names, `one ${n}`]))
})
