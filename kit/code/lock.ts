/**
 * Versions of packages, from lock files. A package counts in a digest by its locked version and those of everything
 * that it depends on, on every platform alike, so that two machines with one lock agree. What is installed is compared
 * with the lock first: a digest must not name one version while another runs.
 */
import { readFileSync } from "node:fs"
import * as path from "node:path"
import { LockProblem } from "./errors.ts"

export { type PythonLock, pythonLockDigest } from "./python-lock.ts"

/** npm's lock, relative to the root. */
export const PACKAGE_LOCK = "package-lock.json"
/** What npm writes on installing: the packages that really lie in `node_modules`. */
export const INSTALLED_LOCK = "node_modules/.package-lock.json"

type Entry = {
  readonly version?: string
  readonly resolved?: string
  readonly integrity?: string
  readonly link?: boolean
  readonly optional?: boolean
  readonly devOptional?: boolean
  readonly dependencies?: Record<string, string>
  readonly optionalDependencies?: Record<string, string>
  readonly peerDependencies?: Record<string, string>
}
type Entries = Readonly<Record<string, Entry>>

/** Both of npm's lock files, read. */
export type PackageLocks = { readonly locked: Entries; readonly installed: Entries }

const readEntries = (root: string, file: string, remedy: string): Entries => {
  try {
    return (JSON.parse(readFileSync(path.join(root, file), "utf8")) as { packages: Entries }).packages ?? {}
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT"
    throw new LockProblem(file, missing ? "there is no such file" : `it can't be read (${String(cause)})`, remedy)
  }
}

/** Reads npm's lock files under a root. Throws `LockProblem` if one is missing or damaged. */
export const readPackageLocks = (root: string): PackageLocks => ({
  locked: readEntries(root, PACKAGE_LOCK, "Run npm install to write it"),
  installed: readEntries(root, INSTALLED_LOCK, "Run npm ci"),
})

/** The package in an import: `@effect/platform-node` in `@effect/platform-node/NodeRuntime`. */
export const packageName = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

/** Where npm would find `name` for a package that lies at `from`: the nearest `node_modules` upwards. */
const locate = (locked: Entries, from: string, name: string): string | undefined => {
  for (let base = from; ; ) {
    const place = `${base === "" ? "" : `${base}/`}node_modules/${name}`
    if (locked[place]) return place
    if (base === "") return undefined
    const outer = base.lastIndexOf("/node_modules/")
    base = outer < 0 ? "" : base.slice(0, outer)
  }
}

const checkInstalled = (place: string, locked: Entry, installed: Entry | undefined): void => {
  if (installed === undefined && (locked.optional || locked.devOptional)) return
  if (installed?.version === locked.version && installed?.integrity === locked.integrity) return
  const found = installed === undefined ? "it isn't installed" : `${installed.version} is installed, or other bytes`
  throw new LockProblem(PACKAGE_LOCK, `${place} is locked at ${locked.version}, but ${found}`, "Run npm ci")
}

/** The version, and for a package that comes from no registry also where from and its hash: there, a version says little. */
const versionOf = ({ version = "", resolved, integrity }: Entry): string =>
  resolved === undefined || /^https?:.*\/-\/[^/]+\.tgz$/.test(resolved)
    ? version
    : `${version} (${resolved}${integrity === undefined ? "" : ` ${integrity}`})`

/**
 * The packages that some imports reach, each with its locked version. `@types` packages hold no code and are left out.
 * Throws `LockProblem` if a package isn't locked, is a workspace link, or if what is installed differs from the lock.
 */
export const packageClosure = (
  root: string,
  specifiers: Iterable<string>,
  locks?: PackageLocks,
): Readonly<Record<string, string>> => {
  const pending = [...new Set([...specifiers].map(packageName))].map((name) => ({ from: "", name, required: true }))
  if (pending.length === 0) return {}
  const { locked, installed } = locks ?? readPackageLocks(root)
  const found = new Map<string, string>()
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { from, name, required } = next
    const place = locate(locked, from, name)
    const entry = place === undefined ? undefined : locked[place]
    if (place === undefined || entry === undefined) {
      if (!required) continue
      throw new LockProblem(
        PACKAGE_LOCK,
        `the package "${name}" isn't in it`,
        `Run npm install ${name}, or mend the import`,
      )
    }
    if (entry.link) {
      const remedy = "Import its files by a relative path, so that their code is counted"
      throw new LockProblem(
        PACKAGE_LOCK,
        `"${name}" is a link to a folder of this project, not a locked package`,
        remedy,
      )
    }
    if (found.has(place)) continue
    checkInstalled(place, entry, installed[place])
    found.set(place, versionOf(entry))
    const needs = { ...entry.peerDependencies, ...entry.optionalDependencies, ...entry.dependencies }
    for (const need of Object.keys(needs)) {
      if (!need.startsWith("@types/")) pending.push({ from: place, name: need, required: false })
    }
  }
  return Object.fromEntries(
    [...found].map(([place, version]) => [place.replace(/^node_modules\//, ""), version]).sort(byName),
  )
}

const byName = (a: ReadonlyArray<unknown>, b: ReadonlyArray<unknown>): number => (String(a[0]) < String(b[0]) ? -1 : 1)
