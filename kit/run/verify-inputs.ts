/** Hashes the bytes that a stage is about to read, once for each object and stamp in a run. */
import * as fs from "node:fs"
import { StoreError } from "../errors.ts"
import { hashFile } from "../store/hash-file.ts"
import { objectPath, objectPlace, type StoreLayout } from "../store/layout.ts"
import { distrust } from "../store/objects.ts"
import type { WiredInputs } from "./read-input.ts"

/** Remembers which objects were hashed, by digest and stamp. */
export type Verified = Map<string, Promise<boolean>>

/** Fails when an input's bytes are not what its digest says. */
export const verifyInputs = async (store: StoreLayout, wired: WiredInputs, verified: Verified): Promise<void> => {
  for (const { record, artifact } of Object.values(wired).flat()) {
    for (const file of artifact.files) {
      if (await whole(store, file.digest, verified)) continue
      distrust(store, objectPlace(file.digest))
      throw new StoreError({
        message: `An object is damaged: ${record.output}${file.path === "" ? "" : `/${file.path}`} of ${record.node} no longer has the digest ${file.digest}`,
        where: objectPath(store, file.digest),
        remedy: "Run again: the damaged object is found and made anew.",
      })
    }
  }
}

const whole = (store: StoreLayout, digest: string, verified: Verified): Promise<boolean> => {
  const place = objectPath(store, digest)
  const stat = fs.statSync(place, { bigint: true, throwIfNoEntry: false })
  const id = `${digest} ${stat?.mtimeNs} ${stat?.ctimeNs} ${stat?.ino}`
  const known = verified.get(id)
  if (known !== undefined) return known
  const check = stat === undefined ? Promise.resolve(false) : hashFile(place).then((found) => found === digest)
  verified.set(id, check)
  return check
}
