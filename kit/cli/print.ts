/** What the command line prints: results on stdout, errors and progress on stderr; tables as text, CSV or JSON. */
import { stripVTControlCharacters } from "node:util"
import type * as Cause from "effect/Cause"
import type { KitError } from "../errors.ts"

export { duration, size } from "../lib/units.ts"

// A reader that has seen enough, such as `head`, closes the pipe: that is no mistake, and must not end a run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error
  })
}

/** Text of several lines without what would steer a terminal: names and messages may hold anything. */
const harmless = (text: string): string => stripVTControlCharacters(text).replace(/[^\P{Cc}\n\t]/gu, "�")

/** Writes a result for a person. */
export const out = (text: string): void => {
  process.stdout.write(`${harmless(text)}\n`)
}

/** Writes a result for a program, as it is. */
export const outExactly = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

/** Writes a message for the person. */
export const note = (text: string): void => {
  process.stderr.write(`${harmless(text)}\n`)
}

const known = new Set(["PipelineError", "StageError", "StoreError", "WorkerError", "UsageError"])

/** An error as a person reads it: what, where, what to do. */
export const describeError = (error: unknown): string => {
  if (error === null || typeof error !== "object" || !known.has((error as { _tag?: string })._tag ?? "")) {
    return `error: ${error instanceof Error ? error.message : String(error)}`
  }
  const { message, where, remedy } = error as KitError
  const place = where === "" || message.includes(where) ? "" : `\n  at: ${where}`
  return `error: ${message}${place}${remedy === "" ? "" : `\n  do: ${remedy}`}`
}

/** Every error of a cause, as a person reads it. */
export const describeCause = (cause: Cause.Cause<unknown>): string =>
  cause.reasons
    .flatMap((reason) => (reason._tag === "Fail" ? [reason.error] : reason._tag === "Die" ? [reason.defect] : []))
    .map(describeError)
    .join("\n")

/** Model output and names are shown as they are, but control characters can't reach the terminal. */
export const printable = (value: unknown): string => {
  const text =
    typeof value === "string"
      ? value
      : value === null || value === undefined
        ? ""
        : typeof value === "object"
          ? JSON.stringify(value)
          : String(value)
  return stripVTControlCharacters(text)
    .replace(/[\n\t]/gu, " ")
    .replace(/\p{Cc}/gu, "�")
}

const CELL_LIMIT = 60

const cell = (value: unknown, limit: number): string => {
  const text = printable(value)
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text
}

/** Rows as aligned columns; numbers to the right; longer texts are cut to `limit` characters. */
export const textTable = (
  columns: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<unknown>>,
  limit = CELL_LIMIT,
): string => {
  const texts = rows.map((row) =>
    row.map((value) => (typeof value === "number" ? shortNumber(value) : cell(value, limit))),
  )
  const widths = columns.map((column, index) => Math.max(column.length, ...texts.map((row) => row[index]?.length ?? 0)))
  const numeric = columns.map(
    (_, index) => rows.length > 0 && rows.every((row) => typeof row[index] === "number" || row[index] === null),
  )
  const line = (row: ReadonlyArray<string>): string =>
    row
      .map((text, index) => (numeric[index] ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0)))
      .join("  ")
      .trimEnd()
  return [line(columns), widths.map((width) => "─".repeat(width)).join("  "), ...texts.map(line)].join("\n")
}

const shortNumber = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))

const csvCell = (value: unknown): string => {
  const text = typeof value === "object" && value !== null ? JSON.stringify(value) : String(value ?? "")
  return /[",\n\r]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows as CSV (RFC 4180). */
export const csvTable = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  [columns, ...rows].map((row) => row.map(csvCell).join(",")).join("\n")

/** Rows as a JSON array of objects. */
export const jsonTable = (columns: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<unknown>>): string =>
  JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]]))),
    null,
    2,
  )

/** Quotes a word for a POSIX shell. */
export const shellQuote = (word: string): string =>
  /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
