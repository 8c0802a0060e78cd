import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as tar from "tar-stream"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { StoreError } from "../../../kit/errors.ts"
import { keyOfRecord } from "../../../kit/key.ts"
import { openRemote } from "../../../kit/share/open-remote.ts"
import type { StoreRecord } from "../../../kit/store/record.ts"
import { type TestProject, temporaryFolder } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"
import { authored, objects } from "./support/share-project.ts"

interface Member {
  readonly header: Partial<tar.Header> & { readonly name: string }
  readonly data: Buffer
}

const cleanups: Array<() => void> = []
const later = (remove: () => void): void => void cleanups.push(remove)
afterAll(() => {
  for (const remove of cleanups) remove()
})

let author: TestProject
let pack: string
let members: ReadonlyArray<Member>

const read = async (file: string): Promise<ReadonlyArray<Member>> => {
  const found: Array<Member> = []
  const extract = tar.extract()
  fs.createReadStream(file).pipe(extract)
  for await (const entry of extract) {
    const chunks: Array<Buffer> = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    found.push({ header: { name: entry.header.name, type: "file" }, data: Buffer.concat(chunks) })
  }
  return found
}

const write = async (all: ReadonlyArray<Member>): Promise<string> => {
  const packed = tar.pack()
  for (const { header, data } of all) packed.entry(header, data)
  packed.finalize()
  const file = path.join(temporaryFolder(), "hostile.tar")
  const chunks: Array<Buffer> = []
  for await (const chunk of packed) chunks.push(chunk as Buffer)
  fs.writeFileSync(file, Buffer.concat(chunks))
  return file
}

beforeAll(async () => {
  author = authored(later)
  expect(author.repro(["pack", "results.tar"])).toMatchObject({ code: 0 })
  pack = path.join(author.root, "results.tar")
  members = await read(pack)
})

const open = (file: string) => openRemote(file, { write: false, signal: new AbortController().signal })

const refusal = async (file: string): Promise<string> => {
  const error = await open(file).then(
    () => undefined,
    (failure: StoreError) => failure,
  )
  expect(error?._tag).toBe("StoreError")
  expect(error?.remedy).not.toBe("")
  return error?.message ?? ""
}

const member = (name: string, text = "x", more: Partial<tar.Header> = {}): Member => ({
  header: { name, ...more },
  data: Buffer.from(text),
})

const isRecord = ({ header }: Member): boolean => header.name.startsWith("records/")
const recordIn = ({ data }: Member): StoreRecord => JSON.parse(data.toString("utf8")) as StoreRecord

/** A record as a member, under the key that it makes. */
const recordMember = (record: StoreRecord): Member => {
  const key = keyOfRecord(record) as string
  return member(`records/${key.slice(0, 2)}/${key}.json`, JSON.stringify({ ...record, key }))
}

/** The members with the records changed. */
const changed = (change: (record: StoreRecord) => object): ReadonlyArray<Member> =>
  members.map((one) => (isRecord(one) ? recordMember(change(recordIn(one)) as StoreRecord) : one))

