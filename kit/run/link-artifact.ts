/** Artifacts as files and folders: links to the read-only objects that hold their bytes. */
import * as fs from "node:fs"
import * as path from "node:path"
import { objectPath, type StoreLayout } from "../store/layout.ts"
import type { StoredArtifact } from "../store/record.ts"

/** Makes `target` a link to a file's bytes, or a folder of such links. */
export const linkArtifact = (store: StoreLayout, artifact: StoredArtifact, target: string): void => {
  if (artifact.format !== "folder") {
    fs.symlinkSync(path.resolve(objectPath(store, artifact.digest)), target)
    return
  }
  for (const file of artifact.files) {
    fs.mkdirSync(path.dirname(`${target}/${file.path}`), { recursive: true })
    fs.symlinkSync(path.resolve(objectPath(store, file.digest)), `${target}/${file.path}`)
  }
}
