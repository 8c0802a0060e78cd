/** Text imports give a test the same words that Node gives the kit. */
import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import word from "./fixtures/word.sql" with { type: "text" }

it("imports a SQL file as its text", () => {
  expect(word).toBe(readFileSync(new URL("./fixtures/word.sql", import.meta.url), "utf8"))
})
