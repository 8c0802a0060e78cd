/**
 * A small mill: thirteen nodes of every kind that the kit has — values, rows and folders made here, tasks of a worker with
 * checkpoints, a node that reads many. Each stage that computes here tells in `calls.txt` that it began.
 */
import * as fs from "node:fs"
import { makeProject, type OnFinished, type TestProject } from "../../../kit/support/project.ts"
import { python } from "../../../kit/support/worker.ts"

/** How many nodes the mill has. */
export const NODES = 13

/** What the mill's command line needs to know. */
export const PYTHON = { REPRO_WORKER_PYTHON: python }

const STAGES = `import { appendFileSync, readdirSync, readFileSync } from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"

export const Value = Artifact.json("values", Schema.Struct({ value: Schema.String }))
export const Rows = Artifact.jsonl("rows", Schema.Struct({ name: Schema.String, size: Schema.Int }))
export const Grains = Artifact.folder("grains")
const n = Schema.Struct({ n: Schema.Int })

const began = (root: string, name: string) => Effect.sync(() => appendFileSync(root + "/calls.txt", name + "\\n"))

export const pour = Stage.make("pour", {
  params: n, inputs: {}, outputs: { value: Value },
  run: ({ params, root }) => Effect.gen(function* () {
    yield* began(root, "pour " + params.n)
    yield* Effect.sleep(20)
    return { value: { value: "corn " + params.n } }
  }),
})

export const grind = Stage.worker("grind", {
  task: "grind", entry: "repro_worker.tasks:grind",
  params: n, inputs: { value: Value }, outputs: { value: Value, grains: Grains },
})

export const sift = Stage.make("sift", {
  params: n, inputs: { grains: Grains }, outputs: { rows: Rows, kept: Grains },
  run: ({ params, inputs, root }) => Effect.gen(function* () {
    yield* began(root, "sift " + params.n)
    const files = readdirSync(inputs.grains.path + "/deep").sort()
    const texts = files.map((name) => readFileSync(inputs.grains.path + "/deep/" + name, "utf8"))
    yield* Effect.sleep(10)
    return {
      rows: files.map((name, index) => ({ name, size: texts[index]?.length ?? 0 })),
      kept: Object.fromEntries(files.slice(1).map((name, index) => [name, texts[index] ?? ""])),
    }
  }),
})

export const bake = Stage.make("bake", {
  params: Schema.Struct({}), inputs: { rows: Artifact.many(Rows), flour: Artifact.many(Value) }, outputs: { value: Value },
  run: ({ inputs, root }) => Effect.gen(function* () {
    yield* began(root, "bake")
    const rows = yield* Effect.all(inputs.rows.map((file) => file.read))
    const flour = yield* Effect.all(inputs.flour.map((file) => file.read))
    const size = rows.flat().reduce((sum, row) => sum + row.size, 0)
    return { value: { value: flour.map(({ value }) => value).join("+") + "=" + size } }
  }),
})
`

const PIPELINE = `import { grid, Pipeline } from "../kit/pipeline.ts"
import { bake, grind, pour, sift } from "../stages/mill.ts"

export default Pipeline.make("mill", {
  profiles: { small: { mills: [1, 2, 3, 4] }, other: { mills: [11, 12, 13, 14] } },
  defaultProfile: "small",
  workerLock: () => "worker/lock.txt",
  body: ({ mills }) => {
    const ground = grid({ n: mills }, ({ n }) => {
      const { value, grains } = grind({ value: pour({}, { n }).value }, { n })
      return { value, rows: sift({ grains }, { n }).rows }
    })
    const parts = { rows: ground.map(({ rows }) => rows), flour: ground.map(({ value }) => value) }
    return { bread: bake(parts, {}).value }
  },
})
`

const worker = (): Readonly<Record<string, string>> => {
  const folder = `${import.meta.dirname}/worker`
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.(py|txt)$/.test(name))
  return Object.fromEntries(names.map((name) => [`worker/${name}`, fs.readFileSync(`${folder}/${name}`, "utf8")]))
}

/** Makes the mill's project. */
export const millProject = (onFinished?: OnFinished): TestProject =>
  makeProject({ ...worker(), "stages/mill.ts": STAGES, "pipelines/main.ts": PIPELINE }, onFinished)
