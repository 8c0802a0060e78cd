/**
 * The view: artifacts under the names of their nodes, for people. Files are copies (reflinks where the file system has
 * them), so that an editor can't change the store; where a large file can't be a reflink, it is a link to the read-only
 * object. A file bears the second in which its result was made, which tells it from one that was edited or half written.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { objectPath, type Scope, type StoreLayout, safeName, viewFolder } from "./layout.ts"
import type { RecordSummary, StoredArtifact, StoredFile } from "./record.ts"

/** Files above this many bytes are reflinked or linked, not copied. */
export const COPY_LIMIT = 64 * 1024 * 1024

/** Where a person finds an output. One that is named for its format, such as a PDF, has its stage's name: `paper.pdf`. */
export const viewPath = (store: StoreLayout, scope: Scope, node: string, output: string, extension: string): string => {
  const name = `.${output}` === extension ? safeName(node.split("/")[0] ?? output) : output
  return `${viewFolder(store, scope, node)}/${name}${extension}`
}

/** One file of the view: its place, the object that it shows, and the seconds since 1970 that it bears. */
interface Shown {
  readonly target: string
  readonly file: StoredFile
  readonly seconds: number
  readonly inFolder: boolean
}

const shownFiles = (store: StoreLayout, scope: Scope, node: string, record: RecordSummary): ReadonlyArray<Shown> => {
  const seconds = Math.floor(Date.parse(record.run.started) / 1000)
  const shown: Array<Shown> = []
  for (const output in record.outputs) {
    const { extension, files, format } = record.outputs[output] as StoredArtifact
    const place = viewPath(store, scope, node, output, extension)
    for (const file of files) {
      shown.push({
        target: file.path === "" ? place : `${place}/${file.path}`,
        file,
        seconds,
        inFolder: format === "folder",
      })
    }
  }
  return shown
}

/** Whether the view shows a record as it was placed: no file of it missing, edited, half written or of another result. */
export const viewIsWhole = (store: StoreLayout, scope: Scope, node: string, record: RecordSummary): boolean =>
  shownFiles(store, scope, node, record).every((shown) => isAsPlaced(store, shown))

const isAsPlaced = (store: StoreLayout, { target, file, seconds }: Shown): boolean => {
  const stat = lstat(target)
  if (stat === undefined) return false
  if (stat.isSymbolicLink()) return fs.readlinkSync(target) === linkTo(store, target, file.digest)
  return stat.isFile() && stat.size === file.bytes && stat.mtimeMs === seconds * 1000
}

/** What is at a place; undefined where nothing is, or where a file is in the way. */
const lstat = (file: string): fs.Stats | undefined => {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined
    throw error
  }
}

const linkTo = (store: StoreLayout, target: string, digest: string): string =>
  path.relative(path.dirname(target), objectPath(store, digest))

/**
 * Places a record's outputs in the view, replacing what the node showed before. Each file is made in `scratch`, a folder
 * on the same file system, and renamed into its place, so that nobody sees half of one.
 */
export const writeView = (
  store: StoreLayout,
  scope: Scope,
  node: string,
  record: RecordSummary,
  scratch: string,
): void => {
  for (const [output, artifact] of Object.entries(record.outputs)) {
    makeRoom(store, viewPath(store, scope, node, output, artifact.extension), artifact)
  }
  for (const shown of shownFiles(store, scope, node, record)) {
    if (shown.inFolder) makeFolder(path.dirname(shown.target), store)
    place(store, shown, scratch)
  }
}

/** Removes what the view shows of a node, whose outputs now are those of a record without bytes here. */
export const clearView = (store: StoreLayout, scope: Scope, node: string, record: RecordSummary): void => {
  for (const [output, { extension }] of Object.entries(record.outputs)) {
    fs.rmSync(viewPath(store, scope, node, output, extension), { recursive: true, force: true })
  }
}

/** A folder is laid out anew, since files may have been dropped from it; a file is replaced by the rename. */
const makeRoom = (store: StoreLayout, target: string, artifact: StoredArtifact): void => {
  const isFolder = lstat(target)?.isDirectory() ?? false
  if (artifact.format === "folder" || isFolder) fs.rmSync(target, { recursive: true, force: true })
  makeFolder(artifact.format === "folder" ? target : path.dirname(target), store)
}

/** Makes a folder of the view; a file that somebody put in its way gives place. */
const makeFolder = (folder: string, store: StoreLayout): void => {
  try {
    fs.mkdirSync(folder, { recursive: true })
  } catch (error) {
    if (!["ENOTDIR", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error
    for (let at = folder; at.startsWith(`${store.root}/view/`); at = path.dirname(at)) {
      if (lstat(at)?.isDirectory() === false) fs.rmSync(at)
    }
    fs.mkdirSync(folder, { recursive: true })
  }
}

const place = (store: StoreLayout, shown: Shown, scratch: string): void => {
  const temporary = `${scratch}/${randomUUID()}`
  try {
    copyOrLink(store, shown, temporary)
    fs.renameSync(temporary, shown.target)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  }
}

const copyOrLink = (store: StoreLayout, { target, file, seconds }: Shown, temporary: string): void => {
  const object = objectPath(store, file.digest)
  if (file.bytes > COPY_LIMIT && !reflink(object, temporary)) {
    fs.symlinkSync(linkTo(store, target, file.digest), temporary)
    return
  }
  if (file.bytes <= COPY_LIMIT) fs.copyFileSync(object, temporary, fs.constants.COPYFILE_FICLONE)
  fs.chmodSync(temporary, 0o644)
  fs.utimesSync(temporary, seconds, seconds)
}

/** Copies by sharing blocks; false where the file system can't. */
const reflink = (from: string, to: string): boolean => {
  try {
    fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw error
    fs.rmSync(to, { force: true })
    return false
  }
}
