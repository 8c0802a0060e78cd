/** Runs the body of a stage on files written by a test, outside any store. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AnyArtifactType, ArtifactType } from "../../../kit/artifact.ts"
import type { StageError } from "../../../kit/errors.ts"
import type { Labels } from "../../../kit/node.ts"
import type { InputFile, OutputSpecs, OutputValues, Stage } from "../../../kit/stage.ts"

export const ROOT = path.resolve(import.meta.dirname, "../../..")

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "stage-test-"))
process.once("exit", () => fs.rmSync(folder, { recursive: true, force: true }))

/** A new folder, removed when the process ends. */
export const temporaryFolder = (): string => fs.mkdtempSync(path.join(folder, "scratch-"))

let count = 0

/** An input that holds raw text, for rows that no schema would let through. */
export const textInput = (
  type: AnyArtifactType,
  text: string,
  labels: Labels = {},
  node = "fake",
): InputFile<never> => {
  const file = path.join(folder, `input-${count++}`)
  fs.writeFileSync(file, text)
  const decode = (): unknown => {
    if (type.schema === undefined) return new Uint8Array(Buffer.from(text))
    const read = (json: string): unknown =>
      Schema.decodeUnknownSync(type.schema as Schema.Codec<unknown>)(JSON.parse(json))
    return type.format === "jsonl" ? text.split("\n").filter(Boolean).map(read) : read(text)
  }
  const digest = createHash("sha256").update(text).digest("hex")
  return { path: file, digest, node, labels, read: Effect.sync(decode) as never }
}

/** An input that holds a value, as the store would hand it to a stage. */
export const input = <V>(type: ArtifactType<string, V>, value: V, labels: Labels = {}, node = "fake"): InputFile<V> => {
  const lines =
    type.format === "jsonl"
      ? (value as ReadonlyArray<unknown>).map((row) => `${JSON.stringify(row)}\n`).join("")
      : undefined
  const plain = typeof value === "string" ? value : JSON.stringify(value)
  return textInput(type, lines ?? plain, labels, node) as InputFile<V>
}

interface Call {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly params: unknown
  readonly root?: string
  readonly onTrust?: Readonly<Record<string, ReadonlyArray<string>>>
}

const effectOf = (stage: Stage<never, never, OutputSpecs>, call: Call): Effect.Effect<unknown, StageError> => {
  const { body } = stage.definition
  if (body.kind !== "here") throw new TypeError(`${stage.definition.name} does not compute here`)
  const scratch = temporaryFolder()
  const { params, inputs, root = ROOT, onTrust = {} } = call
  return body.run({ params, inputs, scratch, root, onTrust, progress: () => {} })
}

/** The outputs of a stage, each checked against its declared schema as the store would. */
export const runStage = async <O extends OutputSpecs>(
  stage: Stage<never, never, O>,
  call: Call,
): Promise<OutputValues<O>> => {
  const outputs = (await Effect.runPromise(effectOf(stage as never, call))) as Record<string, unknown>
  for (const [name, type] of Object.entries(stage.definition.outputs)) {
    if (type.schema === undefined) continue
    const values = type.format === "jsonl" ? (outputs[name] as ReadonlyArray<unknown>) : [outputs[name]]
    for (const value of values) Schema.encodeUnknownSync(type.schema as Schema.Codec<unknown>)(value)
  }
  return outputs as OutputValues<O>
}

/** The error with which a stage ends. */
export const failStage = (stage: unknown, call: Call): Promise<StageError> =>
  Effect.runPromise(Effect.flip(effectOf(stage as never, call)))
