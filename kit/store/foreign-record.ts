/**
 * A record that comes from elsewhere: nothing in it is believed. Its shape is checked, every name in it must stay inside
 * the store, its digests must fit each other; what the file system said elsewhere is dropped.
 */
import * as Schema from "effect/Schema"
import { sha256 } from "../canonical.ts"
import { keyOfRecord } from "../key.ts"
import { artifactObjects, manifestText } from "./artifact-objects.ts"
import { isPlainPath } from "./layout.ts"
import { RECORD_FORMAT, type StoredArtifact, type StoreRecord } from "./record.ts"

/** Bytes of a record's text; more is refused unread. */
export const RECORD_LIMIT = 16 * 1024 * 1024

const Digest = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))
const Size = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Texts = Schema.Record(Schema.String, Schema.String)
const Labels = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))
const Moment = Schema.String.check(Schema.isPattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/))

const Artifact = Schema.Struct({
  type: Schema.String,
  format: Schema.Literals(["jsonl", "json", "file", "folder"]),
  extension: Schema.String,
  digest: Digest,
  bytes: Size,
  files: Schema.Array(Schema.Struct({ path: Schema.String, digest: Digest, bytes: Size })),
})

const Input = Schema.Struct({
  digest: Digest,
  node: Schema.String,
  output: Schema.String,
  labels: Schema.optionalKey(Labels),
})

const Foreign = Schema.Struct({
  format: Schema.Literal(RECORD_FORMAT),
  key: Digest,
  engine: Schema.Int,
  task: Schema.optionalKey(Schema.String),
  pipeline: Schema.String,
  profile: Schema.String,
  node: Schema.String,
  stage: Schema.String,
  labels: Labels,
  params: Schema.Unknown,
  inputs: Schema.Record(Schema.String, Schema.Array(Input)),
  code: Schema.Struct({ digest: Schema.String, declarations: Texts }),
  environment: Texts,
  outputs: Schema.Record(Schema.String, Artifact),
  unanswered: Schema.optionalKey(Schema.Struct({ count: Size, of: Size, reason: Schema.String })),
  run: Schema.Struct({
    started: Moment,
    milliseconds: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
    attempt: Schema.Int,
    machine: Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite])),
    versions: Texts,
    metrics: Schema.Record(Schema.String, Schema.Finite),
    log: Digest,
  }),
})

/** Why a record is refused, in words that end a sentence. */
export class Refusal extends Error {}

const decode = Schema.decodeUnknownSync(Foreign)

/** Reads a record's text under the key that it was found by; a `Refusal` says what is wrong with it. */
export const readForeignRecord = (text: string, key: string): StoreRecord => {
  let record: StoreRecord
  try {
    record = decode(JSON.parse(text)) as StoreRecord
  } catch (error) {
    throw new Refusal(`it is no record of format ${RECORD_FORMAT}: ${firstLine(error)}`)
  }
  if (record.key !== key)
    throw new Refusal(`it lies under the key ${short(key)} but says that its key is ${short(record.key)}`)
  if (keyOfRecord(record) !== key) throw new Refusal("what it holds does not make its key")
  for (const [output, artifact] of Object.entries(record.outputs)) checkArtifact(output, artifact)
  return record
}

const firstLine = (error: unknown): string => (error as Error).message.replace(/\s+/gu, " ").slice(0, 200)
const short = (digest: string): string => digest.slice(0, 12)

const checkArtifact = (output: string, artifact: StoredArtifact): void => {
  const refuse = (why: string): never => {
    throw new Refusal(`its output ${JSON.stringify(output.slice(0, 80))} ${why}`)
  }
  const { format, files } = artifact
  if (artifact.bytes !== files.reduce((sum, file) => sum + file.bytes, 0)) refuse("gives a size that is not its files'")
  if (format !== "folder") {
    const [file] = files
    if (files.length !== 1 || file?.path !== "" || file.digest !== artifact.digest) refuse("is not one file")
    return
  }
  const seen = new Set<string>()
  for (const { path } of files) {
    if (!isPlainPath(path)) refuse(`names a file outside its folder: ${JSON.stringify(path.slice(0, 80))}`)
    if (seen.has(path)) refuse(`names a file twice: ${JSON.stringify(path.slice(0, 80))}`)
    seen.add(path)
  }
  const inside = files.find(({ path }) => parents(path).some((parent) => seen.has(parent)))
  if (inside !== undefined) refuse(`has a file inside another file: ${JSON.stringify(inside.path.slice(0, 80))}`)
  if (sha256(manifestText(files)) !== artifact.digest) refuse("has a digest that is not that of its list of files")
}

const parents = (path: string): ReadonlyArray<string> => {
  const parts = path.split("/")
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"))
}

/** A record as it leaves this store: without what is true here only. */
export const forElsewhere = (record: StoreRecord): StoreRecord => {
  const { pulled: _, ...own } = record
  const outputs = Object.fromEntries(
    Object.entries(record.outputs).map(([name, artifact]) => [
      name,
      { ...artifact, files: artifact.files.map(({ path, digest, bytes }) => ({ path, digest, bytes })) },
    ]),
  )
  return { ...own, outputs }
}

/** The objects that a record's outputs are made of. */
export const recordObjects = (record: StoreRecord) => Object.values(record.outputs).flatMap(artifactObjects)
