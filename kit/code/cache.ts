/**
 * Code digests with a memory. A digest is kept with the signature of each file that it depends on; while these are
 * unchanged, neither rolldown nor Python is started. The memory is only ever a short cut: damaged, unwritable or
 * deleted, it costs time and nothing else.
 */
import { hash, randomUUID } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { sweepOfDead } from "../dead-processes.ts"
import type { PythonOptions } from "./python.ts"
import { check, type Signature, signatureOf } from "./signature.ts"
import type { CodeDigest, MeasuredDigest, TypeScriptTarget } from "./types.ts"

/** A digest asked for: of a TypeScript export, or of a Python entry point such as `repro_worker.tasks.finetune:run`. */
export type CodeRequest =
  | ({ readonly kind: "typescript" } & TypeScriptTarget)
  | { readonly kind: "python"; readonly entry: string }

/** The name under which a request's digest is returned: `stages/mix-data.ts#mixData`, or the entry point. */
export const requestName = (request: CodeRequest): string =>
  request.kind === "python" ? request.entry : `${request.file}#${request.export}`

type Entry = {
  readonly digest: string
  readonly declarations: Readonly<Record<string, string>>
  readonly packages: Readonly<Record<string, string>>
  /** Nanoseconds since 1970, from before the files were read. */
  readonly signedAt: string
  readonly signatures: Readonly<Record<string, Signature>>
}
type Entries = Record<string, Entry>

/** Declared variables decide whether code is refused, and where the sources lie decides what is read. */
const entryKey = (request: CodeRequest, options: PythonOptions): string =>
  request.kind === "python"
    ? `python ${options.sources ?? "worker"} ${request.entry}`
    : `typescript ${requestName(request)} ${[...(request.environment ?? [])].sort().join(",")}`

/** A hash of the code that takes digests: what another version of it remembered isn't believed. */
const makers = (): string => {
  const here = import.meta.dirname
  const files = readdirSync(here).filter((name) => /\.(ts|py)$/.test(name))
  return hash(
    "sha256",
    files
      .sort()
      .map((name) => readFileSync(path.join(here, name), "utf8"))
      .join("\0"),
  )
}

const isEntry = (value: unknown): value is Entry => {
  const entry = value as Partial<Entry> | null
  const complete = entry?.declarations && entry.packages && entry.signatures && typeof entry.digest === "string"
  return Boolean(complete) && /^\d+$/.test(entry?.signedAt ?? "")
}

const readEntries = (cacheFile: string, maker: string): Entries => {
  try {
    const { maker: found, check: sum, entries } = JSON.parse(readFileSync(cacheFile, "utf8"))
    if (found !== maker || sum !== hash("sha256", JSON.stringify(entries))) return {}
    return Object.fromEntries(Object.entries(entries as Entries).filter(([, entry]) => isEntry(entry)))
  } catch {
    return {}
  }
}

/**
 * Writes beside the file and renames, so that nobody ever reads half of it. What a process wrote that was killed meanwhile is
 * removed by the next that writes. Failing is no error: a cache may be read-only.
 */
const writeEntries = (cacheFile: string, maker: string, entries: Entries): void => {
  const temporary = `${cacheFile}.${process.pid}-${randomUUID()}`
  try {
    mkdirSync(path.dirname(cacheFile), { recursive: true })
    sweepOfDead(path.dirname(cacheFile), `${path.basename(cacheFile)}.`)
    writeFileSync(temporary, JSON.stringify({ maker, check: hash("sha256", JSON.stringify(entries)), entries }))
    renameSync(temporary, cacheFile)
  } catch {
    try {
      rmSync(temporary, { force: true })
    } catch {
      // Nothing was written, or it can't be removed: either way the next run is only slower.
    }
  }
}

const toDigest = ({ digest, declarations, packages, signatures }: Entry): CodeDigest => ({
  digest,
  declarations,
  packages,
  files: Object.keys(signatures),
})

const toEntry = (root: string, measured: MeasuredDigest, signedAt: bigint): Entry => ({
  digest: measured.digest,
  declarations: measured.declarations,
  packages: measured.packages,
  signedAt: `${signedAt}`,
  signatures: Object.fromEntries(
    measured.files.map((file) => [file, signatureOf(root, file, measured.contents[file] ?? "")]),
  ),
})

const now = (): bigint => BigInt(Date.now()) * 1_000_000n

/** The entry if all its files are as they were, with fresh signatures where only times differ. */
const recall = (
  root: string,
  entry: Entry | undefined,
  startedAt: bigint,
  hashes: Map<string, string | undefined>,
): Entry | undefined => {
  if (entry === undefined) return undefined
  let touched = false
  for (const [file, signature] of Object.entries(entry.signatures)) {
    const verdict = check(root, file, signature, BigInt(entry.signedAt), hashes)
    if (verdict === "changed") return undefined
    touched ||= verdict === "touched"
  }
  if (!touched) return entry
  const signed = Object.entries(entry.signatures).map(([file, signature]) => [
    file,
    signatureOf(root, file, signature[4]),
  ])
  return { ...entry, signedAt: `${startedAt}`, signatures: Object.fromEntries(signed) }
}

const measure = async (
  root: string,
  requests: ReadonlyArray<CodeRequest>,
  options: PythonOptions,
): Promise<ReadonlyMap<CodeRequest, MeasuredDigest>> => {
  const found = new Map<CodeRequest, MeasuredDigest>()
  const exports = requests.filter((request) => request.kind === "typescript")
  if (exports.length > 0) {
    const { measureTypescript } = await import("./typescript.ts")
    // All are awaited before one may fail: which failure is told doesn't depend on which was faster.
    const results = await Promise.allSettled(exports.map((request) => measureTypescript(root, request)))
    for (const [index, result] of results.entries()) {
      if (result.status === "rejected") throw result.reason
      found.set(exports[index] as CodeRequest, result.value)
    }
  }
  const tasks = requests.filter((request) => request.kind === "python")
  if (tasks.length > 0) {
    const { measurePython } = await import("./python.ts")
    const digests = await measurePython(root, [...new Set(tasks.map((task) => task.entry))], options)
    for (const task of tasks) found.set(task, digests.get(task.entry) as MeasuredDigest)
  }
  return found
}

/**
 * The code digests that were asked for, by `requestName`. `root` is the project's root and `cacheFile` where digests
 * are remembered, both absolute paths.
 *
 * Fails as `typescriptDigest` and `pythonDigests` do, at the first request that fails; failures aren't remembered.
 */
export const codeDigests = async (
  root: string,
  cacheFile: string,
  requests: ReadonlyArray<CodeRequest>,
  options: PythonOptions = {},
): Promise<ReadonlyMap<string, CodeDigest>> => {
  const base = realpathSync(root)
  const maker = makers()
  const remembered = readEntries(cacheFile, maker)
  const hashes = new Map<string, string | undefined>()
  const signedAt = now()
  const entries: Entries = {}
  const missing: Array<CodeRequest> = []
  for (const request of requests) {
    const key = entryKey(request, options)
    const entry = recall(base, remembered[key], signedAt, hashes)
    if (entry === undefined) missing.push(request)
    else entries[key] = entry
  }
  for (const [request, measured] of await measure(base, missing, options)) {
    entries[entryKey(request, options)] = toEntry(base, measured, signedAt)
  }
  if (Object.entries(entries).some(([key, entry]) => entry !== remembered[key])) {
    writeEntries(cacheFile, maker, { ...remembered, ...entries })
  }
  return new Map(
    requests.map((request) => [requestName(request), toDigest(entries[entryKey(request, options)] as Entry)]),
  )
}
