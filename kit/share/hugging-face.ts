/**
 * A data-set repository of the Hugging Face Hub as a remote: `hf://datasets/OWNER/NAME`, private when it is made here.
 * Files come in by commits of many at once; a commit holds only if nobody committed since the look at what is there.
 * HF_TOKEN is the secret, HF_ENDPOINT another hub's address.
 */

import { Readable } from "node:stream"
import type { ReadableStream } from "node:stream/web"
import { pathToFileURL } from "node:url"
import { commit, createRepo, datasetInfo, downloadFile, HubApiError, pathsInfo } from "@huggingface/hub"
import * as Redacted from "effect/Redacted"
import { StoreError, UsageError } from "../errors.ts"
import { redact } from "../executors/redact.ts"
import { hashFile } from "../store/hash-file.ts"
import { type OpenOptions, type Remote, remoteError, type Upload } from "./remote.ts"
import { damaged } from "./verified.ts"

const HUB = "https://huggingface.co"
const ADDRESS = /^hf:\/\/datasets\/([\w.-]+\/[\w.-]+)\/?$/u

/** Paths that one question about sizes holds. */
const ASKED = 500

/** How often a commit is tried against others' commits. */
const TRIES = 6

/** Opens a repository; `write` makes it where it is missing. */
export const openHuggingFace = async (address: string, options: OpenOptions): Promise<Remote> => {
  const name = ADDRESS.exec(address)?.[1]
  if (name === undefined) {
    throw new UsageError({
      message: "That is no address of a data-set repository",
      where: address,
      remedy: "Write hf://datasets/OWNER/NAME.",
    })
  }
  const token = process.env.HF_TOKEN
  const remote = new Repository(name, token ? Redacted.make(token) : undefined)
  await remote.prepare(options.write)
  return remote
}

class Repository implements Remote {
  readonly name: string
  readonly parallel = 4
  readonly batch = 100
  readonly #repository: string
  readonly #token: Redacted.Redacted<string> | undefined
  readonly #hub = (process.env.HF_ENDPOINT ?? HUB).replace(/\/+$/u, "")
  /** Commits go one after another. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(repository: string, token: Redacted.Redacted<string> | undefined) {
    this.name = `hf://datasets/${repository}`
    this.#repository = repository
    this.#token = token
  }

  get #where() {
    const repo = { type: "dataset", name: this.#repository } as const
    const accessToken = this.#token === undefined ? {} : { accessToken: Redacted.value(this.#token) }
    return { repo, hubUrl: this.#hub, ...accessToken }
  }

  /** Looks whether the repository is there, or makes it. */
  async prepare(write: boolean): Promise<void> {
    if (write && this.#token === undefined) {
      throw remoteError(this.name, "HF_TOKEN is not set", "Export a token that may write, then run again.")
    }
    try {
      await this.#head()
    } catch (error) {
      if (!(write && status(error) === 404)) throw this.#error(error)
      await createRepo({
        ...this.#where,
        accessToken: Redacted.value(this.#token as Redacted.Redacted<string>),
        visibility: "private",
      }).catch((failure: unknown) => {
        if (status(failure) !== 409) throw this.#error(failure)
      })
    }
  }

  async #head(): Promise<string> {
    const { sha } = await datasetInfo({ ...this.#where, name: this.#repository, additionalFields: ["sha"] })
    return sha
  }

  sizes = async (paths: ReadonlyArray<string>): Promise<ReadonlyMap<string, number>> => {
    try {
      const found = new Map<string, number>()
      for (let index = 0; index < paths.length; index += ASKED) {
        const asked = paths.slice(index, index + ASKED)
        for (const { path, size } of await pathsInfo({ ...this.#where, paths: [...asked] })) found.set(path, size)
      }
      return found
    } catch (error) {
      throw this.#error(error)
    }
  }

  get = async (path: string, offset: number, signal: AbortSignal): Promise<Readable | undefined> => {
    try {
      const stoppable: typeof fetch = (input, init) => fetch(input, { ...init, signal })
      const blob = await downloadFile({ ...this.#where, path, fetch: stoppable })
      if (blob === null) return undefined
      return Readable.fromWeb(blob.slice(offset, blob.size).stream() as ReadableStream)
    } catch (error) {
      throw this.#error(error)
    }
  }

  put = (uploads: ReadonlyArray<Upload>, signal: AbortSignal): Promise<ReadonlySet<string>> => {
    const next = this.#last.then(() => this.#commitNew(uploads, signal))
    this.#last = next.catch(() => {})
    return next
  }

  async #commitNew(uploads: ReadonlyArray<Upload>, signal: AbortSignal): Promise<ReadonlySet<string>> {
    for (const upload of uploads) await check(upload)
    for (let attempt = 1; ; attempt++) {
      try {
        const parentCommit = await this.#head()
        const there = await this.sizes(uploads.map(({ path }) => path))
        const missing = uploads.filter(({ path }) => !there.has(path))
        if (missing.length > 0) await this.#commit(missing, parentCommit, signal)
        for (const { bytes, onBytes } of uploads) onBytes(bytes)
        return new Set(there.keys())
      } catch (error) {
        if (status(error) !== 412 || attempt === TRIES) throw this.#error(error)
        await new Promise((resolve) => setTimeout(resolve, 200 * attempt * (0.5 + Math.random())))
      }
    }
  }

  #commit(uploads: ReadonlyArray<Upload>, parentCommit: string, abortSignal: AbortSignal) {
    return commit({
      ...this.#where,
      title: `${uploads.length} files of a reproduction`,
      parentCommit,
      abortSignal,
      operations: uploads.map(({ path, source }) => ({
        operation: "addOrUpdate",
        path,
        content: "file" in source ? pathToFileURL(source.file) : new Blob([source.data as Uint8Array<ArrayBuffer>]),
      })),
    })
  }

  #error(error: unknown): unknown {
    if (error instanceof StoreError || (error as Error).name === "AbortError") return error
    const code = status(error)
    if (code === 401 || code === 403) {
      return remoteError(
        this.name,
        `${this.#hub} refuses access to the data set ${this.#repository}`,
        "Check HF_TOKEN, that it may read (to push: write) there, and the repository's name.",
      )
    }
    if (code === 404) {
      return remoteError(
        this.name,
        `There is no data set ${this.#repository} at ${this.#hub}, or HF_TOKEN may not see it`,
        "Correct the name or set HF_TOKEN; `repro push` makes a repository that is missing.",
      )
    }
    const secrets = this.#token === undefined ? {} : { HF_TOKEN: Redacted.value(this.#token) }
    const text = redact((error as Error).message ?? String(error), secrets)
    if (code !== undefined) {
      return remoteError(
        this.name,
        `${this.#hub} answers ${code}: ${text}`,
        "Run the same command again; what arrived is kept.",
      )
    }
    if (error instanceof TypeError && text.startsWith("Your access token")) {
      return remoteError(this.name, `HF_TOKEN is no token of this hub: ${text}`, "Export a token that begins with hf_.")
    }
    if (error instanceof TypeError) {
      return remoteError(
        this.name,
        `${this.#hub} can't be reached`,
        "Check the network (and HF_ENDPOINT), then run the same command again: what arrived is kept.",
      )
    }
    return error
  }
}

const status = (error: unknown): number | undefined => (error instanceof HubApiError ? error.statusCode : undefined)

/** The client reads a file by itself, so its bytes are checked before. */
const check = async (upload: Upload): Promise<void> => {
  if ("file" in upload.source && (await hashFile(upload.source.file)) !== upload.digest) throw damaged(upload)
}
