/** Checks the records of one shard folder: readable, of a known format, named by what they hold, their outputs there. */
import * as fs from "node:fs"
import * as path from "node:path"
import { keyOfRecord } from "../../key.ts"
import { artifactObjects } from "../artifact-objects.ts"
import { type Derivation, derivationOf } from "../cycles.ts"
import { objectPath, type StoreLayout } from "../layout.ts"
import { folderDigest } from "../objects.ts"
import { isReadableFormat, type StoredArtifact, type StoreRecord } from "../record.ts"
import { isRecordShaped } from "../record-shape.ts"
import { isOnTrust } from "../trust.ts"

/** Something wrong with a record; `missing` are the digests of outputs that are not in the store. */
export interface RecordProblem {
  /** The record's place below the store. */
  readonly file: string
  /** The node that it says it is of, where that can be read. */
  readonly node: string
  readonly why: string
  readonly missing: ReadonlyArray<string>
}

export interface RecordsChecked {
  readonly records: number
  /** Bytes of all outputs, those that several records share counted for each. */
  readonly bytes: number
  /** Records of a format that does not hold all that its key was made of. */
  readonly older: number
  /** Records that were taken from elsewhere, some bytes of which are still there. */
  readonly elsewhere: number
  readonly problems: ReadonlyArray<RecordProblem>
  /** What the records that can be read say of where they come from. */
  readonly derivations: ReadonlyArray<Derivation>
}

/** Checks every record of a shard. */
export const checkRecordShard = (store: StoreLayout, shard: string): RecordsChecked => {
  const folder = `records/${shard}`
  const problems: Array<RecordProblem> = []
  const derivations: Array<Derivation> = []
  let [records, bytes, older, elsewhere] = [0, 0, 0, 0]
  for (const name of fs.readdirSync(`${store.root}/${folder}`)) {
    if (!name.endsWith(".json")) continue
    const file = `${folder}/${name}`
    const checked = checkRecordFile(store, file)
    if (checked === undefined) continue
    records++
    bytes += checked.bytes
    if (checked.older) older++
    if (checked.elsewhere) elsewhere++
    if (checked.problem !== undefined) problems.push(checked.problem)
    if (checked.derivation !== undefined) derivations.push(checked.derivation)
  }
  return { records, bytes, older, elsewhere, problems, derivations }
}

interface FileChecked {
  readonly bytes: number
  readonly older: boolean
  readonly elsewhere: boolean
  readonly problem: RecordProblem | undefined
  readonly derivation?: Derivation
}

/** Checks one record, or gives undefined where it went away meanwhile. */
const checkRecordFile = (store: StoreLayout, file: string): FileChecked | undefined => {
  const text = readText(`${store.root}/${file}`)
  if (text === undefined) return undefined
  const checked = checkRecordText(store, file, text)
  // A record is written after its outputs and removed before them, so what is missing counts while it stays as it is.
  const moved = (checked.problem?.missing.length ?? 0) > 0 && readText(`${store.root}/${file}`) !== text
  return moved ? checkRecordFile(store, file) : checked
}

const readText = (file: string): string | undefined => {
  try {
    return fs.readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    return ""
  }
}

const checkRecordText = (store: StoreLayout, file: string, text: string): FileChecked => {
  let record: Partial<StoreRecord> = {}
  try {
    record = Object(JSON.parse(text)) as Partial<StoreRecord>
    const why = faultOf(record as StoreRecord, path.basename(file, ".json"))
    if (why === undefined) return wholeRecord(store, file, record as StoreRecord)
    return broken(file, record, why)
  } catch (error) {
    return broken(
      file,
      record,
      error instanceof SyntaxError ? "it is not whole JSON" : "its fields are not those of a record",
    )
  }
}

const broken = (file: string, { node }: Partial<StoreRecord>, why: string): FileChecked => ({
  bytes: 0,
  older: false,
  elsewhere: false,
  problem: { file, node: typeof node === "string" ? node : "", why, missing: [] },
})

/** What is wrong with a record by itself. */
const faultOf = (record: StoreRecord, key: string): string | undefined => {
  if (!isReadableFormat(record.format)) return `it has format ${record.format}, which this version can't read`
  if (record.key !== key) return "it has the key of another record"
  if (!isRecordShaped(record)) return "its fields are not those of a record"
  if ((keyOfRecord(record) ?? key) !== key)
    return "what it holds doesn't make its key: it was changed by hand or by a fault"
  const unlike = Object.entries(record.outputs).find(([, artifact]) => !isConsistent(artifact))
  return unlike === undefined ? undefined : `the files of its output "${unlike[0]}" don't make that output's digest`
}

const wholeRecord = (store: StoreLayout, file: string, record: StoreRecord): FileChecked => {
  const objects = Object.values(record.outputs).flatMap(artifactObjects)
  const missing = [...new Set(objects.map(({ digest }) => digest))].filter(
    (digest) => !fs.existsSync(objectPath(store, digest)),
  )
  const elsewhere = isOnTrust(record) && missing.length > 0
  return {
    bytes: Object.values(record.outputs).reduce((sum, artifact) => sum + artifact.bytes, 0),
    older: record.engine === undefined,
    elsewhere,
    problem: missing.length === 0 || elsewhere ? undefined : { file, node: record.node, why: "", missing },
    derivation: derivationOf(record),
  }
}

/** Whether the digest of an artifact is that of its files. */
const isConsistent = (artifact: StoredArtifact): boolean =>
  artifact.format === "folder"
    ? folderDigest(artifact.files) === artifact.digest
    : artifact.files.length === 1 && artifact.files[0]?.digest === artifact.digest
