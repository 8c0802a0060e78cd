/**
 * A remote: a place elsewhere that holds records and objects under the paths that they have in a store. What differs
 * between a folder, a bucket, a data-set repository and a pack is behind these few methods; each is a file of its own.
 */
import type { Readable } from "node:stream"
import { StoreError } from "../errors.ts"

/** Something to be stored: a file, or bytes in memory, with the digest that it must have. */
export interface Upload {
  /** Where it goes, such as `objects/ab/cd…`. */
  readonly path: string
  readonly bytes: number
  /** SHA-256 in hexadecimal. */
  readonly digest: string
  readonly source: { readonly file: string } | { readonly data: Uint8Array }
  /** Told of each stretch of bytes that went. */
  readonly onBytes: (bytes: number) => void
}

export interface Remote {
  /** How people name it; without secrets, and enough to open it again. */
  readonly name: string
  /** How many transfers it takes at once, and how many files each upload should carry. */
  readonly parallel: number
  readonly batch: number
  /** The sizes of those of these paths that are there. */
  readonly sizes: (paths: ReadonlyArray<string>, signal: AbortSignal) => Promise<ReadonlyMap<string, number>>
  /** The bytes at a path from an offset on; undefined where nothing lies there. */
  readonly get: (path: string, offset: number, signal: AbortSignal) => Promise<Readable | undefined>
  /** Stores what is not there yet and never replaces anything; gives the paths where something lay already. */
  readonly put: (uploads: ReadonlyArray<Upload>, signal: AbortSignal) => Promise<ReadonlySet<string>>
}

/** Opens a remote by what a person typed. `write` makes what may be made: a folder, a repository. */
export interface OpenOptions {
  readonly write: boolean
  readonly signal: AbortSignal
}

/** The format of a remote is that of a store, told by a file of the same name. */
export const FORMAT_PATH = "format"

/** An error of a remote, with the remote's name as its place. */
export const remoteError = (name: string, message: string, remedy: string): StoreError =>
  new StoreError({ message, where: name, remedy })

/** Reads a small file whole; more than `limit` bytes are refused. */
export const readSmall = async (
  remote: Remote,
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<Buffer | undefined> => {
  const body = await remote.get(path, 0, signal)
  if (body === undefined) return undefined
  const chunks: Array<Buffer> = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += (chunk as Buffer).length
    if (bytes > limit) {
      throw remoteError(
        remote.name,
        `${path} is larger than ${limit} bytes`,
        "It is none of the kit's: remove it there.",
      )
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}
