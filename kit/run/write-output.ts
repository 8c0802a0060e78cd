/** Moves what a stage gave into the store: values encoded by their types, or the files that a worker task left. */
import * as fs from "node:fs"
import * as fsp from "node:fs/promises"
import * as path from "node:path"
import * as Schema from "effect/Schema"
import type { AnyArtifactType, FolderContents } from "../artifact.ts"
import { StageError } from "../errors.ts"
import { manifestText } from "../store/artifact-objects.ts"
import { isPlainPath, type StoreLayout } from "../store/layout.ts"
import { folderDigest, ingestBytes, ingestFile } from "../store/objects.ts"
import type { StoredArtifact, StoredFile } from "../store/record.ts"
import { refuseSecret, type Secrets } from "./keep-secrets.ts"

/** The bytes of a value, as its type stores them. */
export const encodeValue = (type: AnyArtifactType, value: unknown, place: string): string | Uint8Array => {
  try {
    if (type.format === "jsonl")
      return (value as ReadonlyArray<unknown>).map((row) => `${encodeJson(type, row)}\n`).join("")
    if (type.format === "json") return `${encodeJson(type, value)}\n`
    return value as string | Uint8Array
  } catch (error) {
    throw StageError.of(
      `The stage gave a value that does not fit "${type.name}": ${(error as Error).message}`,
      place,
      "Correct the stage: its output must fit its declared type.",
    )
  }
}

/** JSON of an encoded value; NaN and infinities are refused, since JSON would turn them into null. */
const encodeJson = (type: AnyArtifactType, value: unknown): string =>
  JSON.stringify(type.schema === undefined ? value : Schema.encodeUnknownSync(type.schema)(value), (name, inner) => {
    if (typeof inner === "number" && !Number.isFinite(inner)) throw new TypeError(`"${name}" is ${inner}`)
    return inner
  })

/** Stores a value that a stage computed here. `prefix` begins names of files that are free, on the store's file system. */
export const storeValue = async (
  store: StoreLayout,
  type: AnyArtifactType,
  value: unknown,
  prefix: string,
  place: string,
  secrets: Secrets = {},
): Promise<StoredArtifact> => {
  let count = 0
  const scratch = (): string => `${prefix}-${count++}`
  if (type.format !== "folder") {
    const bytes = encodeValue(type, value, place)
    refuseSecret(bytes, secrets, place)
    return single(type, await ingestBytes(store, bytes, scratch()))
  }
  const entries = Object.entries(value as FolderContents).sort(([a], [b]) => (a < b ? -1 : 1))
  const names = new Set(entries.map(([name]) => name))
  for (const [name, bytes] of entries) {
    refuseUnfit(name, names, place)
    refuseSecret(bytes, secrets, place)
  }
  const files: Array<StoredFile> = []
  for (const [name, bytes] of entries) files.push({ ...(await ingestBytes(store, bytes, scratch())), path: name })
  return storeFolder(store, type, files, scratch())
}

/** A folder's files are named by plain relative paths, none inside another file, so that it can be laid out anywhere. */
const refuseUnfit = (name: string, names: ReadonlySet<string>, place: string): void => {
  const parts = name.split("/")
  const inFile = parts.some((_, index) => index > 0 && names.has(parts.slice(0, index).join("/")))
  if (isPlainPath(name) && !inFile) return
  throw StageError.of(
    `A folder can't hold a file named ${JSON.stringify(name)}${inFile ? " inside another file" : ""}`,
    place,
    "Correct the stage: name its files by relative paths without `.` and `..`, of parts up to 255 bytes long.",
  )
}

/** Stores a file or folder that a worker task left under its outputs. */
export const storeOutput = async (
  store: StoreLayout,
  type: AnyArtifactType,
  output: string,
  place: string,
): Promise<StoredArtifact> => {
  const stat = fs.statSync(output, { throwIfNoEntry: false })
  if (stat === undefined || stat.isDirectory() !== (type.format === "folder")) {
    throw StageError.of(
      `The task left no ${type.format === "folder" ? "folder" : "file"} "${path.basename(output)}"`,
      place,
      "Correct the task: every declared output must be there when it ends.",
    )
  }
  if (type.format !== "folder") return single(type, await ingestFile(store, output))
  const names = (await fsp.readdir(output, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(output, `${entry.parentPath}/${entry.name}`))
    .sort()
  const files: Array<StoredFile> = []
  for (const name of names) files.push(await ingestFile(store, `${output}/${name}`, name))
  return storeFolder(store, type, files, `${output}.manifest`)
}

const single = (type: AnyArtifactType, file: StoredFile): StoredArtifact => ({
  type: type.name,
  format: type.format,
  extension: type.extension,
  digest: file.digest,
  bytes: file.bytes,
  files: [file],
})

/** A folder's manifest is an object too, so that the folder can be read from the store with ordinary tools. */
const storeFolder = async (
  store: StoreLayout,
  type: AnyArtifactType,
  files: ReadonlyArray<StoredFile>,
  scratch: string,
): Promise<StoredArtifact> => {
  await ingestBytes(store, manifestText(files), scratch)
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return { type: type.name, format: "folder", extension: "", digest: folderDigest(files), bytes, files }
}
