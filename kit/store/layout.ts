/**
 * Where things are in a store. `objects/` holds bytes by their SHA-256, `records/` one JSON file for each key, `heads/`
 * what each node of a profile last gave, `view/` the same under names for people; `attempts/`, `state/`, `incoming/` and
 * `claims/` belong to runs in progress.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { sha256 } from "../canonical.ts"
import { describeErrno, StoreError } from "../errors.ts"

/** The store's format; a store of another format is refused with the remedy. */
export const STORE_FORMAT = 1

/** A store's folder. */
export interface StoreLayout {
  readonly root: string
  /** Tells collections what is about to be relied on; set where a driver's claims are held. */
  readonly announce?: ((ids: ReadonlyArray<string>) => void) | undefined
}

/** An object's place below a store, which is its place at a remote and in a pack too. */
export const objectPlace = (digest: string): string => `objects/${digest.slice(0, 2)}/${digest.slice(2)}`

/** A record's place, likewise. */
export const recordPlace = (key: string): string => `records/${key.slice(0, 2)}/${key}.json`

export const objectPath = (store: StoreLayout, digest: string): string => `${store.root}/${objectPlace(digest)}`

export const recordPath = (store: StoreLayout, key: string): string => `${store.root}/${recordPlace(key)}`

export const headsPath = (store: StoreLayout, pipeline: string, profile: string): string =>
  `${store.root}/heads/${safeName(pipeline)}/${safeName(profile)}.json`

/** What planning reads of the records that the heads name. */
export const summariesPath = (store: StoreLayout, { pipeline, profile }: Scope): string =>
  `${store.root}/heads/${safeName(pipeline)}/${safeName(profile)}.summaries`

/** The lock of those who write heads and view of a profile. */
export const namesLockPath = (store: StoreLayout, scope: Scope): string =>
  `${store.root}/claims/names-${sha256(JSON.stringify([scope.pipeline, scope.profile])).slice(0, 16)}.db`

/** A profile of a pipeline: what names belong to. */
export interface Scope {
  readonly pipeline: string
  readonly profile: string
}

export const viewFolder = (store: StoreLayout, scope: Scope, node: string): string =>
  `${scopeFolder(store, scope)}/${PLAIN_NODE.test(node) ? node : node.split("/").map(safeName).join("/")}`

/** The folder of the scope that was asked for last: a run asks for the same one again and again. */
let lastScope: { readonly store: StoreLayout; readonly scope: Scope; readonly folder: string } | undefined

const scopeFolder = (store: StoreLayout, scope: Scope): string => {
  if (lastScope?.store !== store || lastScope.scope !== scope) {
    lastScope = { store, scope, folder: `${store.root}/view/${safeName(scope.pipeline)}/${safeName(scope.profile)}` }
  }
  return lastScope.folder
}

export const statePath = (store: StoreLayout, key: string): string => `${store.root}/state/${key}`

/** Bytes that are on their way from elsewhere: whole only once they have their digest and lie under `objects/`. */
export const incomingPath = (store: StoreLayout, digest: string): string => `${store.root}/incoming/${digest}.part`

/** Where a failed attempt is kept, so that it can be looked at and run by hand. */
export const failureFolder = (store: StoreLayout, key: string): string => `${store.root}/failures/${key}`

/** Bytes that a name in a folder may have; most file systems allow 255. */
const NAME_LIMIT = 120

/**
 * A file name that any file system takes, one for one name: control characters, slashes, backslashes, percent signs and
 * leading dots are percent-encoded; names that are too long end in a digest of the whole.
 */
export const safeName = (name: string): string => (PLAIN.test(name) ? name : encoded(name))

/** Most names: short, with nothing that must be encoded. */
const PLAIN = /^[\w=+,@-][\w=+,@. -]{0,100}$/

/** Most nodes: names like these with slashes between them. */
const PLAIN_NODE = /^[\w=+,@-][\w=+,@. -]{0,100}(?:\/[\w=+,@-][\w=+,@. -]{0,100})*$/

