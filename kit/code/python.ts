/**
 * The code digest of Python tasks. A small script reads the sources under `worker/` with the standard `ast`, importing
 * nothing of them; see `python_digest.py` for what counts. Many entry points share one start of the interpreter, and
 * any Python from 3.9 on that can parse the sources gives the same digests.
 */
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import * as path from "node:path"
import { promisify } from "node:util"
import { CodeUnreadable } from "./errors.ts"
import { relativeTo } from "./resolve.ts"
import type { CodeDigest, MeasuredDigest } from "./types.ts"

/** Where the worker's packages lie, and what reads them. */
export type PythonOptions = {
  /** Path of the interpreter. By default that of the worker's environment, then uv's, then `python3`. */
  readonly python?: string
  /** The folder from which the worker's modules are imported, relative to the root. */
  readonly sources?: string
}

const ENVIRONMENTS = [".cache/worker-venv/bin/python", ".cache/uv-tool/bin/python"]
const SCRIPT = path.join(import.meta.dirname, "python_digest.py")
const MAX_OUTPUT = 256 * 1024 * 1024

/** The interpreter to use where none is named. */
export const defaultPython = (root: string): string =>
  ENVIRONMENTS.map((place) => path.join(root, place)).find((place) => existsSync(place)) ?? "python3"

type Answer = Readonly<
  Record<string, { digest: string; declarations: Record<string, string>; contents: Record<string, string> }>
>
type Complaint = { readonly error: { readonly where: string; readonly what: string; readonly remedy: string } }

const ask = async (python: string, sources: string, entries: ReadonlyArray<string>): Promise<Answer | Complaint> => {
  const args = ["-I", "-S", "-B", SCRIPT, sources, ...entries]
  const { stdout } = await promisify(execFile)(python, args, { maxBuffer: MAX_OUTPUT }).catch((cause) => {
    if (cause.code === "ENOENT" || cause.code === "EACCES") {
      const remedy = "Run the set-up that makes the worker's environment, or name an interpreter"
      throw new CodeUnreadable(python, "this Python interpreter can't be started", remedy)
    }
    const last = String(cause.stderr ?? cause)
      .trim()
      .split("\n")
      .at(-1)
    throw new CodeUnreadable(python, `reading the Python sources failed: ${last}`, "Use Python 3.9 or later")
  })
  return JSON.parse(stdout)
}

/** As `pythonDigests`, with the content hash of each file: for the cache. */
export const measurePython = async (
  root: string,
  entries: ReadonlyArray<string>,
  options: PythonOptions = {},
): Promise<ReadonlyMap<string, MeasuredDigest>> => {
  if (entries.length === 0) return new Map()
  const sources = path.join(root, options.sources ?? "worker")
  const answer = await ask(options.python ?? defaultPython(root), sources, entries)
  const prefix = relativeTo(root, sources)
  const placed = (record: Record<string, string>) =>
    Object.fromEntries(Object.entries(record).map(([place, value]) => [`${prefix}/${place}`, value]))
  if ("error" in answer) {
    const { where, what, remedy } = answer.error as Complaint["error"]
    throw new CodeUnreadable(where.includes("/") || /\.py\b/.test(where) ? `${prefix}/${where}` : where, what, remedy)
  }
  return new Map(
    Object.entries(answer as Answer).map(([entry, { digest, declarations, contents }]) => {
      const all = placed(contents)
      return [
        entry,
        { digest, declarations: placed(declarations), packages: {}, files: Object.keys(all).sort(), contents: all },
      ]
    }),
  )
}

/**
 * The code that Python entry points (`repro_worker.tasks.finetune:run`) reach, a digest each. Packages are left out:
 * they count by the Python lock that a profile declares (`pythonLockDigest`), not by what is installed here.
 *
 * Fails with `CodeUnreadable` if there is no interpreter, no such entry point, or a module doesn't parse.
 */
export const pythonDigests = async (
  root: string,
  entries: ReadonlyArray<string>,
  options: PythonOptions = {},
): Promise<ReadonlyMap<string, CodeDigest>> => {
  const measured = await measurePython(root, entries, options)
  return new Map([...measured].map(([entry, { contents: _, ...digest }]) => [entry, digest]))
}
