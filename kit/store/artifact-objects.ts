/** The objects that an artifact is made of: its files, and for a folder its manifest. */
import type { StoredArtifact, StoredFile } from "./record.ts"

/** Bytes in the store, by digest. */
export interface ObjectName {
  readonly digest: string
  readonly bytes: number
}

/** A folder's manifest: path, digest and size of each file. */
export const manifestText = (files: ReadonlyArray<StoredFile>): string =>
  JSON.stringify(files.map((file) => [file.path, file.digest, file.bytes]))

/** The objects that hold an artifact, without repeats. */
export const artifactObjects = ({ format, digest, files }: StoredArtifact): ReadonlyArray<ObjectName> => {
  const objects = new Map<string, ObjectName>(files.map((file) => [file.digest, file]))
  if (format === "folder") objects.set(digest, { digest, bytes: Buffer.byteLength(manifestText(files)) })
  return [...objects.values()].map(({ digest, bytes }) => ({ digest, bytes }))
}
