/**
 * Writes `worker/schemas/TASK.json`: what the worker accepts as a task's params, from the schemas of the stages that make
 * such tasks. `node scripts/worker-schemas.ts` writes them, `--check` fails when a file is not what it would write.
 */
import { existsSync } from "node:fs"
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import process from "node:process"
import * as Schema from "effect/Schema"
import type { StageDefinition } from "../kit/stage.ts"
import { benchmark } from "../stages/benchmark.ts"
import { findParaphrases } from "../stages/find-paraphrases.ts"
import { fineTune } from "../stages/fine-tune.ts"
import { generate } from "../stages/generate.ts"
import { importEncoder, importModel, importReward } from "../stages/import-model.ts"
import {
  checkPreferenceReward,
  checkReward,
  crossValidateReward,
  scoreHarm,
  trainPreferenceReward,
  trainReward,
} from "../stages/reward.ts"
import { embedSentences } from "../stages/sentence-vectors.ts"
import { root, shown } from "./lib/paths.ts"
import { Complaint, main, say } from "./lib/progress.ts"
import { type Json, rewriteUnions, union } from "./lib/tagged-union.ts"

const folder = join(root, "worker", "schemas")

const workerStages: ReadonlyArray<StageDefinition> = [
  benchmark,
  embedSentences,
  findParaphrases,
  fineTune,
  generate,
  importModel,
  importEncoder,
  importReward,
  checkReward,
  checkPreferenceReward,
  crossValidateReward,
  scoreHarm,
  trainReward,
  trainPreferenceReward,
].map(({ definition }) => definition)

/** JSON Schema of a stage's params as they stand in task.json; params that it doesn't know are refused. */
const paramsSchema = ({ name, params }: StageDefinition): Json => {
  const { schema, definitions } = Schema.toJsonSchemaDocument(params, { onExcessProperty: "error" })
  if (Object.keys(definitions).length > 0)
    throw new Error(`the params of ${name} need definitions, which are not written`)
  return rewriteUnions(schema) as Json
}

/** A task's schema: the one stage's, or that of whichever of the stages that share the task. */
const taskSchema = (task: string, stages: ReadonlyArray<StageDefinition>): object => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: `Params of the worker's task "${task}"`,
  $comment: "Generated from the stages by scripts/worker-schemas.ts: edit those, then run it.",
  ...union(stages.map(paramsSchema)),
})

const WIDTH = 120
const LIST_OF_WORDS = /^(.*)\[\n\s*("[^"]*"(?:,\n\s*"[^"]*")*)\n\s*\](,?)$/gmu

/** JSON as the project's formatter leaves it: lists of words on one line where they fit. */
const formatted = (value: object): string =>
  `${JSON.stringify(value, undefined, 2)}\n`.replace(
    LIST_OF_WORDS,
    (whole, before: string, words: string, after: string) => {
      const line = `${before}[${words.replace(/,\n\s*/gu, ", ")}]${after}`
      return line.length <= WIDTH ? line : whole
    },
  )

/** The files' texts by name. */
const expectedFiles = (): ReadonlyMap<string, string> => {
  const tasks = Map.groupBy(workerStages, ({ body }) => (body.kind === "worker" ? body.task : ""))
  return new Map([...tasks].map(([task, stages]) => [`${task}.json`, formatted(taskSchema(task, stages))]))
}

/** Names of files that are missing, differ, or should not be there. */
const outdated = async (expected: ReadonlyMap<string, string>): Promise<ReadonlyArray<string>> => {
  const present = existsSync(folder) ? await readdir(folder) : []
  const names = [...new Set([...expected.keys(), ...present])].sort()
  const texts = await Promise.all(
    names.map((name) => (present.includes(name) ? readFile(join(folder, name), "utf8") : undefined)),
  )
  return names.filter((name, index) => texts[index] !== expected.get(name))
}

await main("worker-schemas", async () => {
  const expected = expectedFiles()
  if (process.argv.includes("--check")) {
    const wrong = await outdated(expected)
    if (wrong.length === 0) return say(`the ${expected.size} schemas in ${shown(folder)} are up to date`)
    throw new Complaint(
      `${shown(folder)} is out of date: ${wrong.join(", ")}. Run \`node scripts/worker-schemas.ts\`, and remove what it doesn't write.`,
    )
  }
  await mkdir(folder, { recursive: true })
  for (const [name, text] of expected) await writeFile(join(folder, name), text)
  say(`wrote ${expected.size} schemas into ${shown(folder)}`)
})
