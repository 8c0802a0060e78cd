/** Reads inputs of which there are many, or that need not be wired. */
import * as Effect from "effect/Effect"
import type { StageError } from "../kit/errors.ts"
import type { InputFile } from "../kit/stage.ts"

/** The rows of all files, one file after another. */
export const readAll = <Row>(
  files: ReadonlyArray<InputFile<ReadonlyArray<Row>>>,
): Effect.Effect<ReadonlyArray<Row>, StageError> =>
  Effect.map(
    Effect.forEach(files, ({ read }) => read),
    (parts) => parts.flat(),
  )

/** What a file holds; undefined where none is wired. */
export const readOptional = <Value>(
  file: InputFile<Value> | undefined,
): Effect.Effect<Value | undefined, StageError> => (file === undefined ? Effect.succeed(undefined) : file.read)
