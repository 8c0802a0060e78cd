/**
 * A folder as a remote: on another disk, or one that machines share. Files come in under a name of their own, are synced,
 * and get their name by a link, which fails where something lies already.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as fsp from "node:fs/promises"
import * as path from "node:path"
import { pipeline } from "node:stream/promises"
import { describeErrno, StoreError } from "../errors.ts"
import { statOf } from "../store/stat-of.ts"
import { type OpenOptions, type Remote, remoteError, type Upload } from "./remote.ts"
import { uploadStream } from "./verified.ts"

/** Opens a folder by its path. */
export const openFolder = (place: string, options: OpenOptions): Remote => {
  const root = path.resolve(place)
  const stat = statOf(root)
  if (stat === undefined && options.write) make(root)
  else if (!stat?.isDirectory()) {
    throw remoteError(
      root,
      stat === undefined ? `There is no folder ${root}` : `${root} is not a folder`,
      "Check the path, and that the disk is there.",
    )
  }
  if (options.write && fs.existsSync(`${root}/claims`)) {
    throw remoteError(
      root,
      `${root} is a store in which runs are made, not a place to share by`,
      "Push into a folder of its own; or take from this store by `repro pull` in the other one.",
    )
  }
  return new Folder(root)
}

const make = (root: string): void => {
  try {
    fs.mkdirSync(root)
  } catch (error) {
    const { message } = describeErrno(error)
    throw remoteError(
      root,
      `The folder can't be made: ${message}`,
      "Make the folder above it first, or check the path.",
    )
  }
}

class Folder implements Remote {
  readonly name: string
  readonly parallel = 4
  readonly batch = 1
  readonly #root: string

  constructor(root: string) {
    this.#root = root
    this.name = root
  }

  sizes = async (paths: ReadonlyArray<string>): Promise<ReadonlyMap<string, number>> => {
    const found = new Map<string, number>()
    for (const place of paths) {
      const stat = statOf(`${this.#root}/${place}`)
      if (stat !== undefined) found.set(place, stat.size)
    }
    return found
  }

  get = async (place: string, offset: number, signal: AbortSignal) => {
    try {
      // A pipe or a device would keep a reader waiting; a folder can't be read.
      if (!(await fsp.stat(`${this.#root}/${place}`)).isFile()) return undefined
      const handle = await fsp.open(`${this.#root}/${place}`, "r")
      return handle.createReadStream({ start: offset, highWaterMark: 1 << 20, signal })
    } catch (error) {
      if (["ENOENT", "ELOOP"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined
      throw this.#error(error)
    }
  }

  put = async (uploads: ReadonlyArray<Upload>, signal: AbortSignal): Promise<ReadonlySet<string>> => {
    const there = new Set<string>()
    for (const upload of uploads) if (!(await this.#store(upload, signal))) there.add(upload.path)
    return there
  }

  /** True when the file is new. */
  async #store(upload: Upload, signal: AbortSignal): Promise<boolean> {
    const target = `${this.#root}/${upload.path}`
    const temporary = `${path.dirname(target)}/.${randomUUID()}.tmp`
    try {
      await fsp.mkdir(path.dirname(target), { recursive: true })
      await this.#write(upload, temporary, signal)
      await fsp.link(temporary, target)
      return true
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException
      if (code === "EEXIST" && syscall === "link") return this.#isThere(upload.path)
      if (syscall === "link" && NO_LINKS.has(code ?? "")) return this.#renameIfAbsent(temporary, target)
      throw this.#error(error)
    } finally {
      await fsp.rm(temporary, { force: true })
    }
  }

  /** False, since the file is not new; what has its name and is none, such as a link to nowhere, is told. */
  #isThere(place: string): false {
    if (statOf(`${this.#root}/${place}`)?.isFile()) return false
    throw remoteError(
      this.name,
      `${place} at ${this.name} is no file`,
      "Remove it there, then push again: nothing that lies there is ever replaced.",
    )
  }

  #write(upload: Upload, temporary: string, signal: AbortSignal): Promise<void> {
    const out = fs.createWriteStream(temporary, { flags: "wx", mode: 0o444, flush: true })
    return pipeline(uploadStream(upload), out, { signal })
  }

  /** On file systems without links. What has a name has the bytes that the name says, so a lost race does no harm to an object. */
  async #renameIfAbsent(temporary: string, target: string): Promise<boolean> {
    if (fs.existsSync(target)) return false
    await fsp.rename(temporary, target)
    return true
  }

  #error(error: unknown): unknown {
    if (error instanceof StoreError || (error as Error).name === "AbortError") return error
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) return error
    const { message, remedy } = describeErrno(error)
    const what = code === "ENOSPC" || code === "EDQUOT" ? "The disk of the remote is full" : message
    const todo =
      code === "ENOSPC" || code === "EDQUOT"
        ? "Free some space there, then run the same command again: what arrived is kept."
        : remedy
    return remoteError(this.name, what, todo)
  }
}

const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"])
