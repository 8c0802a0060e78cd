/**
 * SHA-256 of files. Small ones are read at once; for others, two buffers of 1 MiB are filled and hashed in turn, so that
 * reading and hashing overlap.
 */
import { createHash, hash } from "node:crypto"
import * as fs from "node:fs"
import * as fsp from "node:fs/promises"

const BUFFER = 1 << 20

/** Files of at most this many bytes are read at once. */
const SMALL = 64 * 1024

const isSmall = (file: string): boolean => fs.statSync(file).size <= SMALL

/** The digest of a file's bytes, read as a stream. */
export const hashFile = async (file: string): Promise<string> => {
  if (isSmall(file)) return hash("sha256", fs.readFileSync(file))
  const handle = await fsp.open(file, "r")
  try {
    const digest = createHash("sha256")
    const buffers: ReadonlyArray<Buffer> = [Buffer.allocUnsafe(BUFFER), Buffer.allocUnsafe(BUFFER)]
    let turn = 0
    let pending = handle.read(buffers[0] as Buffer, 0, BUFFER)
    for (;;) {
      const { bytesRead } = await pending
      if (bytesRead === 0) return digest.digest("hex")
      const full = buffers[turn] as Buffer
      turn = 1 - turn
      pending = handle.read(buffers[turn] as Buffer, 0, BUFFER)
      digest.update(full.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

/** The digest of a file's bytes, at once: for planning, where files are small. */
export const hashFileSync = (file: string): string => {
  if (isSmall(file)) return hash("sha256", fs.readFileSync(file))
  const handle = fs.openSync(file, "r")
  try {
    const digest = createHash("sha256")
    const buffer = Buffer.allocUnsafe(BUFFER)
    for (;;) {
      const count = fs.readSync(handle, buffer, 0, BUFFER, null)
      if (count === 0) return digest.digest("hex")
      digest.update(buffer.subarray(0, count))
    }
  } finally {
    fs.closeSync(handle)
  }
}
