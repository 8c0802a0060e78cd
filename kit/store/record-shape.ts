/**
 * Whether what was read has a record's shape: one that was edited by hand, or that a disk spoiled into other JSON, counts
 * as absent and is told by `verify`. Only shapes are looked at, and quickly, since a plan reads thousands; records from
 * elsewhere are held to more (`foreign-record.ts`).
 */
import { isPlainPath } from "./layout.ts"

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isDigest = (value: unknown): boolean => typeof value === "string" && value.length === 64 && !value.includes("/")

/** A path that stays below its folder; most have nothing that could lead out of it. */
const staysInside = (path: string): boolean =>
  (!path.startsWith("/") && !path.includes("..") && !path.includes("\0")) || isPlainPath(path)

const isFile = (file: unknown): boolean =>
  isFields(file) &&
  isDigest(file.digest) &&
  typeof file.bytes === "number" &&
  typeof file.path === "string" &&
  staysInside(file.path) &&
  (file.stamp === undefined || (Array.isArray(file.stamp) && file.stamp.length === 3))

const isArtifact = (artifact: unknown): boolean =>
  isFields(artifact) &&
  isDigest(artifact.digest) &&
  typeof artifact.type === "string" &&
  typeof artifact.format === "string" &&
  typeof artifact.extension === "string" &&
  !artifact.extension.includes("/") &&
  typeof artifact.bytes === "number" &&
  Array.isArray(artifact.files) &&
  artifact.files.every(isFile)

const isInput = (input: unknown): boolean =>
  isFields(input) &&
  isDigest(input.digest) &&
  typeof input.node === "string" &&
  typeof input.output === "string" &&
  (input.labels === undefined || isFields(input.labels))

/** A time as `toISOString` writes it. */
const MOMENT = /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?Z$/

const isRun = (run: unknown): boolean =>
  isFields(run) &&
  typeof run.started === "string" &&
  MOMENT.test(run.started) &&
  typeof run.milliseconds === "number" &&
  typeof run.attempt === "number" &&
  typeof run.log === "string" &&
  isFields(run.machine) &&
  isFields(run.versions) &&
  isFields(run.metrics)

const areAll = (fields: unknown, test: (value: unknown) => boolean): boolean => {
  if (!isFields(fields)) return false
  for (const name in fields) if (!test(fields[name])) return false
  return true
}

const areInputs = (list: unknown): boolean => Array.isArray(list) && list.every(isInput)

/** Whether the fields are those of a record, each of its kind. */
export const isRecordShaped = (record: unknown): boolean =>
  isFields(record) &&
  typeof record.key === "string" &&
  typeof record.pipeline === "string" &&
  typeof record.profile === "string" &&
  typeof record.node === "string" &&
  typeof record.stage === "string" &&
  isFields(record.labels) &&
  isFields(record.environment) &&
  isFields(record.code) &&
  typeof record.code.digest === "string" &&
  isFields(record.code.declarations) &&
  areAll(record.inputs, areInputs) &&
  areAll(record.outputs, isArtifact) &&
  isRun(record.run) &&
  (record.pulled === undefined || (isFields(record.pulled) && typeof record.pulled.from === "string")) &&
  (record.unanswered === undefined || isFields(record.unanswered))
