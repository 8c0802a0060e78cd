/**
 * Summaries: what planning reads of records, of all nodes of a profile in one file, so that a plan need not read and parse
 * thousands of records. A short cut and no second truth: a summary counts only while its record is still the very file that
 * it was taken from, by the same stamps as objects; without the file, or where it is damaged, plans read the records.
 */
import * as fs from "node:fs"
import { crc32 } from "node:zlib"
import { recordPath, type Scope, type StoreLayout, summariesPath, writeAtomically } from "./layout.ts"
import { isUnmoved, stampOf } from "./objects.ts"
import { findRecord, type RecordSummary, readRecord, type Stamp } from "./record.ts"
import { type PackedSummary, pack, unpack } from "./summary-text.ts"

/** A summary with the size and stamp of its record's file. */
type Entry = readonly [key: string, bytes: number, stamp: Stamp, summary: PackedSummary]

/** The part of all records, one in so many, that may lack a summary before the file is written anew. */
const TOLERATED = 100

/** The summaries of a profile's records. */
export class Summaries {
  readonly #store: StoreLayout
  readonly #file: string
  readonly #entries: ReadonlyMap<string, Entry>

  /** What was written last; nothing where there is none, or where it isn't whole. */
  constructor(store: StoreLayout, scope: Scope) {
    this.#store = store
    this.#file = summariesPath(store, scope)
    this.#entries = new Map(readEntries(this.#file).map((entry) => [entry[0], entry]))
  }

  /** What planning reads of a record; undefined where there is none that can be read. `expected`: whether one should be there. */
  find(key: string, expected: boolean): RecordSummary | undefined {
    const entry = this.#entries.get(key)
    if (entry !== undefined && isOf(this.#store, entry)) return unpack(key, entry[3])
    return (expected ? readRecord : findRecord)(this.#store, key)
  }

  /** Writes the summaries of these records, where too many of them have none. `scratch` as in `writeAtomically`. */
  save(keys: ReadonlyArray<string>, scratch: string): void {
    const missing = keys.filter((key) => !this.#entries.has(key)).length
    if (missing * TOLERATED <= keys.length) return
    const entries = keys.flatMap((key) => {
      const entry = this.#entries.get(key) ?? take(this.#store, key)
      return entry === undefined ? [] : [entry]
    })
    const text = Buffer.from(JSON.stringify(entries))
    writeAtomically(this.#file, Buffer.concat([Buffer.from(headOf(text)), text]), scratch)
  }
}

/** The first line: how the rest is written, and its checksum. */
const headOf = (text: Buffer): string => `summaries 1 ${crc32(text).toString(16).padStart(8, "0")}\n`

const readEntries = (file: string): ReadonlyArray<Entry> => {
  try {
    const written = fs.readFileSync(file)
    const text = written.subarray(written.indexOf("\n") + 1)
    const isWhole = written.subarray(0, -text.length).toString() === headOf(text)
    return isWhole ? (JSON.parse(text.toString()) as ReadonlyArray<Entry>) : []
  } catch {
    return []
  }
}

/** Whether a record's file is the one that its summary was taken from. */
const isOf = (store: StoreLayout, [key, bytes, stamp]: Entry): boolean =>
  isUnmoved(fs.statSync(recordPath(store, key), { throwIfNoEntry: false }), { bytes, stamp })

/** Takes the summary of a record from its file, unless that is replaced meanwhile. */
const take = (store: StoreLayout, key: string): Entry | undefined => {
  const stat = fs.statSync(recordPath(store, key), { bigint: true, throwIfNoEntry: false })
  const record = readRecord(store, key)
  const packed = record === undefined ? undefined : pack(record)
  if (stat === undefined || packed === undefined) return undefined
  const entry: Entry = [key, Number(stat.size), stampOf(stat), packed]
  return isOf(store, entry) ? entry : undefined
}
