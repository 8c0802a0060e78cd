/** Objects: bytes come in whole or not at all, and damage is seen. */
import * as fs from "node:fs"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { sha256 } from "../../../kit/canonical.ts"
import { hashFile, hashFileSync } from "../../../kit/store/hash-file.ts"
import { objectPath, prepareStore, type StoreLayout } from "../../../kit/store/layout.ts"
import { checkFile, findDamage, folderDigest, ingestBytes, ingestFile } from "../../../kit/store/objects.ts"
import type { StoredArtifact, StoredFile } from "../../../kit/store/record.ts"
import { filesUnder, temporaryFolder } from "../support/project.ts"

let store: StoreLayout
let scratch: string
let removeStore = (): void => {}
afterAll(() => removeStore())
beforeAll(() => {
  const root = temporaryFolder((remove) => {
    removeStore = remove
  })
  store = { root: `${root}/store` }
  scratch = `${root}/scratch`
  prepareStore(store)
})

let hello: string
let place: string
let stored: StoredFile
let count = 0
beforeEach(async () => {
  hello = `hello ${count++}\n`
  stored = await ingestBytes(store, hello, scratch)
  place = objectPath(store, stored.digest)
})

const artifact = (...files: ReadonlyArray<StoredFile>): StoredArtifact => ({
  type: "t",
  format: "file",
  extension: "",
  digest: "",
  bytes: 0,
  files,
})

describe("coming in", () => {
  it("announces what it is before it looks whether it is there: a collection may have removed it until then", async () => {
    const collected = { ...store, announce: () => fs.rmSync(place, { force: true }) }
    await ingestBytes(collected, hello, scratch)
    expect(fs.readFileSync(place, "utf8")).toBe(hello)
    fs.writeFileSync(scratch, hello)
    await ingestFile(collected, scratch)
    expect(fs.readFileSync(place, "utf8")).toBe(hello)
  })

  it("puts bytes under their SHA-256, read-only, and leaves nothing beside", () => {
    expect(stored).toMatchObject({ digest: sha256(hello), bytes: hello.length, path: "" })
    expect(fs.readFileSync(place, "utf8")).toBe(hello)
    expect(fs.statSync(place).mode & 0o777).toBe(0o444)
    expect(fs.existsSync(scratch)).toBe(false)
    expect(filesUnder(`${store.root}/objects`)).toHaveLength(count)
  })

  it("keeps an object that is there, and mends one that is damaged", async () => {
    const { ino } = fs.statSync(place)
    expect((await ingestBytes(store, hello, scratch)).stamp).toEqual(stored.stamp)
    expect(fs.statSync(place).ino).toBe(ino)
    fs.chmodSync(place, 0o644)
    fs.writeFileSync(place, hello.replace("e", "u"))
    await ingestBytes(store, hello, scratch)
    expect(fs.readFileSync(place, "utf8")).toBe(hello)
  })

  it("takes an empty file and bytes that are no text", async () => {
    for (const bytes of [new Uint8Array(0), new Uint8Array([0, 255, 128, 10])]) {
      const { digest } = await ingestBytes(store, bytes, scratch)
      expect(digest).toBe(sha256(bytes))
      expect(new Uint8Array(fs.readFileSync(objectPath(store, digest)))).toEqual(bytes)
    }
  })

  it("does not take a missing file", async () => {
    const before = filesUnder(`${store.root}/objects`)
    await expect(ingestFile(store, `${scratch}-none`)).rejects.toThrow(/ENOENT/)
    expect(filesUnder(`${store.root}/objects`)).toEqual(before)
  })
})

describe("damage", () => {
  const rewrite = (text: string): void => {
    const { atime, mtime } = fs.statSync(place)
    fs.chmodSync(place, 0o644)
    fs.writeFileSync(place, text)
    fs.chmodSync(place, 0o444)
    fs.utimesSync(place, atime, mtime)
  }

  it("is none while nothing happened", () => expect(checkFile(store, stored)).toBeUndefined())

  it("is seen when a file is cut short", () => {
    fs.chmodSync(place, 0o644)
    fs.truncateSync(place, 3)
    expect(checkFile(store, stored)).toBe("changed")
  })

  it("is seen when a byte is flipped, with the time put back (dvc#9641)", () => {
    rewrite(hello.replace("e", "a"))
    expect(checkFile(store, stored)).toBe("changed")
  })

  it("is seen when the object is gone", () => {
    fs.rmSync(place)
    expect(checkFile(store, stored)).toBe("missing")
  })

  it("is none when only times moved: a clock's difference invalidates nothing (nextflow#828)", () => {
    fs.utimesSync(place, new Date(0), new Date(5))
    const stamp = checkFile(store, stored)
    expect(Array.isArray(stamp)).toBe(true)
    expect(checkFile(store, { ...stored, stamp: stamp as never })).toBeUndefined()
    expect(findDamage(store, artifact(stored))).toBeUndefined()
  })

  it("is named by the first bad file of a folder", async () => {
    const other = { ...(await ingestBytes(store, "other", scratch)), path: "b.txt" }
    fs.rmSync(objectPath(store, other.digest))
    expect(findDamage(store, artifact(stored, other))).toEqual({ file: other, damage: "missing" })
  })
})

it("hashes files of any length as memory is hashed, at once and as a stream", async () => {
  const file = `${scratch}-long`
  for (const length of [0, 1, (1 << 20) - 1, 1 << 20, (1 << 21) + 7]) {
    const bytes = Buffer.alloc(length, "abcdefg")
    fs.writeFileSync(file, bytes)
    expect(await hashFile(file)).toBe(sha256(bytes))
    expect(hashFileSync(file)).toBe(sha256(bytes))
  }
})

it("digests a folder by names and contents", () => {
  const file = (path: string, digest: string): StoredFile => ({ path, digest, bytes: 1 })
  const digests = [
    [file("a", "1"), file("b", "2")],
    [file("a", "2"), file("b", "1")],
    [file("a", "1")],
    [file("a/b", "1"), file("b", "2")],
    [],
  ].map(folderDigest)
  expect(new Set(digests).size).toBe(digests.length)
  const moved: StoredFile = { path: "a", digest: "1", bytes: 1, stamp: ["1", "2", "3"] }
  expect(folderDigest([moved])).toBe(folderDigest([file("a", "1")]))
})
