/**
 * A pack as a remote: one tar file with records and objects under their paths in a store. Opening it reads it through once
 * and refuses it as a whole when anything in it is not as it should be; bytes are then taken from where they lie in it.
 */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { Readable } from "node:stream"
import * as tar from "tar-stream"
import { describeErrno, StoreError, UsageError } from "../errors.ts"
import { derivationOf, describeCycle, findCycle } from "../store/cycles.ts"
import { RECORD_LIMIT, Refusal, readForeignRecord, recordObjects } from "../store/foreign-record.ts"
import { objectPlace } from "../store/layout.ts"
import type { StoreRecord } from "../store/record.ts"
import { type OpenOptions, type Remote, remoteError } from "./remote.ts"

/** The first member of a pack: what it holds. */
export const CONTENTS_PATH = "pack.json"
const CONTENTS_LIMIT = 256 * 1024 * 1024

/** Where a member's bytes lie in the file. */
interface Place {
  readonly start: number
  readonly bytes: number
}

interface Scanned {
  readonly places: ReadonlyMap<string, Place>
  readonly records: ReadonlyMap<string, StoreRecord>
  readonly leftOut: ReadonlySet<string>
}

/** Opens a pack by its path. */
export const openPack = async (place: string, { signal }: OpenOptions): Promise<Remote> => {
  const file = path.resolve(place)
  const scanned = await scan(file, signal)
  checkWhole(file, scanned)
  return new Pack(file, scanned.places)
}

class Pack implements Remote {
  readonly name: string
  readonly parallel = 4
  readonly batch = 1
  readonly #places: ReadonlyMap<string, Place>

  constructor(file: string, places: ReadonlyMap<string, Place>) {
    this.name = file
    this.#places = places
  }

  sizes = async (paths: ReadonlyArray<string>): Promise<ReadonlyMap<string, number>> =>
    new Map(
      paths.flatMap((wanted) => {
        const place = this.#places.get(wanted)
        return place === undefined ? [] : [[wanted, place.bytes] as const]
      }),
    )

  get = async (wanted: string, offset: number): Promise<Readable | undefined> => {
    const place = this.#places.get(wanted)
    if (place === undefined) return undefined
    if (offset >= place.bytes) return Readable.from([])
    return fs.createReadStream(this.name, { start: place.start + offset, end: place.start + place.bytes - 1 })
  }

  put = async (): Promise<never> => {
    throw new UsageError({
      message: "A pack is never changed",
      where: this.name,
      remedy: "Write another one with `repro pack FILE`.",
    })
  }
}

const refuse = (file: string, why: string): StoreError =>
  remoteError(file, `The pack is refused: ${why}`, "Ask for it anew from whoever made it; nothing was taken from it.")

/** Reads the whole file: every name, size and digest. */
const scan = async (file: string, signal: AbortSignal): Promise<Scanned> => {
  const places = new Map<string, Place>()
  const records = new Map<string, StoreRecord>()
  let leftOut: ReadonlySet<string> = new Set()
  const total = fs.statSync(file).size
  const extract = tar.extract()
  const source = fs.createReadStream(file, { highWaterMark: 1 << 20, signal })
  source.on("error", (error) => extract.destroy(error))
  source.pipe(extract)
  try {
    for await (const entry of extract) {
      const { name, size = 0, type, byteOffset = 0 } = entry.header as tar.Header & { readonly byteOffset?: number }
      checkMember(file, { name, size, type: type ?? "file", start: byteOffset }, total)
      if (places.has(name)) throw refuse(file, `it holds ${shown(name)} twice`)
      places.set(name, { start: byteOffset, bytes: size })
      if (name.startsWith("objects/")) await checkObject(file, name, entry)
      else {
        const text = await readText(entry)
        if (name.startsWith("records/")) records.set(...readRecordMember(file, name, text))
        if (name === CONTENTS_PATH) leftOut = readContents(file, text)
      }
    }
  } catch (error) {
    if (error instanceof StoreError || signal.aborted) throw error
    const { code } = error as NodeJS.ErrnoException
    throw refuse(
      file,
      code === undefined
        ? `it is no whole tar file (${(error as Error).message})${HINT}`
        : describeErrno(error).message,
    )
  } finally {
    source.destroy()
  }
  if (!places.has(CONTENTS_PATH)) throw refuse(file, `it has no ${CONTENTS_PATH}, so it is no pack${HINT}`)
  return { places, records, leftOut }
}

