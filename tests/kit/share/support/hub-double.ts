/**
 * A double of the Hugging Face Hub's HTTP interface, for tests: one data-set repository with commits, Git LFS uploads and
 * range requests. It is no Hub: it holds all in memory and knows only what the kit's client asks.
 */
import { createHash } from "node:crypto"
import * as http from "node:http"
import type { AddressInfo } from "node:net"

export const TOKEN = "hf_test_token_0123456789"

type Answer = (status: number, value: unknown) => unknown

interface Operation {
  readonly key: "header" | "file" | "lfsFile"
  readonly value: {
    readonly path?: string
    readonly content?: string
    readonly oid?: string
    readonly parentCommit?: string
    readonly summary?: string
  }
}

export class HubDouble {
  readonly files = new Map<string, Buffer>()
  readonly #uploads = new Map<string, Buffer>()
  readonly #server: http.Server
  /** Undefined until the repository is made. */
  visibility: string | undefined
  commits = 0
  /** Called before each commit, so that a test can commit first. */
  beforeCommit: () => void = () => {}

  private constructor() {
    this.#server = http.createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
    })
  }

  static async start(): Promise<HubDouble> {
    const double = new HubDouble()
    await new Promise<void>((resolve) => double.#server.listen(0, "127.0.0.1", resolve))
    return double
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<unknown> {
    const chunks: Array<Buffer> = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const path = decodeURIComponent(new URL(request.url ?? "", this.url).pathname)
    const json: Answer = (status, value) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value))
    if (path.startsWith("/upload/")) return this.#upload(path, body, json)
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return json(401, { error: "Invalid credentials" })
    if (path === "/api/repos/create") {
      this.visibility = (JSON.parse(body.toString()) as { visibility?: string }).visibility ?? "public"
      return json(200, { url: this.url, id: "1" })
    }
    if (this.visibility === undefined) return json(404, { error: "Repository not found" })
    if (path.includes("/revision/")) return json(200, { _id: "1", id: "lab/results", sha: this.#head })
    if (path.includes("/paths-info/")) return json(200, this.#sizes(JSON.parse(body.toString()) as { paths: string[] }))
    if (path.includes("/preupload/")) return json(200, preupload(JSON.parse(body.toString()) as Preupload))
    if (path.endsWith("/info/lfs/objects/batch")) return json(200, this.#batch(JSON.parse(body.toString()) as Batch))
    if (path.includes("/commit/")) return this.#commit(body.toString(), json)
    if (path.includes("/resolve/main/")) return this.#resolve(path.split("/resolve/main/")[1] ?? "", request, response)
    return json(404, { error: `the double does not know ${request.method} ${path}` })
  }

  get #head(): string {
    return String(this.commits).padStart(40, "0")
  }

  #sizes({ paths }: { readonly paths: ReadonlyArray<string> }): unknown {
    return paths.flatMap((path) => {
      const file = this.files.get(path)
      return file === undefined ? [] : [{ path, type: "file", size: file.length, oid: "0" }]
    })
  }

  #batch({ objects }: Batch): unknown {
    return {
      transfer: "basic",
      objects: objects.map(({ oid, size }) => ({
        oid,
        size,
        actions: { upload: { href: `${this.url}/upload/${oid}` } },
      })),
    }
  }

  #upload(path: string, body: Buffer, json: Answer): unknown {
    const oid = path.slice("/upload/".length)
    if (createHash("sha256").update(body).digest("hex") !== oid) return json(400, { error: "wrong digest" })
    this.#uploads.set(oid, body)
    return json(200, {})
  }

  #commit(text: string, json: Answer): unknown {
    const operations = text.split("\n").map((line) => JSON.parse(line) as Operation)
    this.beforeCommit()
    const parent = operations.find(({ key }) => key === "header")?.value.parentCommit
    if (parent !== undefined && parent !== this.#head) return json(412, { error: "A commit has happened since" })
    for (const { key, value } of operations) {
      if (key === "file") this.files.set(value.path ?? "", Buffer.from(value.content ?? "", "base64"))
      if (key === "lfsFile") this.files.set(value.path ?? "", this.#uploads.get(value.oid ?? "") ?? Buffer.from("lost"))
    }
    this.commits++
    return json(200, { commitOid: this.#head, commitUrl: this.url, hookOutput: "" })
  }

  #resolve(path: string, request: http.IncomingMessage, response: http.ServerResponse): void {
    const file = this.files.get(path)
    if (file === undefined) {
      response.writeHead(404, { "X-Error-Code": "EntryNotFound" }).end()
      return
    }
    const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/u.exec(request.headers.range ?? "") ?? []
    const end = Math.min(to === "" ? file.length : Number(to) + 1, file.length)
    const range = `bytes ${from}-${end - 1}/${file.length}`
    response.writeHead(206, { ETag: '"1"', "Content-Range": range }).end(file.subarray(Number(from), end))
  }
}

interface Preupload {
  readonly files: ReadonlyArray<{ readonly path: string }>
}

interface Batch {
  readonly objects: ReadonlyArray<{ readonly oid: string; readonly size: number }>
}

const preupload = ({ files }: Preupload): unknown => ({
  files: files.map(({ path }) => ({
    path,
    uploadMode: path.startsWith("objects/") ? "lfs" : "regular",
    shouldIgnore: false,
  })),
})