const encoded = (name: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a file name
  const text = name.replace(/[\u0000-\u001f\u007f/\\%:*?"<>|]|^\./gu, (character) => encode(character))
  if (text !== "" && Buffer.byteLength(text) <= NAME_LIMIT) return text
  const kept = Buffer.from(text)
    .subarray(0, NAME_LIMIT - 20)
    .toString("utf8")
    .replace(/\uFFFD+$/u, "")
  return `${kept}~${sha256(name).slice(0, 16)}`
}

/** Whether a name is a relative path that any file system takes and that stays inside a folder: without `.`, `..` and the like. */
export const isPlainPath = (name: string): boolean =>
  name !== "" &&
  path.posix.normalize(name) === name &&
  !/^\/|^\.\.?(\/|$)|\/$|\0/u.test(name) &&
  name.split("/").every((part) => Buffer.byteLength(part) <= LONGEST_NAME)

/** Bytes of the longest name that file systems take. */
const LONGEST_NAME = 255

const encode = (character: string): string => `%${(character.codePointAt(0) as number).toString(16).padStart(2, "0")}`

const SHARDS = Array.from({ length: 256 }, (_, index) => index.toString(16).padStart(2, "0"))

/** The shard folders of `objects/` or `records/`; none where the store is new. */
export const shardsOf = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder)
    ? fs
        .readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : []

/** Makes the folders of a store where they are missing, and checks its format. `scratch` as in `writeAtomically`. */
export const prepareStore = (store: StoreLayout, scratch?: string): void => {
  try {
    for (const shard of SHARDS) {
      fs.mkdirSync(`${store.root}/objects/${shard}`, { recursive: true })
      fs.mkdirSync(`${store.root}/records/${shard}`, { recursive: true })
    }
    for (const folder of ["attempts", "state", "incoming", "claims/drivers", "heads", "view", "failures"]) {
      fs.mkdirSync(`${store.root}/${folder}`, { recursive: true })
    }
    writeFormat(store, scratch)
  } catch (error) {
    if (error instanceof StoreError) throw error
    const { message, remedy } = describeErrno(error)
    throw new StoreError({ message: `The store can't be prepared: ${message}`, where: store.root, remedy })
  }
}

/** Refuses a store whose format this version does not know; a folder without one is a new store. */
export const checkFormat = (store: StoreLayout): void => {
  const file = `${store.root}/format`
  let text: string
  try {
    text = fs.readFileSync(file, "utf8")
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== "ENOENT") throw code === "ENOTDIR" ? noFolder(store) : unreadableFormat(file)
    refuseDanglingLink(store)
    return
  }
  if (text.trim() === String(STORE_FORMAT)) return
  if (!/^\d{1,9}$/u.test(text.trim())) throw unreadableFormat(file)
  throw new StoreError({
    message: `The store has format ${text.trim()}; this version reads format ${STORE_FORMAT}`,
    where: store.root,
    remedy: "Use the version of the kit that wrote it, or another folder with --store FOLDER.",
  })
}

/** A link to a disk that is not there must not look like a store in which nothing ever ran. */
const refuseDanglingLink = ({ root }: StoreLayout): void => {
  const link = fs.lstatSync(root, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  if (!link || fs.existsSync(root)) return
  throw new StoreError({
    message: `The store is a link to ${fs.readlinkSync(root)}, which is not there`,
    where: root,
    remedy:
      "Bring back the disk or folder that it leads to, remove the link, or name another store with --store FOLDER.",
  })
}

const noFolder = ({ root }: StoreLayout): StoreError =>
  new StoreError({ message: "The store is no folder", where: root, remedy: "Name another with --store FOLDER." })

const unreadableFormat = (file: string): StoreError =>
  new StoreError({
    message: "The file that says which format the store has can't be read",
    where: file,
    remedy: `If this version of the kit wrote the store, write ${STORE_FORMAT} into it; \`repro verify\` then tells what else is damaged.`,
  })

/** Refuses a folder that holds no store, for what makes no sense without one. */
export const requireStore = (store: StoreLayout): void => {
  if (fs.existsSync(`${store.root}/format`)) return
  throw new StoreError({
    message: "There is no store here",
    where: store.root,
    remedy: "Name another with --store FOLDER, or make one with `repro run`.",
  })
}

const writeFormat = (store: StoreLayout, scratch: string | undefined): void => {
  checkFormat(store)
  const file = `${store.root}/format`
  if (!fs.existsSync(file)) writeAtomically(file, `${STORE_FORMAT}\n`, scratch)
}

/**
 * Writes a whole file or none: temporary file, synced, renamed. The temporary file lies in `scratch`, a folder on the same
 * file system that is swept when its driver dies, so that drivers killed again and again leave nothing behind.
 */
export const writeAtomically = (file: string, text: string | Uint8Array, scratch = path.dirname(file)): void => {
  const temporary = `${scratch}/.${randomUUID()}.tmp`
  try {
    const handle = fs.openSync(temporary, "wx", 0o644)
    try {
      fs.writeFileSync(handle, text)
      fs.fdatasyncSync(handle)
    } finally {
      fs.closeSync(handle)
    }
    fs.renameSync(temporary, file)
  } catch (error) {
    fs.rmSync(temporary, { force: true })
    throw error
  }
}
