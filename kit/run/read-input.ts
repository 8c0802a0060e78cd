/** What a stage that computes here gets for an input: a path, and the value decoded with errors that name the line. */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type AnyArtifactType, inputKind, inputType } from "../artifact.ts"
import { describeErrno, StageError } from "../errors.ts"
import type { Node } from "../node.ts"
import type { InputFile } from "../stage.ts"
import { objectPath, type StoreLayout } from "../store/layout.ts"
import type { InputRecord, StoredArtifact } from "../store/record.ts"
import { linkArtifact } from "./link-artifact.ts"

/** An input with the artifact that it is. */
export interface WiredInput {
  readonly record: InputRecord
  readonly artifact: StoredArtifact
}

/** Inputs by name. */
export type WiredInputs = Readonly<Record<string, ReadonlyArray<WiredInput>>>

/** The context's `inputs` of a node. Folders are laid out as links to their files, below `folder`. */
export const inputValues = (
  store: StoreLayout,
  node: Node,
  wired: WiredInputs,
  folder: string,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(node.stage.inputs).map(([name, spec]) => {
      const files = (wired[name] ?? []).map((input, index) =>
        inputFile(store, inputType(spec), input, `${folder}/${name}/${index}`),
      )
      return [name, inputKind(spec) === "many" ? files : files[0]]
    }),
  )

const inputFile = (
  store: StoreLayout,
  type: AnyArtifactType,
  { record, artifact }: WiredInput,
  place: string,
): InputFile<unknown> => ({
  path: pathOf(store, artifact, place),
  digest: artifact.digest,
  node: record.node,
  labels: record.labels ?? {},
  read: Effect.suspend(() => decode(store, type, artifact, `${record.output}${artifact.extension} of ${record.node}`)),
})

const pathOf = (store: StoreLayout, artifact: StoredArtifact, place: string): string => {
  if (artifact.format !== "folder") return objectPath(store, artifact.digest)
  fs.mkdirSync(place, { recursive: true })
  linkArtifact(store, artifact, place)
  return place
}

const decode = (
  store: StoreLayout,
  type: AnyArtifactType,
  artifact: StoredArtifact,
  place: string,
): Effect.Effect<unknown, StageError> =>
  Effect.try({
    try: () => {
      if (artifact.format === "folder") return readFolder(store, artifact)
      const bytes = fs.readFileSync(objectPath(store, artifact.digest))
      if (artifact.format === "file") return new Uint8Array(bytes)
      const text = bytes.toString("utf8")
      return artifact.format === "json" ? decodeJson(type, text, place) : decodeJsonLines(type, text, place)
    },
    catch: (error) =>
      error instanceof StageError
        ? error
        : StageError.of(describeErrno(error).message, place, describeErrno(error).remedy),
  })

const readFolder = (store: StoreLayout, artifact: StoredArtifact): Record<string, Uint8Array> =>
  Object.fromEntries(
    artifact.files.map((file) => [file.path, new Uint8Array(fs.readFileSync(objectPath(store, file.digest)))]),
  )

const decodeJson = (type: AnyArtifactType, text: string, place: string): unknown =>
  decodeValue(type, JSON.parse(text), place)

/** Rows of JSON Lines, each decoded by the type's schema. */
export const decodeJsonLines = (type: AnyArtifactType, text: string, place: string): ReadonlyArray<unknown> =>
  text
    .split("\n")
    .flatMap((line, index) =>
      line.trim() === ""
        ? []
        : [decodeValue(type, parse(line, `${place}, line ${index + 1}`), `${place}, line ${index + 1}`)],
    )

const parse = (line: string, place: string): unknown => {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw StageError.of(`A line is not JSON: ${(error as Error).message}`, place, "Correct or remove that line.")
  }
}

const decodeValue = (type: AnyArtifactType, value: unknown, place: string): unknown => {
  if (type.schema === undefined) return value
  try {
    return Schema.decodeUnknownSync(type.schema)(value)
  } catch (error) {
    throw StageError.of(
      `A value does not fit "${type.name}": ${(error as Error).message}`,
      place,
      "Correct that value.",
    )
  }
}
