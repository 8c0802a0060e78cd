import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { Readable } from "node:stream"
import { describe, expect, it } from "vitest"
import { fetchObject } from "../../../kit/share/fetch-object.ts"
import type { Remote } from "../../../kit/share/remote.ts"
import { incomingPath, objectPath, prepareStore, type StoreLayout } from "../../../kit/store/layout.ts"
import { temporaryFolder } from "../support/project.ts"

const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251))
const DIGEST = createHash("sha256").update(CONTENT).digest("hex")

/** A remote that gives bytes by `answer`, which is told the offset and how often it was asked. */
const remoteOf = (answer: (offset: number, asked: number) => AsyncIterable<Buffer> | Iterable<Buffer> | undefined) => {
  const offsets: Array<number> = []
  const remote: Remote = {
    name: "a test's remote",
    parallel: 1,
    batch: 1,
    sizes: async () => new Map(),
    get: async (_, offset) => {
      offsets.push(offset)
      const bytes = answer(offset, offsets.length)
      return bytes === undefined ? undefined : Readable.from(bytes)
    },
    put: async () => new Set(),
  }
  return { remote, offsets }
}

const makeStore = (): StoreLayout => {
  const store = { root: `${temporaryFolder()}/store` }
  prepareStore(store)
  return store
}

const fetch = (store: StoreLayout, remote: Remote, bytes = CONTENT.length) =>
  fetchObject(store, remote, { digest: DIGEST, bytes }, { signal: new AbortController().signal, onBytes: () => {} })

const isThere = (store: StoreLayout): boolean => fs.existsSync(objectPath(store, DIGEST))

describe("an object that is fetched", () => {
  it("goes on from where a broken connection left it (dvc#10525)", async () => {
    const store = makeStore()
    const { remote, offsets } = remoteOf(function* (offset, asked) {
      yield CONTENT.subarray(offset, offset + 40_000)
      if (asked < 2) throw new Error("the line broke")
      yield CONTENT.subarray(offset + 40_000)
    })
    expect(await fetch(store, remote)).toBe(true)
    expect(offsets).toEqual([0, 40_000])
    expect(fs.readFileSync(objectPath(store, DIGEST)).equals(CONTENT)).toBe(true)
    expect(fs.statSync(objectPath(store, DIGEST)).mode & 0o222).toBe(0)
    expect(fs.readdirSync(`${store.root}/incoming`)).toEqual([])
  })

  it("begins anew where what was left from before is wrong (dvc#10525)", async () => {
    const store = makeStore()
    fs.writeFileSync(incomingPath(store, DIGEST), Buffer.alloc(1000, 7))
    const { remote, offsets } = remoteOf((offset) => [CONTENT.subarray(offset)])
    expect(await fetch(store, remote)).toBe(true)
    expect(offsets).toEqual([1000, 0])
  })

  it("is refused with other bytes, with more of them, and with fewer", async () => {
    const wrong = Buffer.from(CONTENT)
    wrong[99_999] = 0
    const more = Buffer.concat([CONTENT, CONTENT])
    for (const bytes of [wrong, more]) {
      const store = makeStore()
      await expect(fetch(store, remoteOf((offset) => [bytes.subarray(offset)]).remote)).rejects.toMatchObject({
        _tag: "StoreError",
        message: expect.stringContaining("is not what its digest says") as string,
      })
      expect(isThere(store)).toBe(false)
      expect(fs.readdirSync(`${store.root}/incoming`)).toEqual([])
    }
    const store = makeStore()
    const fewer = remoteOf((offset) => [CONTENT.subarray(offset, 50_000)])
    await expect(fetch(store, fewer.remote)).rejects.toMatchObject({
      message: expect.stringContaining("could not be fetched") as string,
    })
    expect(isThere(store)).toBe(false)
  }, 30_000)

  it("is not there where the remote has nothing, or where it was stopped", async () => {
    const store = makeStore()
    expect(await fetch(store, remoteOf(() => undefined).remote)).toBe(false)
    const controller = new AbortController()
    const { remote } = remoteOf(async function* () {
      yield CONTENT.subarray(0, 10_000)
      controller.abort(new Error("stopped"))
      await new Promise((resolve) => setTimeout(resolve, 50))
      yield CONTENT.subarray(10_000)
    })
    const options = { signal: controller.signal, onBytes: () => {} }
    await expect(fetchObject(store, remote, { digest: DIGEST, bytes: CONTENT.length }, options)).rejects.toThrow(
      "stopped",
    )
    expect(isThere(store)).toBe(false)
  })

  it("of no bytes is made without asking", async () => {
    const store = makeStore()
    const digest = createHash("sha256").digest("hex")
    const { remote, offsets } = remoteOf(() => undefined)
    const options = { signal: new AbortController().signal, onBytes: () => {} }
    expect(await fetchObject(store, remote, { digest, bytes: 0 }, options)).toBe(true)
    expect(offsets).toEqual([])
    expect(fs.statSync(objectPath(store, digest)).size).toBe(0)
  })
})
