/** Where published files come from, in which order, and what is said when they are wrong or nowhere. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { StageError } from "../../kit/errors.ts"
import { acquire, projectFile } from "../../stages/acquire.ts"
import { failStage, runStage, temporaryFolder } from "./support/run-stage.ts"

const CONTENT = Buffer.from('{"Ünïcode": "bytes, not text"}\r\n\u0000\u00ff', "latin1")
const SHA256 = createHash("sha256").update(CONTENT).digest("hex")
const OTHER = "0".repeat(64)
const params = {
  name: "owner/data/set.json",
  mirror: "folder/set.json",
  urls: [] as Array<string>,
  digest: { sha256: SHA256 },
}

const run = (change: object, mirrors: ReadonlyArray<string>): Effect.Effect<{ file: Uint8Array }, StageError> => {
  const { body } = acquire.definition
  if (body.kind !== "here") throw new Error("acquire runs here")
  const context = { inputs: {}, scratch: temporaryFolder(), root: "/", progress: () => {}, mirrors }
  return body.run({ ...context, params: { ...params, ...change } })
}
const got = async (change: object, mirrors: ReadonlyArray<string>): Promise<string> =>
  Buffer.from((await Effect.runPromise(run(change, mirrors))).file).toString("latin1")
const failed = (change: object, mirrors: ReadonlyArray<string> = []): Promise<StageError> =>
  Effect.runPromise(Effect.flip(run(change, mirrors)))

const mirrorWith = (content: string | Buffer): string => {
  const folder = temporaryFolder()
  fs.mkdirSync(`${folder}/folder`)
  fs.writeFileSync(`${folder}/folder/set.json`, content)
  return folder
}

let server: Server
let base = ""
const asked: Array<string> = []
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? "")
    if (request.url === "/slow") {
      response.writeHead(200, { "content-length": 999 }).write("half", () => response.destroy())
      return
    }
    const bodies: Record<string, Buffer> = { "/set.json": CONTENT, "/changed.json": Buffer.from("changed") }
    const body = bodies[request.url ?? ""]
    response.writeHead(body !== undefined ? 200 : request.url === "/busy.json" ? 503 : 404).end(body ?? "no")
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

describe("a published file", () => {
  it("comes from the first mirror folder that has it, byte for byte, and no address is asked", async () => {
    asked.length = 0
    const mirrors = [temporaryFolder(), mirrorWith(CONTENT), mirrorWith("never looked at")]
    expect(await got({ urls: [`${base}/set.json`] }, mirrors)).toBe(CONTENT.toString("latin1"))
    expect(asked).toEqual([])
  })

  it("comes from the first address that answers when no mirror has it", async () => {
    const urls = [`${base}/missing.json`, `${base}/set.json`, `${base}/changed.json`]
    asked.length = 0
    expect(await got({ urls }, [temporaryFolder()])).toBe(CONTENT.toString("latin1"))
    expect(asked).toEqual(["/missing.json", "/set.json"])
  })

  it("counts by its git blob id where only that is known", async () => {
    const id = createHash("sha1").update(`blob ${CONTENT.length}\0`).update(CONTENT).digest("hex")
    expect(await got({ digest: { gitBlob: id } }, [mirrorWith(CONTENT)])).toBe(CONTENT.toString("latin1"))
    const error = await failed({ digest: { gitBlob: "1".repeat(40) } }, [mirrorWith(CONTENT)])
    expect(error.message).toBe(`The file has the git blob id ${id}, but ${"1".repeat(40)} is declared`)
  })
})

describe("a wrong digest", () => {
  it("in a mirror names both digests and the file, and is not passed over for an address", async () => {
    asked.length = 0
    const folder = mirrorWith(CONTENT)
    const error = await failed({ digest: { sha256: OTHER }, urls: [`${base}/set.json`] }, [folder])
    expect(error.message).toBe(`The file has the SHA-256 ${SHA256}, but ${OTHER} is declared`)
    expect(error.where).toBe(`${folder}/folder/set.json`)
    expect(error.remedy).toMatch(/declare the new digest/)
    expect([error.retryable, asked]).toEqual([false, []])
  })

  it("of a download names the address", async () => {
    const error = await failed({ urls: [`${base}/changed.json`] })
    expect(error.message).toContain(createHash("sha256").update("changed").digest("hex"))
    expect(error.message).toContain(SHA256)
    expect(error.where).toBe(`${base}/changed.json`)
  })
})

describe("a file found nowhere", () => {
  it("lists every place that was tried, and why each failed", async () => {
    const empty = temporaryFolder()
    const urls = [`${base}/missing.json`, "http://127.0.0.1:9/set.json", `${base}/slow`]
    const error = await failed({ urls }, [empty])
    expect(error.message).toContain("owner/data/set.json was found nowhere")
    expect(error.message).toContain(`${empty}/folder/set.json (no such file)`)
    expect(error.message).toContain(`${base}/missing.json (HTTP 404)`)
    expect(error.message).toMatch(/127\.0\.0\.1:9\/set\.json \(.+\)/)
    expect(error.message).toMatch(/slow \(.+\)/)
    expect(error.remedy).toMatch(/MIRROR/)
  })

  it("is tried again later where a server or the network may recover, and only there", async () => {
    const retryable = async (...urls: ReadonlyArray<string>) => (await failed({ urls })).retryable
    expect(await retryable(`${base}/missing.json`, `${base}/busy.json`)).toBe(true)
    expect(await retryable("http://127.0.0.1:9/set.json")).toBe(true)
    expect(await retryable(`${base}/slow`)).toBe(true)
    expect(await retryable(`${base}/missing.json`)).toBe(false)
    expect(await retryable()).toBe(false)
  })

  it("says so when no mirror is set", async () => {
    expect((await failed({})).message).toContain("MIRROR is not set")
  })
})

describe("a file of the project", () => {
  const root = temporaryFolder()
  fs.writeFileSync(`${root}/own.txt`, "own")
  const declared = (path: string) => ({ path, bytes: 3, sha256: createHash("sha256").update("own").digest("hex") })
  const { body } = projectFile.definition
  const observe = (path: string): string | undefined =>
    body.kind === "here" ? body.observe?.({ path } as never, root) : undefined

  it("is read, and observed by its content", async () => {
    const { file } = await runStage(projectFile as never, { inputs: {}, params: declared("own.txt"), root })
    expect(Buffer.from(file as Uint8Array).toString()).toBe("own")
    const before = observe("own.txt")
    fs.writeFileSync(`${root}/own.txt`, "changed")
    expect(observe("own.txt")).not.toBe(before)
    fs.writeFileSync(`${root}/own.txt`, "own")
    expect(observe("own.txt")).toBe(before)
  })

  it("that is missing is named when planning and when running", async () => {
    expect(() => observe("gone.txt")).toThrow("The file gone.txt is missing")
    const error = await failStage(projectFile, { inputs: {}, params: declared("gone.txt"), root })
    expect(error.where).toBe("gone.txt")
  })

  it("with another byte than declared is an error that names both digests and what to do", async () => {
    fs.writeFileSync(`${root}/own.txt`, "owl")
    const error = await failStage(projectFile, { inputs: {}, params: declared("own.txt"), root })
    fs.writeFileSync(`${root}/own.txt`, "own")
    expect(error.message).toContain(createHash("sha256").update("owl").digest("hex"))
    expect(error.message).toContain(`3 bytes and ${createHash("sha256").update("own").digest("hex")} are declared`)
    expect(error).toMatchObject({ where: "own.txt", remedy: expect.stringContaining("make declare-data") })
  })
})
