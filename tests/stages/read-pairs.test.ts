/** Preference pairs from hh-rlhf's dialogues: only those whose two sides answer the same single request. */
import { gzipSync } from "node:zlib"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { InputFile } from "../../kit/stage.ts"
import { readPreferencePairs } from "../../stages/read-pairs.ts"
import { failStage, runStage } from "./support/run-stage.ts"

const gzipped = (text: string): InputFile<Uint8Array> => ({
  ...{ path: "", digest: "", node: "fake", labels: {}, read: Effect.succeed(new Uint8Array(gzipSync(text))) },
})
const call = (text: string) => ({ inputs: { file: gzipped(text) }, params: { name: "hh" } })
const dialogue = (...turns: ReadonlyArray<string>): string =>
  turns.map((turn, index) => `\n\n${index % 2 === 0 ? "Human" : "Assistant"}: ${turn}`).join("")
const pairs = async (...rows: ReadonlyArray<readonly [chosen: string, rejected: string]>) =>
  (
    await runStage(
      readPreferencePairs as never,
      call(rows.map(([chosen, rejected]) => JSON.stringify({ chosen, rejected })).join("\n")),
    )
  ).pairs
const good = [dialogue("May I?", "No."), dialogue("May I?", "Yes:\n\n1. so")] as const

describe("preference pairs", () => {
  it("are one request and its two answers, trimmed, with the id of their line", async () => {
    expect(await pairs([dialogue("a", "same"), dialogue("a", "same")], good)).toEqual([
      { id: "hh-0002", prompt: "May I?", chosen: "No.", rejected: "Yes:\n\n1. so" },
    ])
  })

  it.each([
    ["more than one request", [dialogue("a", "b", "c", "d"), dialogue("a", "b", "c", "e")]],
    ["different requests", [dialogue("a", "b"), dialogue("c", "d")]],
    ["an empty answer", [dialogue("a", " "), dialogue("a", "b")]],
    ["equal answers", [dialogue("a", "b"), dialogue("a", "b ")]],
    ["no answer at all", ["\n\nHuman: what about this one", "\n\nHuman: what about this two"]],
    ["a request that nobody answered last", [dialogue("a", "b", "c"), dialogue("a", "b", "d")]],
  ] as const)("leave out dialogues with %s", async (_, odd) => {
    expect(await pairs(odd, good)).toHaveLength(1)
  })

  it("name the line of what is broken, and refuse a set without any", async () => {
    const line = JSON.stringify({ chosen: good[0], rejected: good[1] })
    expect((await failStage(readPreferencePairs, call(`${line}\n{"chosen": "x"}`))).where).toBe("hh, line 2")
    expect((await failStage(readPreferencePairs, call(""))).message).toBe("The set is empty")
  })

  it("that are not gzipped are a mistake that is told, not a crash", async () => {
    const file = { ...gzipped(""), read: Effect.succeed(new TextEncoder().encode("plain")) }
    const error = await failStage(readPreferencePairs, { inputs: { file }, params: { name: "hh" } })
    expect(error.where).toBe("hh")
    expect(error.message).toMatch(/gzip/)
  })
})
