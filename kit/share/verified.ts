/** A stream that is hashed as it passes, and breaks at its end when the bytes are not what they should be. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { Readable, Transform } from "node:stream"
import { StoreError } from "../errors.ts"
import type { Upload } from "./remote.ts"

const CHUNK = 1 << 20

/** The bytes of an upload. One whose object was changed on the disk breaks, so that no remote takes it. */
export const uploadStream = (upload: Upload): Readable => {
  const { source, digest, bytes, onBytes } = upload
  if ("data" in source) {
    onBytes(bytes)
    return Readable.from([source.data])
  }
  const hash = createHash("sha256")
  const check = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      onBytes(chunk.length)
      done(null, chunk)
    },
    flush(done) {
      done(hash.digest("hex") === digest ? null : damaged(upload))
    },
  })
  const file = fs.createReadStream(source.file, { highWaterMark: CHUNK })
  file.on("error", (error) => check.destroy(error))
  return file.pipe(check)
}

/** The error of an object that is not what its name says. */
export const damaged = ({ path, source }: Upload): StoreError =>
  new StoreError({
    message: `An object is damaged: ${path} no longer has the digest that is its name, so it is not sent`,
    where: "file" in source ? source.file : path,
    remedy: "Run again: the damaged object is found and made anew. Then push again.",
  })
