/** The project on disk: its root, its store, its pipeline, and where the kit keeps caches. */
import * as fs from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { PipelineError, UsageError } from "./errors.ts"
import type { Pipeline } from "./pipeline.ts"
import type { StoreLayout } from "./store/layout.ts"

export interface Project {
  /** The folder that holds package.json. */
  readonly root: string
  readonly store: StoreLayout
  /** Caches that may be deleted at any time. */
  readonly cache: string
  /** Milliseconds since 1970, from before any code of the project was loaded. */
  readonly opened: number
}

/** The nearest folder upwards that has a package.json with a "repro" entry. */
export const findRoot = (from: string): string => {
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    if (readManifest(folder)?.repro !== undefined) return folder
    if (folder === path.dirname(folder)) break
  }
  throw new UsageError({
    message: `No project was found at or above ${from}`,
    where: from,
    remedy: 'Change into a folder whose package.json has {"repro": {"pipeline": "pipelines/NAME.ts"}}.',
  })
}

interface Manifest {
  readonly repro?: { readonly pipeline?: string }
}

const readManifest = (folder: string): Manifest | undefined => {
  try {
    return JSON.parse(fs.readFileSync(`${folder}/package.json`, "utf8")) as Manifest
  } catch {
    return undefined
  }
}

/** A project by its root; `store` overrides the folder `artifacts`. */
export const openProject = (root: string, store: string | undefined): Project => ({
  root,
  store: { root: store === undefined ? `${root}/artifacts` : path.resolve(store) },
  cache: `${root}/.cache`,
  opened: Date.now(),
})

/** Loads a pipeline: a path, a name under pipelines/, or what package.json names. */
export const loadPipeline = async (root: string, wanted: string | undefined): Promise<Pipeline> => {
  const file = pipelineFile(root, wanted)
  const pipeline = await pipelineIn(file)
  if (pipeline !== undefined) return pipeline
  throw new PipelineError({
    message: `${path.relative(root, file)} has no pipeline as its default export`,
    where: file,
    remedy: "End it with `export default Pipeline.make(…)`.",
  })
}

const pipelineIn = async (file: string): Promise<Pipeline | undefined> => {
  const module = (await import(pathToFileURL(file).href)) as { readonly default?: Pipeline }
  return typeof module.default?.graph === "function" ? module.default : undefined
}

/** Every pipeline under pipelines/, where other files are parts of some, and the one that package.json names. Fails where one can't be loaded. */
export const loadAllPipelines = async (root: string): Promise<ReadonlyArray<Pipeline>> => {
  const files = new Set(pipelineNames(root).map((name) => path.resolve(root, "pipelines", `${name}.ts`)))
  if (readManifest(root)?.repro?.pipeline !== undefined) files.add(pipelineFile(root, undefined))
  const pipelines: Array<Pipeline> = []
  for (const file of files) {
    const pipeline = await pipelineIn(file)
    if (pipeline !== undefined) pipelines.push(pipeline)
  }
  return pipelines
}

/** The file of a pipeline: a path, a name under pipelines/, or what package.json names. */
export const pipelineFile = (root: string, wanted: string | undefined): string => {
  const name = wanted ?? readManifest(root)?.repro?.pipeline ?? ""
  const candidates = [path.resolve(root, name), path.resolve(root, "pipelines", `${name}.ts`)]
  const found = candidates.find((file) => name !== "" && fs.statSync(file, { throwIfNoEntry: false })?.isFile())
  if (found !== undefined) return found
  const known = pipelineNames(root)
  throw new UsageError({
    message: `There is no pipeline "${name}"`,
    where: path.relative(root, candidates[0] as string),
    remedy: `Give a path, or one of: ${known.join(", ") || "(none in pipelines/)"}.`,
  })
}

/** The names of the files in pipelines/. */
const pipelineNames = (root: string): ReadonlyArray<string> =>
  fs.existsSync(`${root}/pipelines`)
    ? fs
        .readdirSync(`${root}/pipelines`)
        .filter((file) => file.endsWith(".ts"))
        .map((file) => file.replace(/\.ts$/, ""))
        .sort()
    : []
