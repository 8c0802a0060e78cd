/**
 * Objects: bytes under the name of their SHA-256, read-only. They come in by rename from the same file system after a
 * sync, so an object is whole or absent. Planning trusts size and stamp; bytes are hashed again on any difference.
 */
import * as fs from "node:fs"
import * as fsp from "node:fs/promises"
import { promisify } from "node:util"
import { sha256 } from "../canonical.ts"
import { manifestText } from "./artifact-objects.ts"
import { hashFile, hashFileSync } from "./hash-file.ts"
import { objectPath, type StoreLayout } from "./layout.ts"
import type { Stamp, StoredArtifact, StoredFile } from "./record.ts"

/** What a stat says of a file, as it is compared later. */
export const stampOf = (stat: fs.BigIntStats): Stamp => [`${stat.mtimeNs}`, `${stat.ctimeNs}`, `${stat.ino}`]

const sameStamp = (a: Stamp | undefined, b: Stamp): boolean =>
  a !== undefined && a[0] === b[0] && a[1] === b[1] && a[2] === b[2]

/**
 * Whether a file is as its stamp says, in plain numbers, which are quicker than big integers. They tell times to a quarter of
 * a microsecond; where they differ, or where the stamp was not written by `stampOf`, this says no.
 */
export const isUnmoved = (stat: fs.Stats | undefined, { bytes, stamp }: Pick<StoredFile, "bytes" | "stamp">): boolean =>
  stat !== undefined &&
  stamp !== undefined &&
  stat.size === bytes &&
  stat.isFile() &&
  stat.mtimeMs === millisecondsOf(stamp[0]) &&
  stat.ctimeMs === millisecondsOf(stamp[1]) &&
  stat.ino === Number(stamp[2])

/** Milliseconds of a time in nanoseconds, by the same steps as Node takes for `Stats`. */
const millisecondsOf = (nanoseconds: string): number =>
  Number(nanoseconds.slice(0, -9)) * 1000 + Number(nanoseconds.slice(-9)) / 1e6

/** Moves a file into the store; the file must be on the store's file system. */
export const ingestFile = async (store: StoreLayout, file: string, relative = ""): Promise<StoredFile> => {
  const digest = await hashFile(file)
  store.announce?.([digest])
  const target = objectPath(store, digest)
  const { size } = await fsp.stat(file)
  if (!(await alreadyThere(target, digest, size))) await moveIn(file, target)
  else await fsp.rm(file)
  return { path: relative, digest, bytes: size, stamp: stampOf(fs.statSync(target, { bigint: true })) }
}

const alreadyThere = async (target: string, digest: string, size: number): Promise<boolean> => {
  const stat = fs.lstatSync(target, { throwIfNoEntry: false })
  return stat?.isFile() === true && stat.size === size && (await hashFile(target)) === digest
}

const moveIn = async (file: string, target: string): Promise<void> => {
  const handle = await fsp.open(file, "r+")
  try {
    await handle.sync()
    await handle.chmod(0o444)
  } finally {
    await handle.close()
  }
  await place(file, target)
}

/** Renames a file that is synced and read-only to its place. */
const place = async (file: string, target: string): Promise<void> => {
  if (fs.lstatSync(target, { throwIfNoEntry: false })?.isDirectory()) await fsp.rm(target, { recursive: true })
  fs.renameSync(file, target)
}

const sync = promisify(fs.fsync)

/** Writes a new read-only file and waits until the disk has it: the one step that takes time, so the only one that others don't wait for. */
const writeSynced = async (file: string, bytes: string | Uint8Array): Promise<void> => {
  const handle = fs.openSync(file, "wx")
  try {
    fs.writeFileSync(handle, bytes)
    fs.fchmodSync(handle, 0o444)
    await sync(handle)
  } finally {
    fs.closeSync(handle)
  }
}

/** Stores bytes that are in memory; `scratch` is a free file name on the store's file system. */
export const ingestBytes = async (
  store: StoreLayout,
  bytes: string | Uint8Array,
  scratch: string,
): Promise<StoredFile> => {
  const digest = sha256(bytes)
  store.announce?.([digest])
  const target = objectPath(store, digest)
  const size = typeof bytes === "string" ? Buffer.byteLength(bytes) : bytes.byteLength
  if (!(await alreadyThere(target, digest, size))) {
    await writeSynced(scratch, bytes)
    await place(scratch, target)
  }
  return { path: "", digest, bytes: size, stamp: stampOf(fs.statSync(target, { bigint: true })) }
}

/** What is wrong with an object, or undefined when it is whole. */
export type Damage = "missing" | "changed"

/** Checks by size and stamp, and by its bytes where these differ; gives the new stamp where it moved but the bytes are right. */
export const checkFile = (store: StoreLayout, file: StoredFile): Damage | Stamp | undefined => {
  const place = objectPath(store, file.digest)
  if (isUnmoved(fs.statSync(place, { throwIfNoEntry: false }), file)) return undefined
  const stat = fs.statSync(place, { bigint: true, throwIfNoEntry: false })
  if (stat === undefined) return "missing"
  if (!stat.isFile() || Number(stat.size) !== file.bytes) return "changed"
  const stamp = stampOf(stat)
  if (sameStamp(file.stamp, stamp)) return undefined
  return hashFileSync(place) === file.digest ? stamp : "changed"
}

/** The first damaged file of an artifact, with what is wrong. */
export const findDamage = (
  store: StoreLayout,
  artifact: StoredArtifact,
): { readonly file: StoredFile; readonly damage: Damage } | undefined => {
  for (const file of artifact.files) {
    const found = checkFile(store, file)
    if (found === "missing" || found === "changed") return { file, damage: found }
  }
  return undefined
}

/**
 * Moves the time stamp of an object or a record whose bytes are wrong, so that the next plan reads it again: planning trusts
 * stamps, and a disk may spoil bytes without moving them. `place` is below the store. False where that can't be written to.
 */
export const distrust = (store: StoreLayout, place: string): boolean => {
  try {
    const now = new Date()
    fs.utimesSync(`${store.root}/${place}`, now, now)
    return true
  } catch {
    return false
  }
}

/** The digest of a folder: that of its manifest. */
export const folderDigest = (files: ReadonlyArray<StoredFile>): string => sha256(manifestText(files))
