/** Commands that a person can copy: the kit's own with the flags that this call had, and those that run a worker's task. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Option from "effect/Option"
import { workerPython } from "../executors/local.ts"
import type { Project } from "../project.ts"
import type { Shared } from "./options.ts"
import { shellQuote } from "./print.ts"

/** `repro VERB NODE` for the same pipeline, profile and store, to be run from this folder. */
export const reproCommand = (project: Project, profile: string, flags: Shared, verb: string, node: string): string => {
  const launcher = `${project.root}/bin/repro`
  const words = [
    fs.existsSync(launcher) ? path.relative(process.cwd(), launcher) : "repro",
    verb,
    node,
    "--profile",
    profile,
    ...given("--pipeline", flags.pipeline),
    ...given("--store", flags.store),
  ]
  return words.map(shellQuote).join(" ")
}

const given = (name: string, value: Option.Option<string>): ReadonlyArray<string> =>
  Option.isSome(value) ? [name, value.value] : []

/** Runs the task that is laid out in a folder, in a process of its own, from this folder. */
export const taskCommand = (project: Project, folder: string): string => {
  const [python, source] = [workerPython(project), `${project.root}/worker`].map((place) =>
    path.relative(process.cwd(), place),
  )
  return `REPRO_THREADS=1 PYTHONHASHSEED=0 PYTHONPATH=${shellQuote(source ?? "")} ${shellQuote(python ?? "")} -m repro_worker.run ${shellQuote(path.relative(process.cwd(), folder))}`
}