describe("a pack", () => {
  it("has the same bytes each time, and never replaces a file", () => {
    expect(author.repro(["pack", "again.tar"])).toMatchObject({ code: 0 })
    expect(Buffer.compare(fs.readFileSync(pack), fs.readFileSync(path.join(author.root, "again.tar")))).toBe(0)
    const third = author.repro(["pack", "again.tar"])
    expect(third).toMatchObject({ code: 1 })
    expect(third.stderr).toContain("There is a file")
  })

  it("that can't have its name is told, and no half of it stays", () => {
    for (const [file, told] of [
      ["nowhere/results.tar", "There is no folder"],
      [`${"p".repeat(300)}.tar`, "A name is longer than the file system allows"],
    ] as const) {
      const { code, stderr } = author.repro(["pack", file])
      expect(code).toBe(1)
      expect(stderr).toContain(told)
      expect(stderr).toMatch(/\n {2}do: /)
      expect(stderr).not.toMatch(/node:internal|\n\s+at .*:\d+:\d+/)
    }
    expect(fs.readdirSync(author.root).filter((name) => name.endsWith(".tmp"))).toEqual([])
  })

  it("is enough to have all results of a profile without computing", () => {
    const reviewer = wordsProject()
    const ran = reviewer.repro(["run", "--from", pack])
    expect(ran).toMatchObject({ code: 0 })
    expect(reviewer.lines("calls.txt")).toEqual([])
    const pulled = reviewer.repro(["pull", pack])
    expect(pulled).toMatchObject({ code: 0 })
    expect(objects(`${reviewer.root}/artifacts`)).toHaveLength(6)
  })

  it("with only some nodes' bytes says so, and what is left out is computed when something needs it", async () => {
    const small = author.repro(["pack", "small.tar", "measure"])
    expect(small.stderr).toContain("Without bytes: ")
    const reviewer = wordsProject()
    reviewer.edit("stages/text.ts", "length: text.length }", "length: text.length + 1 }")
    const ran = reviewer.repro(["run", "--from", path.join(author.root, "small.tar")])
    expect(ran).toMatchObject({ code: 0 })
    expect(reviewer.lines("calls.txt").toSorted()).toEqual(
      ["measure", "measure", "shout", "shout", "write 1", "write 2"].toSorted(),
    )
  })

  it("is read where it is whole", async () => {
    const remote = await open(await write(members))
    expect((await remote.sizes(["format", "objects/none"], new AbortController().signal)).get("format")).toBe(2)
  })

  const outside = ["../evil", "objects/../../evil", "/etc/evil", "records\\..\\evil", "objects/aa/evil", "view/x"]
  it.each(outside)("is refused for a member named %j", async (name) => {
    expect(await refusal(await write([...members, member(name)]))).toMatch(
      /leads outside the store|absolute path|has no place in a store/,
    )
  })

  it.each(["symlink", "link", "directory", "fifo", "character-device", "block-device"] as const)(
    "is refused for a %s",
    async (type) => {
      const link = member("objects/aa/bb", "", { type, linkname: "/etc/passwd", size: 0 })
      expect(await refusal(await write([...members, link]))).toContain(`is a ${type}, not a plain file`)
    },
  )

  it("is refused for a member that comes twice", async () => {
    expect(await refusal(await write([...members, members.at(-1) as Member]))).toContain("twice")
  })

  it("is refused for an object that is not what its name says", async () => {
    const spoiled = members.map((one, index) =>
      index === members.length - 1 ? { ...one, data: Buffer.from("x") } : one,
    )
    expect(await refusal(await write(spoiled))).toContain("not that of its name")
  })

  it("is refused for sizes that can't be, without filling memory or disk", async () => {
    const file = await write(members)
    const bytes = fs.readFileSync(file)
    const last = bytes.lastIndexOf("ustar") - 257
    const huge = Buffer.from(bytes)
    huge.write("77777777777\0", last + 124)
    let sum = 8 * 32
    for (let index = 0; index < 512; index++) if (index < 148 || index >= 156) sum += huge[last + index] as number
    huge.write(`${sum.toString(8).padStart(6, "0")}\0 `, last + 148)
    fs.writeFileSync(file, huge)
    expect(await refusal(file)).toContain("more than the file has left")
    fs.writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length / 2) + 100))
    expect(await refusal(file)).toMatch(/no whole tar file|more than the file has left/)
  })

  it("is refused for a record under another key", async () => {
    const [first, second] = members.filter(isRecord) as [Member, Member]
    const swapped = members.map((one) => (one === first ? { ...one, data: second.data } : one))
    expect(await refusal(await write(swapped))).toContain("lies under the key")
  })

  it("is refused for a record that is none, or that names files outside its folder", async () => {
    const folder = (record: StoreRecord) => {
      const files = [{ path: "../../evil", digest: "a".repeat(64), bytes: 0 }]
      const digest = createHash("sha256")
        .update(JSON.stringify([["../../evil", "a".repeat(64), 0]]))
        .digest("hex")
      return { ...record, outputs: { text: { type: "t", format: "folder", extension: "", digest, bytes: 0, files } } }
    }
    expect(await refusal(await write(changed(folder)))).toContain("names a file outside its folder")
    expect(
      await refusal(await write(changed((record) => ({ ...record, run: { ...record.run, started: "1); DROP" } })))),
    ).toContain("no record of format")
  })

  it("is refused for a record whose objects are not there", async () => {
    const without = members.filter(({ header }) => !header.name.startsWith("objects/"))
    expect(await refusal(await write(without))).toMatch(/the record of .* names objects\/.*, which is not in it/)
  })

  it("is refused for records that form a cycle, with its members, by every command (dvc#7915)", async () => {
    const records = new Map(members.filter(isRecord).map((one) => [recordIn(one).node, recordIn(one)]))
    const last = Object.values(records.get("shout/words=1")?.outputs ?? {})[0] as { digest: string }
    const input = { digest: last.digest, node: "shout/words=1", output: "text" }
    const cyclic = changed((record) =>
      record.node === "write/words=1" ? { ...record, inputs: { text: [input] } } : record,
    )
    const file = await write(cyclic)
    const way = /write\/words=1 → shout\/words=1 → write\/words=1|shout\/words=1 → write\/words=1 → shout/
    const message = await refusal(file)
    expect(message).toContain("form a cycle")
    expect(message).toMatch(way)
    const reviewer = wordsProject()
    for (const args of [
      ["run", "--from", file],
      ["pull", file],
      ["plan", "--from", file],
    ]) {
      const { code, stdout, stderr } = reviewer.repro(args)
      expect({ code, stdout }, args.join(" ")).toEqual({ code: 1, stdout: "" })
      expect(stderr).toMatch(way)
      expect(stderr).toMatch(/\n {2}do: /)
      expect(stderr).not.toMatch(/\n\s+at .*:\d+:\d+/)
    }
    expect(reviewer.lines("calls.txt")).toEqual([])
  })

  it("that is no pack is refused with what to do", async () => {
    const file = path.join(temporaryFolder(), "x.tar.gz")
    fs.writeFileSync(file, Buffer.from("1f8b0800", "hex"))
    expect(await refusal(file)).toContain("one that was compressed must be unpacked first")
    expect(await refusal(await write([member("format", "1\n")]))).toContain("has no pack.json")
  })

  it("that is refused leaves a store as it was", async () => {
    const reviewer = wordsProject()
    const result = reviewer.repro(["run", "--from", await write([...members, member("../evil")])])
    expect(result).toMatchObject({ code: 1, stdout: "" })
    expect(result.stderr).toContain("do: Ask for it anew")
    expect(reviewer.exists("artifacts")).toBe(false)
    expect(fs.existsSync(path.join(path.dirname(reviewer.root), "evil"))).toBe(false)
  })
})
