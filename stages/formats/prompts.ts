/** The formats in which evaluation prompts are published, each turned into `Prompts` rows of one set. */
import * as Schema from "effect/Schema"
import type { ValueOf } from "../../kit/artifact.ts"
import { parseCsv } from "../../kit/lib/csv.ts"
import type { Prompts } from "../artifacts.ts"
import { parseJsonLines, parseJsonValue, runningId } from "./parse.ts"

type Row = ValueOf<typeof Prompts>[number]
type Reader = (text: string, file: string, set: string, unsafe: boolean) => ReadonlyArray<Row>

const { String: Text, Boolean: Flag } = Schema

const Own = Schema.Struct({ id: Text, topic: Text, prompt: Text, unsafe: Flag })
const OwnContrast = Schema.Struct({ id: Text, type: Text, prompt: Text, unsafe: Flag, contrast: Text })
const Authors = Schema.Struct({
  instructions: Schema.Array(Text),
  tags: Schema.optionalKey(Schema.Array(Text)),
})
const XsTest = Schema.Struct({ id: Text, prompt: Text, type: Text, label: Schema.Literals(["safe", "unsafe"]) })

/** data/evaluation/*.jsonl and data/tuning/*.jsonl. */
const own: Reader = (text, file, set) => parseJsonLines(Own, text, file).map((row) => ({ ...row, set }))

/** data/evaluation/contrast.jsonl. */
const ownContrast: Reader = (text, file, set) =>
  parseJsonLines(OwnContrast, text, file).map(({ id, type, prompt, unsafe }) => ({
    id,
    set,
    topic: type,
    prompt,
    unsafe,
  }))

/** The authors' evaluation sets. A prompt that a set holds twice is kept once. */
const authors: Reader = (text, file, set, unsafe) => {
  const { instructions, tags } = parseJsonValue(Authors, text, file)
  const rows = instructions.map((prompt, index) => ({
    ...{
      id: `${set}-${runningId("", index).slice(1)}`,
      set,
      topic: tags?.[index] ?? "",
      prompt: prompt.trim(),
      unsafe,
    },
  }))
  return rows.filter((row, index) => rows.findIndex((other) => other.prompt === row.prompt) === index)
}

/** XSTest's prompts. */
const xsTest: Reader = (text, file, set) =>
  parseCsv(text, file).map((record, index) => {
    const { id, prompt, type, label } = parseJsonValue(XsTest, JSON.stringify(record), `${file}, record ${index + 1}`)
    return { id: `${set}-${id}`, set, topic: type, prompt, unsafe: label === "unsafe" }
  })

/** Readers by the name of the format. */
export const promptFormats = {
  own,
  "own-contrast": ownContrast,
  authors,
  xstest: xsTest,
} as const satisfies Record<string, Reader>
