/**
 * The view: artifacts under the names of their nodes, for people. Small files are copies (a reflink where the file system
 * has them), so that an editor can't change the store; large ones are links to read-only objects.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { objectPath, type Scope, type StoreLayout, safeName, viewFolder } from "./layout.ts"
import type { StoredArtifact, StoreRecord } from "./record.ts"

/** Files above this many bytes are linked, not copied. */
const COPY_LIMIT = 64 * 1024 * 1024

/** Where a person finds an output. One that is named for its format, such as a PDF, has its stage's name: `paper.pdf`. */
export const viewPath = (store: StoreLayout, scope: Scope, node: string, output: string, extension: string): string => {
  const name = `.${output}` === extension ? safeName(node.split("/")[0] ?? output) : output
  return `${viewFolder(store, scope, node)}/${name}${extension}`
}

/** Places a record's outputs in the view, replacing what the node showed before. */
export const writeView = (store: StoreLayout, scope: Scope, node: string, record: StoreRecord): void => {
  for (const [output, artifact] of Object.entries(record.outputs)) {
    const target = viewPath(store, scope, node, output, artifact.extension)
    fs.rmSync(target, { recursive: true, force: true })
    fs.mkdirSync(path.dirname(target), { recursive: true })
    if (artifact.format === "folder") writeFolder(store, artifact, target)
    else place(store, artifact.digest, artifact.bytes, target)
  }
}

const writeFolder = (store: StoreLayout, artifact: StoredArtifact, target: string): void => {
  for (const file of artifact.files) {
    const place_ = `${target}/${file.path}`
    fs.mkdirSync(path.dirname(place_), { recursive: true })
    place(store, file.digest, file.bytes, place_)
  }
}

const place = (store: StoreLayout, digest: string, bytes: number, target: string): void => {
  const object = objectPath(store, digest)
  if (bytes > COPY_LIMIT) {
    fs.symlinkSync(path.relative(path.dirname(target), object), target)
    return
  }
  fs.copyFileSync(object, target, fs.constants.COPYFILE_FICLONE)
  fs.chmodSync(target, 0o644)
}
