/** Which results objects belong to: asked only for objects that are damaged or missing. */
import type { StoreLayout } from "../layout.ts"
import { type Pin, readPins } from "../pins.ts"
import { readRecord, recordKeys, type StoreRecord } from "../record.ts"

/** A result that an object is part of: an output, one of its files, or the log. */
export interface Use {
  readonly pipeline: string
  readonly profile: string
  readonly node: string
  readonly part: string
}

/** The uses of these objects, by digest. */
export const usesOf = (store: StoreLayout, wanted: ReadonlySet<string>): ReadonlyMap<string, ReadonlyArray<Use>> => {
  const found = new Map<string, Array<Use>>()
  if (wanted.size === 0) return found
  const take = (record: StoreRecord, suffix: string): void => {
    const { pipeline, profile, node } = record
    for (const [digest, part] of partsOf(record)) {
      if (!wanted.has(digest)) continue
      const uses = found.get(digest) ?? []
      uses.push({ pipeline, profile, node, part: `${part}${suffix}` })
      found.set(digest, uses)
    }
  }
  for (const key of recordKeys(store)) {
    const record = readRecord(store, key)
    if (record !== undefined) take(record, "")
  }
  for (const { name, records } of readablePins(store)) for (const record of records) take(record, ` (pin ${name})`)
  return found
}

const readablePins = (store: StoreLayout): ReadonlyArray<Pin> => {
  try {
    return readPins(store)
  } catch {
    return []
  }
}

/** What the objects of a record are to it, by digest; nothing for one whose fields are not those of a record. */
const partsOf = (record: StoreRecord): ReadonlyMap<string, string> => {
  try {
    return namedParts(record)
  } catch {
    return new Map()
  }
}

const namedParts = (record: StoreRecord): ReadonlyMap<string, string> => {
  const parts = new Map<string, string>([[record.run.log, "its log"]])
  for (const [output, { digest, files }] of Object.entries(record.outputs)) {
    parts.set(digest, output)
    for (const file of files) parts.set(file.digest, file.path === "" ? output : `${output}/${file.path}`)
  }
  return parts
}