const HINT = "; one that was compressed must be unpacked first"
const shown = (name: string): string => JSON.stringify(name.slice(0, 120))
const MEMBER = /^(?:format|pack\.json|records\/([0-9a-f]{2})\/\1[0-9a-f]{62}\.json|objects\/[0-9a-f]{2}\/[0-9a-f]{62})$/

const checkMember = (
  file: string,
  {
    name,
    size,
    type,
    start,
  }: { readonly name: string; readonly size: number; readonly type: string; readonly start: number },
  total: number,
): void => {
  if (type !== "file") throw refuse(file, `${shown(name)} is a ${type}, not a plain file`)
  if (name.startsWith("/")) throw refuse(file, `${shown(name)} is an absolute path`)
  if (name.split(/[/\\]/u).includes("..")) throw refuse(file, `${shown(name)} leads outside the store`)
  if (!MEMBER.test(name)) throw refuse(file, `${shown(name)} has no place in a store`)
  const limit = name.startsWith("objects/") ? total : name.startsWith("records/") ? RECORD_LIMIT : CONTENTS_LIMIT
  if (size > limit || start + size > total) {
    throw refuse(
      file,
      `${shown(name)} says that it has ${size} bytes, ${start + size > total ? "more than the file has left" : "more than such a member may have"}`,
    )
  }
}

const checkObject = async (file: string, name: string, entry: AsyncIterable<unknown>): Promise<void> => {
  const hash = createHash("sha256")
  for await (const chunk of entry) hash.update(chunk as Buffer)
  const digest = name.slice("objects/".length).replace("/", "")
  const found = hash.digest("hex")
  if (found !== digest) throw refuse(file, `${shown(name)} has the digest ${found.slice(0, 12)}…, not that of its name`)
}

const readText = async (entry: AsyncIterable<unknown>): Promise<string> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of entry) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString("utf8")
}

const readRecordMember = (file: string, name: string, text: string): [string, StoreRecord] => {
  const key = path.basename(name, ".json")
  try {
    return [key, readForeignRecord(text, key)]
  } catch (error) {
    if (error instanceof Refusal) throw refuse(file, `${shown(name)}: ${error.message}`)
    throw error
  }
}

const readContents = (file: string, text: string): ReadonlySet<string> => {
  try {
    const { format, leftOut } = JSON.parse(text) as { readonly format: unknown; readonly leftOut: unknown }
    if (format === 1 && Array.isArray(leftOut)) return new Set(leftOut.map(String))
  } catch {
    // told below
  }
  throw refuse(file, `its ${CONTENTS_PATH} is none that this version reads`)
}

/** Every object that a record names is there or named as left out, and no record is made of what is made from it. */
const checkWhole = (file: string, { places, records, leftOut }: Scanned): void => {
  for (const record of records.values()) {
    const missing = recordObjects(record).find(({ digest }) => !places.has(objectPlace(digest)) && !leftOut.has(digest))
    if (missing !== undefined) {
      throw refuse(file, `the record of ${shown(record.node)} names ${objectPlace(missing.digest)}, which is not in it`)
    }
    const wrong = recordObjects(record).find(
      ({ digest, bytes }) => (places.get(objectPlace(digest))?.bytes ?? bytes) !== bytes,
    )
    if (wrong !== undefined) {
      throw refuse(
        file,
        `the record of ${shown(record.node)} gives ${objectPlace(wrong.digest)} another size than it has`,
      )
    }
  }
  const cycle = findCycle([...records.values()].map(derivationOf))
  if (cycle !== undefined) throw refuse(file, `its records form a cycle: ${describeCycle(cycle).slice(0, 1000)}`)
}
