/** Notes in a record what the file system says of its objects, once they are known to be whole. */
import * as fs from "node:fs"
import { objectPath, type StoreLayout } from "./layout.ts"
import { stampOf } from "./objects.ts"
import { readRecord, type StoredFile, writeRecord } from "./record.ts"

/** Rewrites the record of a key, some of whose objects (`whole`, by digest) were hashed just now; one that is gone stays so. */
export const restamp = (store: StoreLayout, key: string, whole: ReadonlySet<string>): void => {
  const record = readRecord(store, key)
  if (record === undefined) return
  const stamped = (file: StoredFile): StoredFile => {
    if (!whole.has(file.digest)) return file
    const stat = fs.statSync(objectPath(store, file.digest), { bigint: true, throwIfNoEntry: false })
    return stat === undefined ? file : { ...file, stamp: stampOf(stat) }
  }
  const outputs = Object.fromEntries(
    Object.entries(record.outputs).map(([name, artifact]) => [
      name,
      { ...artifact, files: artifact.files.map(stamped) },
    ]),
  )
  writeRecord(store, { ...record, outputs })
}
