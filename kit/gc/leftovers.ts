/** What runs left behind that nobody will ask for again: old failures and states, attempts of dead drivers, names of what is gone. */
import * as fs from "node:fs"
import * as path from "node:path"
import { isDriverAlive } from "../store/claims.ts"
import { headsPath, type StoreLayout, shardsOf, summariesPath } from "../store/layout.ts"
import { viewPath } from "../store/view.ts"
import type { KnownScope, Roots } from "./roots.ts"

export type LeftoverKind =
  | "attempt"
  | "failure"
  | "state"
  | "incoming"
  | "temporary"
  | "names"
  | "strange"
  | "answer"
  | "unnoted"

/** A file or folder that goes. */
export interface Leftover {
  readonly kind: LeftoverKind
  readonly path: string
  readonly bytes: number
}

const DAY = 24 * 3600 * 1000

/** Milliseconds after which a temporary file, which lives for some, has no writer any more. */
const TEMPORARY_AGE = 3600 * 1000

export interface LeftoverOptions {
  /** Days after which kept failures, states of killed tasks and half-fetched bytes go. */
  readonly days: number
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Everything left behind, answers apart. Names are left alone while others run: they may be of a pipeline that is being edited. */
export const findLeftovers = (
  store: StoreLayout,
  roots: Roots,
  { days, now }: LeftoverOptions,
  others: boolean,
): ReadonlyArray<Leftover> => {
  const before = now - days * DAY
  const old = (folder: string, keep: (name: string) => boolean = () => false): ReadonlyArray<string> =>
    entries(`${store.root}/${folder}`).filter((file) => !keep(path.basename(file)) && mtime(file) < before)
  return [
    ...entries(`${store.root}/attempts`)
      .filter((folder) => !isDriverAlive(store, path.basename(folder)))
      .map((file) => leftover("attempt", file)),
    ...old("failures").map((file) => leftover("failure", file)),
    ...old("state", (key) => roots.keys.has(key)).map((file) => leftover("state", file)),
    ...old("incoming").map((file) => leftover("incoming", file)),
    ...temporaryFiles(store)
      .filter((file) => mtime(file) < now - TEMPORARY_AGE)
      .map((file) => leftover("temporary", file)),
    ...strangers(store)
      .filter((file) => mtime(file) < now - TEMPORARY_AGE)
      .map((file) => leftover("strange", file)),
    ...(others ? [] : deadNames(store, roots.scopes).map((file) => leftover("names", file))),
  ]
}

const entries = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => `${folder}/${name}`) : []

const mtime = (file: string): number =>
  fs.lstatSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY

export const leftover = (kind: LeftoverKind, file: string): Leftover => ({ kind, path: file, bytes: sizeUnder(file) })

/** Bytes of a file, or of all files under a folder. */
const sizeUnder = (file: string): number => {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false })
  if (stat === undefined || stat.isSymbolicLink()) return 0
  return stat.isDirectory() ? entries(file).reduce((sum, inner) => sum + sizeUnder(inner), 0) : stat.size
}

const isTemporary = (name: string): boolean => name.startsWith(".") && name.endsWith(".tmp")

const shardFolders = (store: StoreLayout): ReadonlyArray<string> =>
  ["objects", "records", "items"].flatMap((folder) =>
    shardsOf(`${store.root}/${folder}`).map((shard) => `${store.root}/${folder}/${shard}`),
  )

/** Half-written files of writers that died, from before they were written among a driver's attempts too. */
const temporaryFiles = (store: StoreLayout): ReadonlyArray<string> =>
  [...shardFolders(store), ...entries(`${store.root}/heads`), store.root, `${store.root}/pins`, `${store.root}/claims`]
    .filter((folder) => fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)
    .flatMap((folder) => entries(folder).filter((file) => isTemporary(path.basename(file))))

/** Files among the objects that are none. */
const strangers = (store: StoreLayout): ReadonlyArray<string> =>
  shardsOf(`${store.root}/objects`).flatMap((shard) =>
    entries(`${store.root}/objects/${shard}`).filter((file) => {
      const name = path.basename(file)
      return !/^[0-9a-f]{62}$/u.test(name) && !isTemporary(name)
    }),
  )

/** Heads and view of profiles and nodes that no pipeline has any more. */
const deadNames = (store: StoreLayout, scopes: ReadonlyArray<KnownScope>): ReadonlyArray<string> => {
  const heads = new Set(
    scopes.flatMap((scope) => [headsPath(store, scope.pipeline, scope.profile), summariesPath(store, scope)]),
  )
  const shown = new Set(scopes.flatMap((scope) => shownPlaces(store, scope)))
  return [
    ...entries(`${store.root}/heads`)
      .flatMap(entries)
      .filter((file) => /\.(json|summaries)$/.test(file) && !heads.has(file)),
    ...entries(`${store.root}/view`).flatMap((file) => deadView(file, shown)),
  ]
}

/** The places of all outputs, and every folder on the way to them. */
const shownPlaces = (store: StoreLayout, scope: KnownScope): ReadonlyArray<string> => {
  const places = new Set<string>()
  for (const [node, outputs] of scope.nodes) {
    for (const { output, extension } of outputs) {
      const place = viewPath(store, scope, node, output, extension)
      for (let above = path.dirname(place); above.length > store.root.length; above = path.dirname(above))
        places.add(`${above}/`)
      places.add(place)
    }
  }
  return [...places]
}

/** A place that is on no way to an output goes whole; below one that is, each is asked. */
const deadView = (file: string, shown: ReadonlySet<string>): ReadonlyArray<string> => {
  if (shown.has(file)) return []
  return shown.has(`${file}/`) ? entries(file).flatMap((inner) => deadView(inner, shown)) : [file]
}
