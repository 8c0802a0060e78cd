/**
 * Checks a whole store: every object against its digest, every record against itself and the objects that it names.
 * Runs beside drivers, and on a store that can't be written to.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { setImmediate } from "node:timers/promises"
import { artifactObjects } from "../artifact-objects.ts"
import { type Derivation, describeCycle, findCycle } from "../cycles.ts"
import { objectPath, objectPlace, type StoreLayout, shardsOf } from "../layout.ts"
import { distrust } from "../objects.ts"
import { readPins } from "../pins.ts"
import { isOnTrust } from "../trust.ts"
import { checkRecordShard, type RecordProblem, type RecordsChecked } from "./check-records.ts"
import { checkObjects, defaultReaders, type ObjectsChecked } from "./threads.ts"
import { type Use, usesOf } from "./uses.ts"

/** How far a check is; `allObjects` is an estimate, and `left` are seconds, undefined until there is something to tell them by. */
export interface VerifyProgress {
  readonly objects: number
  readonly allObjects: number
  readonly bytes: number
  readonly left: number | undefined
}

/** An object that is damaged, unreadable or missing, and the results that it belongs to. */
export interface BadObject {
  readonly kind: "damaged" | "unreadable" | "missing"
  readonly digest: string
  /** The digest of the bytes that are there, or why they can't be read. */
  readonly found: string
  readonly uses: ReadonlyArray<Use>
  /** Whether the object's time stamp was moved, so that the next plan hashes it again. */
  readonly marked: boolean
}

/** What was checked and what is wrong. */
export interface Verified {
  readonly objects: number
  readonly records: number
  readonly bytes: number
  /** Records of a format that does not hold all that its key was made of: their keys were not checked. */
  readonly older: number
  /** Records that were taken from elsewhere, some bytes of which are still there. */
  readonly elsewhere: number
  readonly badObjects: ReadonlyArray<BadObject>
  readonly badRecords: ReadonlyArray<RecordProblem>
  /** Files below `objects/` that are no objects. */
  readonly strangers: ReadonlyArray<string>
}

const TELL = 200

/** Opening a file costs as much as reading this many bytes. */
const BYTES_PER_FILE = 20_000

/** Checks the store with so many threads. Writes nothing but the time stamps of damaged objects and records, where it can. */
export const verifyStore = async (
  store: StoreLayout,
  onProgress: (progress: VerifyProgress) => void,
  readers = defaultReaders(),
): Promise<Verified> => {
  const objects = checkObjects(store, readers)
  const begun = performance.now()
  let expectedBytes = 0
  const timer = setInterval(
    () => onProgress(estimate(objects.progress(), expectedBytes, performance.now() - begun)),
    TELL,
  )
  try {
    const records = await checkRecords(store, (bytes) => {
      expectedBytes += bytes
    })
    return conclude(store, await objects.done, records)
  } finally {
    clearInterval(timer)
  }
}

const estimate = (
  now: { readonly objects: number; readonly allObjects: number; readonly bytes: number },
  expectedBytes: number,
  milliseconds: number,
): VerifyProgress => {
  const done = now.bytes + BYTES_PER_FILE * now.objects
  const all = Math.max(expectedBytes, now.bytes) + BYTES_PER_FILE * now.allObjects
  const left = done === 0 || milliseconds < 1000 ? undefined : (milliseconds / 1000) * (all / done - 1)
  return { ...now, left }
}

/** Checks the records a shard at a time, so that progress can be told in between. */
const checkRecords = async (store: StoreLayout, count: (bytes: number) => void): Promise<RecordsChecked> => {
  const problems: Array<RecordProblem> = []
  const derivations: Array<Derivation> = []
  const sum = { records: 0, bytes: 0, older: 0, elsewhere: 0, problems, derivations }
  for (const shard of shardsOf(`${store.root}/records`)) {
    const checked = checkRecordShard(store, shard)
    for (const name of ["records", "bytes", "older", "elsewhere"] as const) sum[name] += checked[name]
    problems.push(...checked.problems)
    derivations.push(...checked.derivations)
    count(checked.bytes)
    await setImmediate()
  }
  problems.push(...cycleProblems(derivations))
  return sum
}

/** A problem for each record of a cycle: which of them was not written by the kit can't be told. */
const cycleProblems = (derivations: ReadonlyArray<Derivation>): ReadonlyArray<RecordProblem> => {
  const cycle = findCycle(derivations) ?? []
  const why = `it was made, in the end, from its own output: ${describeCycle(cycle)}`
  return cycle.map(({ key, node }) => ({ file: `records/${key.slice(0, 2)}/${key}.json`, node, why, missing: [] }))
}

const conclude = (store: StoreLayout, objects: ObjectsChecked, records: RecordsChecked): Verified => {
  const pins = checkPins(store)
  const missing = new Set([...records.problems.flatMap((problem) => problem.missing), ...pins.missing])
  const bad = [
    ...objects.problems.flatMap(({ kind, name, found }) =>
      kind === "stranger" ? [] : [{ kind, digest: name, found }],
    ),
    ...[...missing].map((digest) => ({ kind: "missing" as const, digest, found: "" })),
  ]
  for (const { file } of records.problems) distrust(store, file)
  const uses = usesOf(store, new Set(bad.map(({ digest }) => digest)))
  return {
    objects: objects.objects,
    bytes: objects.bytes,
    records: records.records,
    older: records.older,
    elsewhere: records.elsewhere,
    badObjects: bad.map((object) => ({
      ...object,
      uses: uses.get(object.digest) ?? [],
      marked: object.kind === "damaged" && distrust(store, objectPlace(object.digest)),
    })),
    badRecords: [...records.problems.filter(({ missing }) => missing.length === 0), ...pins.unreadable],
    strangers: objects.problems.flatMap(({ kind, name }) => (kind === "stranger" ? [`objects/${name}`] : [])),
  }
}

interface PinsChecked {
  readonly missing: ReadonlyArray<string>
  readonly unreadable: ReadonlyArray<RecordProblem>
}

/** What pins keep must be there, unless it was taken from elsewhere and its bytes never came. */
const checkPins = (store: StoreLayout): PinsChecked => {
  try {
    const records = readPins(store).flatMap((pin) => pin.records.filter((record) => !isOnTrust(record)))
    const digests = records.flatMap(({ outputs }) => Object.values(outputs).flatMap(artifactObjects))
    return {
      missing: digests.map(({ digest }) => digest).filter((digest) => !fs.existsSync(objectPath(store, digest))),
      unreadable: [],
    }
  } catch (error) {
    const { message, where } = error as { readonly message: string; readonly where?: string }
    const file = where === undefined ? "pins" : path.relative(store.root, where)
    return { missing: [], unreadable: [{ file, node: "", why: message, missing: [] }] }
  }
}
