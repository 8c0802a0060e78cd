/**
 * Runs a notebook headless. It sees exactly the artifacts that are wired here, through the same SQL views as by hand; a
 * cell that fails fails the node. What its code imports of the kit counts too, by content.
 */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type AnyArtifactType, Artifact } from "../kit/artifact.ts"
import { StageError } from "../kit/errors.ts"
import { columnsOf } from "../kit/lib/columns.ts"
import { neverStarted, signalGroup, spawnGuarded } from "../kit/lib/guarded.ts"
import { type InputFile, Stage } from "../kit/stage.ts"
import { Answers, BenchmarkScores, HarmScores, Refusals } from "./artifacts.ts"

/** A notebook's page, with everything inline. */
export const Page = Artifact.file("pages", { extension: ".html" })

/** Folders and files whose content decides what a notebook gives, beside its inputs. */
const RUNS_WITH = [
  "scripts/run_notebook.py",
  "scripts/notebook_runner",
  "notebooks/locks",
  "notebooks/kernels",
  "kit/catalog",
  "kit/lib",
]

const observe = ({ path }: { readonly path: string }, root: string): string => {
  const digest = createHash("sha256")
  for (const place of [path, ...RUNS_WITH]) {
    for (const file of filesBelow(`${root}/${place}`))
      digest.update(`${file.slice(root.length)}\0`).update(fs.readFileSync(file))
  }
  return digest.digest("hex")
}

const filesBelow = (place: string): ReadonlyArray<string> => {
  const stat = fs.statSync(place, { throwIfNoEntry: false })
  if (stat === undefined)
    throw StageError.of("A file that the notebook needs is missing", place, "Restore it from version control.")
  if (stat.isFile()) return [place]
  return fs
    .readdirSync(place)
    .filter((name) => name !== "__pycache__")
    .sort()
    .flatMap((name) => filesBelow(`${place}/${name}`))
}

const entries = (type: AnyArtifactType, files: ReadonlyArray<InputFile<unknown>>) =>
  files.map((file) => ({
    type: type.name,
    format: type.format,
    columns: type.schema === undefined ? [] : columnsOf(type.schema),
    sensitive: type.sensitive,
    node: file.node,
    stage: file.node.split("/")[0],
    output: type.name,
    labels: file.labels,
    digest: file.digest,
    bytes: fs.statSync(file.path).size,
    path: file.path,
  }))

export const notebook = Stage.make("notebook", {
  params: Schema.Struct({
    path: Schema.String,
    profile: Schema.String,
    model: Schema.String,
    timeoutSeconds: Schema.Int,
  }),
  inputs: {
    answers: Artifact.many(Answers),
    harmScores: Artifact.many(HarmScores),
    refusals: Artifact.many(Refusals),
    benchmarks: Artifact.many(BenchmarkScores),
  },
  outputs: { page: Page },
  resources: { memory: 1000 },
  observe,
  run: Effect.fnUntraced(function* ({ params, inputs, root, scratch }) {
    const catalog = {
      profile: params.profile,
      model: params.model,
      runs: [],
      entries: [
        ...entries(Answers, inputs.answers),
        ...entries(HarmScores, inputs.harmScores),
        ...entries(Refusals, inputs.refusals),
        ...entries(BenchmarkScores, inputs.benchmarks),
      ],
    }
    fs.writeFileSync(`${scratch}/catalog.json`, JSON.stringify(catalog))
    yield* execute(root, scratch, params)
    return { page: fs.readFileSync(`${scratch}/page.html`, "utf8") }
  }),
})

const execute = (root: string, scratch: string, params: { readonly path: string; readonly timeoutSeconds: number }) =>
  Effect.tryPromise({
    try: (signal) => runPython(root, scratch, params, signal),
    catch: (error) =>
      error instanceof StageError ? error : StageError.of((error as Error).message, params.path, "Run `make setup`."),
  })

/** Characters that are kept of what the runner says. */
const TOLD = 1 << 16

/** The runner and its kernel end with this process, even when that is killed. */
const runPython = (
  root: string,
  scratch: string,
  { path, timeoutSeconds }: { readonly path: string; readonly timeoutSeconds: number },
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const python = `${root}/.cache/notebook-venv/bin/python`
    const args = [`${root}/scripts/run_notebook.py`, `${root}/${path}`, "--html", `${scratch}/page.html`]
    const more = [
      "--kernel-path",
      `${root}/notebooks/kernels`,
      "--state",
      `${scratch}/state`,
      "--timeout",
      String(timeoutSeconds),
    ]
    const env = {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      LANG: "C.UTF-8",
      HOME: scratch,
      TMPDIR: scratch,
      NO_COLOR: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      REPRO_CATALOG: `${scratch}/catalog.json`,
    }
    const child = spawnGuarded([python, ...args, ...more], { cwd: scratch, env })
    const stop = (): void => signalGroup(child, "SIGKILL")
    signal.addEventListener("abort", stop)
    let told = ""
    child.stdout.resume()
    child.stderr.on("data", (text) => {
      told = `${told}${text}`.slice(-TOLD)
    })
    child.on("error", reject)
    child.on("close", (code, by) => {
      signal.removeEventListener("abort", stop)
      if (code === 0) resolve()
      else if (neverStarted(code))
        reject(StageError.of("The notebooks' Python is missing", python, "Run `make setup`."))
      else
        reject(
          StageError.of(
            `The notebook did not run through: ${told.trim() || `its runner ended with ${by ?? code}`}`,
            path,
            "Correct the cell.",
          ),
        )
    })
  })
