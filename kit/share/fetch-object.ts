/**
 * Brings one object into the store. Its bytes are hashed while they arrive, in a file that nobody takes for the object;
 * what is interrupted goes on from where it stopped, and only whole bytes of the right digest get the object's name.
 */
import { createHash, type Hash } from "node:crypto"
import * as fs from "node:fs"
import * as fsp from "node:fs/promises"
import { describeErrno, StoreError } from "../errors.ts"
import type { ObjectName } from "../store/artifact-objects.ts"
import { incomingPath, objectPath, objectPlace, type StoreLayout } from "../store/layout.ts"
import { type Remote, remoteError } from "./remote.ts"

/** How often a transfer that breaks is taken up again, and how long it may stand still, in milliseconds. */
const TRIES = 5
const STALL = 60_000

export interface FetchOptions {
  readonly signal: AbortSignal
  readonly onBytes: (bytes: number) => void
}

/** True when the object is in the store now; false when the remote doesn't have it. */
export const fetchObject = async (
  store: StoreLayout,
  remote: Remote,
  object: ObjectName,
  options: FetchOptions,
): Promise<boolean> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await receive(store, remote, object, options)
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason
      if (error instanceof Mismatch && error.resumed && attempt < TRIES) continue
      if (error instanceof Mismatch) throw refused(remote, object)
      if (error instanceof StoreError) throw error
      if (LOCAL.has((error as NodeJS.ErrnoException).code ?? "")) throw localError(store, object, error)
      if (attempt === TRIES) throw broken(remote, object, error)
      await new Promise((resolve) => setTimeout(resolve, 200 * 2 ** attempt * (0.5 + Math.random())))
    }
  }
}

class Mismatch extends Error {
  readonly resumed: boolean
  constructor(resumed: boolean) {
    super("the digest differs")
    this.resumed = resumed
  }
}

const receive = async (
  store: StoreLayout,
  remote: Remote,
  object: ObjectName,
  options: FetchOptions,
): Promise<boolean> => {
  const part = incomingPath(store, object.digest)
  const hash = createHash("sha256")
  const offset = await known(part, object.bytes, hash)
  options.onBytes(offset)
  if (offset < object.bytes || object.bytes === 0) {
    const body = object.bytes === 0 ? undefined : await remote.get(objectPlace(object.digest), offset, options.signal)
    if (body === undefined && object.bytes > 0) return false
    await append(part, body, { object, offset, hash, ...options })
  }
  if (hash.digest("hex") !== object.digest) {
    await fsp.rm(part, { force: true })
    throw new Mismatch(offset > 0)
  }
  await fsp.chmod(part, 0o444)
  await fsp.rename(part, objectPath(store, object.digest))
  return true
}

/** Bytes that an earlier try left; they go through the hash again. */
const known = async (part: string, expected: number, hash: Hash): Promise<number> => {
  const size = fs.statSync(part, { throwIfNoEntry: false })?.size ?? 0
  if (size > expected) await fsp.rm(part, { force: true })
  if (size === 0 || size > expected) return 0
  for await (const chunk of fs.createReadStream(part, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return size
}

interface Arriving extends FetchOptions {
  readonly object: ObjectName
  readonly offset: number
  readonly hash: Hash
}

const append = async (
  part: string,
  body: (AsyncIterable<Uint8Array> & { readonly destroy?: (error?: Error) => unknown }) | undefined,
  { object, offset, hash, onBytes, signal }: Arriving,
): Promise<void> => {
  const handle = await fsp.open(part, "a", 0o600)
  const stop = (): void => void body?.destroy?.(new Error("it was stopped"))
  const stalled = (): void => void body?.destroy?.(new Error(`no byte came for ${STALL / 1000} s`))
  signal.addEventListener("abort", stop)
  let timer = setTimeout(stalled, STALL)
  let arrived = offset
  try {
    for await (const chunk of body ?? []) {
      clearTimeout(timer)
      timer = setTimeout(stalled, STALL)
      arrived += chunk.length
      if (arrived > object.bytes) break
      hash.update(chunk)
      await handle.appendFile(chunk)
      onBytes(chunk.length)
    }
    await handle.sync()
  } finally {
    clearTimeout(timer)
    signal.removeEventListener("abort", stop)
    body?.destroy?.()
    await handle.close()
  }
  if (arrived > object.bytes) hash.update("more bytes than the record says")
  if (arrived < object.bytes) throw new Error(`the connection ended after ${arrived} of ${object.bytes} bytes`)
}

const refused = (remote: Remote, { digest }: ObjectName): StoreError =>
  remoteError(
    remote.name,
    `Refused: ${objectPlace(digest)} at ${remote.name} is not what its digest says`,
    "Mend or remove it there, take it from another place with --from, or compute it here: `repro run NODE --force`.",
  )

const broken = (remote: Remote, { digest }: ObjectName, error: unknown): StoreError =>
  remoteError(
    remote.name,
    `${objectPlace(digest)} could not be fetched from ${remote.name} in ${TRIES} tries: ${(error as Error).message}`,
    "Check the network, then run the same command again: it goes on from where it stopped.",
  )

const LOCAL = new Set(["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EMFILE", "EIO"])

/** The store's own disk failed; what arrived is dropped where the disk is full, since others need the room. */
const localError = (store: StoreLayout, { digest }: ObjectName, error: unknown): StoreError => {
  const { message, remedy } = describeErrno(error)
  if (["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "")) {
    fs.rmSync(incomingPath(store, digest), { force: true })
  }
  return new StoreError({ message: `${message}, while ${objectPlace(digest)} arrived`, where: store.root, remedy })
}
