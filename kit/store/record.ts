/**
 * Records: what a piece of work was made of and what it gave, one JSON file for each key, written last. A record without
 * its objects counts for nothing; a record that can't be read counts as absent.
 */
import * as fs from "node:fs"
import type { ArtifactFormat } from "../artifact.ts"
import type { Labels } from "../node.ts"
import { recordPath, type StoreLayout, shardsOf, writeAtomically } from "./layout.ts"
import { isRecordShaped } from "./record-shape.ts"

/** What is written. Format 1 lacked `engine` and `task`; it is read all the same, but its key can't be recomputed. */
export const RECORD_FORMAT = 2

/** Whether this version can read records of that format. */
export const isReadableFormat = (format: unknown): boolean => format === 1 || format === RECORD_FORMAT

/** What the file system said of an object when it was last known to be whole: mtime and ctime in ns, inode. */
export type Stamp = readonly [mtime: string, ctime: string, inode: string]

/** One file of an artifact. `path` is empty unless the artifact is a folder. */
export interface StoredFile {
  readonly path: string
  readonly digest: string
  readonly bytes: number
  readonly stamp?: Stamp | undefined
}

/** An output in the store. A folder's digest is that of its manifest: canonical JSON of its files. */
export interface StoredArtifact {
  readonly type: string
  readonly format: ArtifactFormat
  readonly extension: string
  readonly digest: string
  readonly bytes: number
  readonly files: ReadonlyArray<StoredFile>
}

/** What an input was: its digest and the node it came from. */
export interface InputRecord {
  readonly digest: string
  readonly node: string
  readonly output: string
  readonly labels?: Labels | undefined
}

/** The code that counted: one digest over all, and one for each declaration, so that a change can be named. */
export interface CodeRecord {
  readonly digest: string
  readonly declarations: Readonly<Record<string, string>>
}

/** What else counted: packages by version, the worker's lock, declared variables, observed files. */
export type EnvironmentRecord = Readonly<Record<string, string>>

/** What was true of the run but counts for nothing. */
export interface RunRecord {
  readonly started: string
  readonly milliseconds: number
  readonly attempt: number
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  readonly metrics: Readonly<Record<string, number>>
  /** Digest of the log's text. */
  readonly log: string
}

/** Where a record was taken from. */
export interface Pulled {
  /** The remote's or pack's name, without secrets. */
  readonly from: string
  /** When, as an ISO time. */
  readonly at: string
}

/** Items of a stage that asks others: how many of them got no answer, and the last reason. */
export interface Unanswered {
  readonly count: number
  readonly of: number
  readonly reason: string
}

export interface StoreRecord {
  readonly format: 1 | typeof RECORD_FORMAT
  readonly key: string
  /** The engine's number that went into the key. */
  readonly engine?: number | undefined
  /** The worker's task, for a stage that is one: it counts in the key instead of the stage's name. */
  readonly task?: string | undefined
  readonly pipeline: string
  readonly profile: string
  readonly node: string
  readonly stage: string
  readonly labels: Labels
  readonly params: unknown
  readonly inputs: Readonly<Record<string, ReadonlyArray<InputRecord>>>
  readonly code: CodeRecord
  readonly environment: EnvironmentRecord
  readonly outputs: Readonly<Record<string, StoredArtifact>>
  /** Set where some items got no answer: the result counts, and the next run asks for them again. */
  readonly unanswered?: Unanswered | undefined
  readonly run: RunRecord
  /** Where it was taken from, until its work is done here. */
  readonly pulled?: Pulled | undefined
}

/** What planning reads of a record. */
export interface RecordSummary extends Pick<StoreRecord, "key" | "node" | "outputs" | "unanswered" | "pulled"> {
  readonly run: Pick<RunRecord, "started" | "milliseconds">
}

/** The record of a key, or undefined where there is none that can be read. */
export const readRecord = (store: StoreLayout, key: string): StoreRecord | undefined => {
  let text: string
  try {
    text = fs.readFileSync(recordPath(store, key), "utf8")
  } catch {
    return undefined
  }
  try {
    const record = JSON.parse(text) as StoreRecord
    const isReadable = isReadableFormat(record.format) && record.key === key && isRecordShaped(record)
    return isReadable ? record : undefined
  } catch {
    return undefined
  }
}

/** The whole of a record that a plan knows; one that is not in the store yet is known whole. */
export const wholeRecord = (store: StoreLayout, known: RecordSummary | undefined): StoreRecord | undefined => {
  if (known === undefined) return undefined
  return "format" in known ? (known as StoreRecord) : readRecord(store, known.key)
}

/** As `readRecord`, quicker where there most often is none: an error of the file system costs more than asking. */
export const findRecord = (store: StoreLayout, key: string): StoreRecord | undefined =>
  fs.existsSync(recordPath(store, key)) ? readRecord(store, key) : undefined

/** Writes a record, whole or not at all. `scratch` as in `writeAtomically`. */
export const writeRecord = (store: StoreLayout, record: StoreRecord, scratch?: string): void =>
  writeAtomically(recordPath(store, record.key), JSON.stringify(record), scratch)

/** The keys of all records, readable or not. */
export const recordKeys = (store: StoreLayout): ReadonlyArray<string> =>
  shardsOf(`${store.root}/records`).flatMap((shard) =>
    fs
      .readdirSync(`${store.root}/records/${shard}`)
      .flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -".json".length)] : [])),
  )
