/** A project of six nodes that take a while: each says in `calls.txt` that it began, and waits while a file `hold` is there. */
import { makeProject, type TestProject } from "./project.ts"
import { oneStage } from "./words.ts"

export const SLOW_NODES = [1, 2, 3, 4, 5, 6]

const definition = `export const wait = Stage.make("wait", {
  params: Schema.Struct({ n: Schema.Int }), inputs: {}, outputs: { value: Value },
  run: ({ params, root }) => Effect.gen(function* () {
    fs.appendFileSync(root + "/calls.txt", params.n + "\\n")
    yield* Effect.sleep(120)
    while (fs.existsSync(root + "/hold")) yield* Effect.sleep(20)
    return { value: { value: "" + params.n } }
  }),
})`

export const slowProject = (): TestProject =>
  makeProject(
    oneStage(
      definition,
      `Object.fromEntries(grid({ n: [${SLOW_NODES}] }, ({ n }) => [n, wait({}, { n }).value] as const))`,
    ),
  )
