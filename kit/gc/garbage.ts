/** What nothing reaches: records, objects, and what runs left behind. Only looks; `collect.ts` removes. */
import * as fs from "node:fs"
import { StoreError } from "../errors.ts"
import { artifactObjects } from "../store/artifact-objects.ts"
import { objectPath, recordPath, type StoreLayout, shardsOf } from "../store/layout.ts"
import { RECORD_FORMAT, readRecord, recordKeys, type StoreRecord } from "../store/record.ts"
import type { Roots } from "./roots.ts"

/** A record that goes. */
export interface DeadRecord {
  readonly key: string
  /** Undefined where it can't be read. */
  readonly record: StoreRecord | undefined
  readonly bytes: number
}

/** An object that goes. */
export interface DeadObject {
  readonly digest: string
  readonly bytes: number
}

const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** The format that the text of a record begins with; undefined where it says none. */
const formatOf = (file: string): number | undefined => {
  try {
    const handle = fs.openSync(file, "r")
    try {
      const start = Buffer.alloc(64)
      fs.readSync(handle, start)
      const found = /^\s*\{\s*"format"\s*:\s*(\d+)/u.exec(start.toString("latin1"))
      return found === null ? undefined : Number(found[1])
    } finally {
      fs.closeSync(handle)
    }
  } catch {
    return undefined
  }
}

/** Refuses a store in which a newer version of the kit wrote: nobody here can tell what its records need. */
export const refuseNewerRecords = (store: StoreLayout): void => {
  const newer = recordKeys(store).filter((key) => (formatOf(recordPath(store, key)) ?? 0) > RECORD_FORMAT)
  const [first] = newer
  if (first === undefined) return
  throw new StoreError({
    message: `${newer.length === 1 ? "A record is" : `${newer.length} records are`} of a newer version of the kit, so that nobody here can tell what ${newer.length === 1 ? "it needs" : "they need"}`,
    where: recordPath(store, first),
    remedy: "Collect with that version of the kit; nothing was removed.",
  })
}

/** The records that no root reaches. */
export const deadRecords = (store: StoreLayout, roots: Roots): ReadonlyArray<DeadRecord> =>
  recordKeys(store)
    .filter((key) => !roots.keys.has(key))
    .map((key) => ({ key, record: readRecord(store, key), bytes: sizeOf(recordPath(store, key)) }))

/** All objects that are in the store now, by digest. */
export const listObjects = (store: StoreLayout): ReadonlyArray<string> =>
  shardsOf(`${store.root}/objects`).flatMap((shard) =>
    fs
      .readdirSync(`${store.root}/objects/${shard}`)
      .flatMap((name) => (/^[0-9a-f]{62}$/u.test(name) ? [shard + name] : [])),
  )

/** The objects of these that no pin names and no record but those that go. The records are read now. */
export const deadObjects = (
  store: StoreLayout,
  objects: ReadonlyArray<string>,
  roots: Roots,
  going: ReadonlySet<string>,
): ReadonlyArray<DeadObject> => {
  const named = new Set<string>()
  for (const { records } of roots.pins) for (const record of records) addObjects(named, record)
  for (const key of recordKeys(store)) {
    const record = going.has(key) ? undefined : readRecord(store, key)
    if (record !== undefined) addObjects(named, record)
  }
  return objects
    .filter((digest) => !named.has(digest))
    .map((digest) => ({ digest, bytes: sizeOf(objectPath(store, digest)) }))
}

const addObjects = (named: Set<string>, { outputs, run }: StoreRecord): void => {
  named.add(run.log)
  for (const artifact of Object.values(outputs)) for (const { digest } of artifactObjects(artifact)) named.add(digest)
}
