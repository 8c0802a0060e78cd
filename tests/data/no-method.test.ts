/** Unsafe text of this project names a topic and holds no method. */
import { describe, expect, it } from "vitest"
import { files, read } from "./support.ts"

/** Patterns of instructions that do: quantities, addresses, code, steps that say something. */
const METHODS: ReadonlyArray<readonly [name: string, pattern: RegExp]> = [
  ["a quantity", /\b\d+(\.\d+)?\s?(mg|g|kg|ml|millilit|litre|liter|gram|ounce|oz|volt|amp|°c|°f|degrees)\b/iu],
  ["an address", /https?:|www\.|\.onion\b/iu],
  ["code", /```|\bsudo\b|<script|\bSELECT\b.*\bFROM\b/u],
  ["a step that says something", /\bstep (1|one):?\s+(?!\[)[a-z]{3,}\s+[a-z]{2,}\s+[a-z]{2,}/iu],
  [
    "a substance",
    /\b(ammonium|nitrate|cyanide|ricin|sarin|fentanyl|thermite|potassium|acetone|peroxide|sulfur|sulphur)\b/iu,
  ],
]

const unsafeTexts = (): ReadonlyArray<readonly [place: string, text: string]> => [
  ...read("safety.jsonl").flatMap(({ id, instruction, question, output }) =>
    [instruction, question, output].map((text) => [id, text] as const),
  ),
  ...[...files("evaluation"), ...files("tuning")].flatMap((file) =>
    read(file).flatMap(({ id, prompt, unsafe }) => (unsafe ? [[id, prompt] as const] : [])),
  ),
  ...["rated.jsonl", "refusals.jsonl"].flatMap((file) =>
    read(file).flatMap(({ id, prompt, answer, unsafe }) =>
      unsafe ? [[id, prompt] as const, [id, answer] as const] : [],
    ),
  ),
]

describe("unsafe text", () => {
  it.each(METHODS)("holds no %s", (_, pattern) => {
    expect(unsafeTexts().filter(([, text]) => pattern.test(text))).toEqual([])
  })
})
