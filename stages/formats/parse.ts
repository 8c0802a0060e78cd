/** Reading rows of foreign files, with errors that name the file and the line. */
import * as Schema from "effect/Schema"
import { StageError } from "../../kit/errors.ts"

/** The text of a file artifact. */
export const decodeText = (bytes: string | Uint8Array): string =>
  typeof bytes === "string" ? bytes : new TextDecoder("utf-8").decode(bytes)

const invalid = (what: string, place: string): StageError =>
  StageError.of(what, place, "Correct or remove it, then run again.")

const parseJson = (text: string, place: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalid(`This is not JSON: ${(error as Error).message}`, place)
  }
}

const decode = <A>(schema: Schema.Codec<A, unknown, never, never>, value: unknown, place: string): A => {
  try {
    return Schema.decodeUnknownSync(schema)(value)
  } catch (error) {
    throw invalid(`A row is incomplete or malformed: ${(error as Error).message}`, place)
  }
}

/** Rows of JSON Lines; `file` names the file in errors. */
export const parseJsonLines = <A>(
  schema: Schema.Codec<A, unknown, never, never>,
  text: string,
  file: string,
): ReadonlyArray<A> =>
  text.split("\n").flatMap((line, index) => {
    const place = `${file}, line ${index + 1}`
    return line.trim() === "" ? [] : [decode(schema, parseJson(line, place), place)]
  })

/** Elements of one JSON array. */
export const parseJsonArray = <A>(
  schema: Schema.Codec<A, unknown, never, never>,
  text: string,
  file: string,
): ReadonlyArray<A> => {
  const value = parseJson(text, file)
  if (!Array.isArray(value)) throw invalid("The file should hold one JSON array", file)
  return value.map((element, index) => decode(schema, element, `${file}, element ${index + 1}`))
}

/** One JSON value. */
export const parseJsonValue = <A>(schema: Schema.Codec<A, unknown, never, never>, text: string, file: string): A =>
  decode(schema, parseJson(text, file), file)

/** Rows with ids that are all different, and at least one of them. */
export const checkedRows = <A extends { readonly id: string }>(
  rows: ReadonlyArray<A>,
  file: string,
): ReadonlyArray<A> => {
  if (rows.length === 0) throw StageError.of("The set is empty", file, "Give it at least one row.")
  const seen = new Map<string, number>()
  rows.forEach((row, index) => {
    const first = seen.get(row.id)
    if (first !== undefined) {
      throw invalid(`The id "${row.id}" occurs twice: rows ${first + 1} and ${index + 1}`, file)
    }
    seen.set(row.id, index)
  })
  return rows
}

/** A running id: prefix-0001. */
export const runningId = (prefix: string, index: number): string => `${prefix}-${String(index + 1).padStart(4, "0")}`
