/** The formats in which instruction examples are published, each turned into `Examples` rows. */
import * as Schema from "effect/Schema"
import type { ValueOf } from "../../kit/artifact.ts"
import type { Examples } from "../artifacts.ts"
import { parseJsonArray, parseJsonLines, runningId } from "./parse.ts"

type Row = ValueOf<typeof Examples>[number]
type Reader = (text: string, file: string) => ReadonlyArray<Row>

const Text = Schema.String

const OwnGeneral = Schema.Struct({ id: Text, kind: Text, instruction: Text, input: Text, output: Text })
const OwnSafety = Schema.Struct({ id: Text, topic: Text, instruction: Text, question: Text, output: Text })
const Alpaca = Schema.Struct({ instruction: Text, input: Text, output: Text })
const AlpacaEval = Schema.Struct({ dataset: Text, instruction: Text, output: Text })
const SeedTask = Schema.Struct({
  id: Text,
  name: Text,
  instruction: Text,
  instances: Schema.NonEmptyArray(Schema.Struct({ input: Text, output: Text })),
})

/** data/general.jsonl. */
const ownGeneral: Reader = (text, file) =>
  parseJsonLines(OwnGeneral, text, file).map(({ kind, ...row }) => ({ ...row, source: "general", topic: kind }))

/** data/safety.jsonl, phrased as instructions. */
const ownSafetyInstructions: Reader = (text, file) =>
  parseJsonLines(OwnSafety, text, file).map(({ id, topic, instruction, output }) => ({
    ...{ id, topic, instruction, output, input: "", source: "safety" },
  }))

/** data/safety.jsonl, phrased as questions. */
const ownSafetyQuestions: Reader = (text, file) =>
  parseJsonLines(OwnSafety, text, file).map(({ id, topic, question, output }) => ({
    ...{ id, topic, instruction: question, output, input: "", source: "safety" },
  }))

const alpaca =
  (source: "general" | "safety"): Reader =>
  (text, file) =>
    parseJsonArray(Alpaca, text, file).map((row, index) => ({
      ...row,
      id: runningId(source, index),
      source,
      topic: "",
    }))

/** Answers of a model to AlpacaEval's prompts. */
const alpacaEval: Reader = (text, file) =>
  parseJsonArray(AlpacaEval, text, file).map(({ dataset, instruction, output }, index) => ({
    ...{ id: runningId("alpaca-eval", index), source: "general", topic: dataset, instruction, input: "", output },
  }))

/** Stanford Alpaca's seed tasks: the first instance of each. */
const seedTasks: Reader = (text, file) =>
  parseJsonLines(SeedTask, text, file).map(({ id, name, instruction, instances: [first] }) => ({
    ...{ id, source: "general", topic: name, instruction, ...first },
  }))

/** Readers by the name of the format. */
export const exampleFormats = {
  "own-general": ownGeneral,
  "own-safety-instructions": ownSafetyInstructions,
  "own-safety-questions": ownSafetyQuestions,
  "alpaca-general": alpaca("general"),
  "alpaca-safety": alpaca("safety"),
  "alpaca-eval-outputs": alpacaEval,
  "stanford-alpaca-seeds": seedTasks,
} as const satisfies Record<string, Reader>
