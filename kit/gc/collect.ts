/**
 * A collection: finds what nothing reaches and, when asked, removes it, beside any number of runs. What a run relies on
 * stays because the run announces it before it looks (`store/uses.ts`); records go before the objects that only they name, so
 * that a collection that is killed leaves no record without its objects.
 */
import * as fs from "node:fs"
import { StoreError } from "../errors.ts"
import type { Project } from "../project.ts"
import { type Claims, isDriverAlive } from "../store/claims.ts"
import { countCollection } from "../store/collections.ts"
import { itemPath, notePath } from "../store/items.ts"
import { objectPath, recordPath, type StoreLayout } from "../store/layout.ts"
import { deadAnswers } from "./answers.ts"
import {
  type DeadObject,
  type DeadRecord,
  deadObjects,
  deadRecords,
  listObjects,
  refuseNewerRecords,
} from "./garbage.ts"
import { findLeftovers, type Leftover, type LeftoverOptions, leftover } from "./leftovers.ts"
import { removeAnswers, removeUnnoted } from "./remove-answers.ts"
import { removeUnused } from "./remove-unused.ts"
import { findRoots, type Roots } from "./roots.ts"
import { type Untold, unnotedAnswers } from "./unnoted.ts"

/** What goes, or went. */
export interface Garbage {
  readonly records: ReadonlyArray<DeadRecord>
  readonly objects: ReadonlyArray<DeadObject>
  readonly leftovers: ReadonlyArray<Leftover>
  /** Kept answers that stay because it can't be told whether something asks for them. */
  readonly untold: Untold | undefined
}

export interface CollectOptions extends LeftoverOptions {
  /** A pipeline outside pipelines/ that counts too. */
  readonly pipeline: string | undefined
}

/** What a collection would remove now. Writes nothing. */
export const surveyGarbage = async (project: Project, options: CollectOptions): Promise<Garbage> => {
  const { store } = project
  refuseNewerRecords(store)
  const roots = await findRoots(project, options.pipeline)
  const records = deadRecords(store, roots)
  const going = new Set(records.map(({ key }) => key))
  const unnoted = await unnotedAnswers(project, roots, options.now)
  const answers = deadAnswers(store, roots.keys, unnoted.asked).flatMap(({ key, files }) => [
    ...files,
    ...[notePath(store, key)].filter((file) => fs.existsSync(file)),
  ])
  return {
    records,
    objects: deadObjects(store, listObjects(store), roots, going),
    leftovers: [
      ...findLeftovers(store, roots, options, anyDriver(store)),
      ...answers.map((file) => leftover("answer", file)),
      ...unnoted.dead.map((name) => leftover("unnoted", itemPath(store, name))),
    ],
    untold: unnoted.untold,
  }
}

const anyDriver = (store: StoreLayout): boolean =>
  (fs.existsSync(`${store.root}/claims/drivers`) ? fs.readdirSync(`${store.root}/claims/drivers`) : []).some(
    (name) => name.endsWith(".db") && isDriverAlive(store, name.slice(0, -".db".length)),
  )

/** The claim that only one collection at a time holds. */
const COLLECTION = "collection"

/** Removes what nothing reaches and gives what went. `scratch` is this driver's folder of attempts. */
export const collectGarbage = async (
  project: Project,
  claims: Claims,
  scratch: string,
  options: CollectOptions,
): Promise<Garbage> => {
  if (!claims.claim(COLLECTION)) throw busy(project.store)
  claims.uses.beginCollection()
  countCollection(project.store, scratch)
  try {
    return await removeAll(project, claims, options)
  } finally {
    countCollection(project.store, scratch)
    claims.uses.endCollection()
    claims.release(COLLECTION)
  }
}

const busy = (store: StoreLayout): StoreError =>
  new StoreError({
    message: "Another collection goes on",
    where: store.root,
    remedy: "Wait until it has ended.",
  })

const removeAll = async (project: Project, claims: Claims, options: CollectOptions): Promise<Garbage> => {
  const { store } = project
  refuseNewerRecords(store)
  // Listed before the records are read: an object that comes later belongs to a run that goes on.
  const listed = listObjects(store)
  const roots = await findRoots(project, options.pipeline)
  const records = await removeUnused(
    claims,
    deadRecords(store, roots),
    ({ key }) => key,
    (key) => fs.rmSync(recordPath(store, key), { force: true }),
  )
  const objects = await removeUnused(
    claims,
    deadObjects(store, listed, roots, new Set()),
    ({ digest }) => digest,
    (digest) => fs.rmSync(objectPath(store, digest), { force: true }),
  )
  const unnoted = await unnotedAnswers(project, roots, options.now)
  const answers = [...(await removeUnnoted(store, claims, unnoted)), ...removeAnswers(store, claims, roots, unnoted)]
  const leftovers = [...removeLeftovers(store, claims, roots, options), ...answers]
  return { records, objects, leftovers, untold: unnoted.untold }
}

const removeLeftovers = (
  store: StoreLayout,
  claims: Claims,
  roots: Roots,
  options: CollectOptions,
): ReadonlyArray<Leftover> => {
  const removed: Array<Leftover> = []
  for (const found of findLeftovers(store, roots, options, claims.others().length > 0)) {
    const remove = (): void => {
      fs.rmSync(found.path, { recursive: true, force: true })
      removed.push(found)
    }
    // A state or failure is a key's: a driver that works on that key now may be about to read it.
    if (found.kind === "state" || found.kind === "failure") claims.uses.removeUnused([keyOf(found)], remove)
    else remove()
  }
  return removed
}

const keyOf = ({ path }: Leftover): string => path.slice(path.lastIndexOf("/") + 1)
