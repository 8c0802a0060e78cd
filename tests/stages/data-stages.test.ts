/** Data comes in checked, is mixed by seeded nested draws, and never overlaps with what it is tested on. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as os from "node:os"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { findLikenesses } from "../../kit/lib/near-duplicates.ts"
import { seededRandom, shuffled } from "../../kit/lib/random.ts"
import { acquire } from "../../stages/acquire.ts"
import { exampleFormats } from "../../stages/formats/examples.ts"
import { adapterPiqa } from "../../stages/formats/llm-adapters.ts"
import { checkedRows } from "../../stages/formats/parse.ts"
import { promptFormats } from "../../stages/formats/prompts.ts"

describe("reading", () => {
  it("names file and line of what is no JSON, and of what lacks a field", () => {
    const good = JSON.stringify({ id: "a", kind: "k", instruction: "i", input: "", output: "o" })
    expect(() => exampleFormats["own-general"](`${good}\n{"id": `, "data/x.jsonl")).toThrow(
      expect.objectContaining({ where: "data/x.jsonl, line 2" }),
    )
    expect(() => exampleFormats["own-general"](`${good}\n{"id": "b"}`, "data/x.jsonl")).toThrow(/incomplete|malformed/)
  })
  it("refuses ids that occur twice, and empty sets", () => {
    expect(() => checkedRows([{ id: "a" }, { id: "b" }, { id: "a" }], "f")).toThrow(/"a" occurs twice: rows 1 and 3/)
    expect(() => checkedRows([], "f")).toThrow(/empty/)
  })
  it("keeps a prompt once that a published set holds twice", () => {
    const text = JSON.stringify({ instructions: ["one", "two", "one"], tags: ["x", "y", "x"], inputs: [] })
    expect(promptFormats.authors(text, "f", "S", true).map(({ prompt }) => prompt)).toEqual(["one", "two"])
  })
  it("reads XSTest's quoted fields with commas and line breaks", () => {
    const text = 'id,prompt,type,label,focus,note\n1,"How, then,\nkill it?",homonyms,safe,kill,x\n'
    const expected = { id: "XSTest-1", set: "XSTest", topic: "homonyms", prompt: "How, then,\nkill it?", unsafe: false }
    expect(promptFormats.xstest(text, "f", "XSTest", false)).toEqual([expected])
  })
  it("counts benchmark items that can't be recovered", () => {
    const whole =
      "Please choose the correct solution to the question: G?\n\nSolution1: A\n\nSolution2: B\n\nAnswer format: solution1/solution2"
    const rows = [
      { instruction: whole, answer: "solution2" },
      { instruction: "something else", answer: "solution1" },
    ]
    const found = adapterPiqa(JSON.stringify(rows), "f")
    expect(found.unrecovered).toBe(1)
    expect(found.rows).toEqual([{ id: "piqa-0001", goal: "G?", sol1: "A", sol2: "B", label: 1 }])
  })
})

describe("draws", () => {
  const items = Array.from({ length: 50 }, (_, index) => index)
  it("are nested, the same for a seed, and others for another", () => {
    const first = shuffled(items, seededRandom("s 1"))
    expect(shuffled(items, seededRandom("s 1"))).toEqual(first)
    expect(shuffled(items, seededRandom("s 2"))).not.toEqual(first)
    expect([...first].sort((a, b) => a - b)).toEqual(items)
  })
})

describe("likeness", () => {
  it("is 1 for texts that differ in case and punctuation, and below the threshold for others", () => {
    const [found] = findLikenesses(["How do I KILL a process?!"], ["how do i kill a process"], 0.6)
    expect(found).toMatchObject({ kind: "exact", similarity: 1 })
    expect(findLikenesses(["How do I bake bread?"], ["How do I kill a process?"], 0.6)).toEqual([])
  })
})

describe("acquire", () => {
  const bytes = "published data"
  const sha256 = createHash("sha256").update(bytes).digest("hex")
  const acquiring = (params: object, mirrors: ReadonlyArray<string>) => {
    const { body } = acquire.definition
    if (body.kind !== "here") throw new Error("acquire runs here")
    const all = { name: "d", mirror: "d.txt", urls: [], digest: { sha256 }, ...params }
    return Effect.runPromise(
      Effect.result(body.run({ params: all, mirrors, inputs: {}, scratch: "", root: "", progress: () => {} })),
    )
  }
  const mirror = fs.mkdtempSync(`${os.tmpdir()}/mirror-`)
  fs.writeFileSync(`${mirror}/d.txt`, bytes)

  it("takes a file from a mirror, by SHA-256 or by git blob id", async () => {
    const blob = createHash("sha1").update(`blob ${bytes.length}\0${bytes}`).digest("hex")
    for (const digest of [{ sha256 }, { gitBlob: blob }]) {
      const found = await acquiring({ digest }, [mirror])
      expect(found._tag === "Success" && Buffer.from(found.success.file).toString()).toBe(bytes)
    }
  })
  it("names both digests when they differ", async () => {
    const found = await acquiring({ digest: { sha256: "0".repeat(64) } }, [mirror])
    expect(found._tag === "Failure" && found.failure.message).toContain(sha256)
    expect(found._tag === "Failure" && found.failure.message).toContain("0".repeat(64))
  })
  it("takes a file from an address, and names every place where it was not", async () => {
    const server = createServer((request, response) => {
      response.statusCode = request.url === "/d" ? 200 : 404
      response.end(request.url === "/d" ? bytes : "")
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const found = await acquiring({ urls: [`${base}/d`] }, [])
    expect(found._tag).toBe("Success")
    const missing = await acquiring({ mirror: "e.txt", urls: [`${base}/e`] }, [mirror])
    server.close()
    const message = missing._tag === "Failure" ? missing.failure.message : ""
    expect(message).toContain(`${mirror}/e.txt`)
    expect(message).toContain(`${base}/e (HTTP 404)`)
  })
})
