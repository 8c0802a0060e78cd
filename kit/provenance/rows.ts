/**
 * Rows of artifacts in the store: JSON Lines, a JSON document with `rows` such as a table for people, or the data of a
 * Vega-Lite specification. A table may say what its cells are of: `of` of a column, and `origins` with an entry for each row.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"
import { objectPath, type StoreLayout } from "../store/layout.ts"
import type { StoredArtifact } from "../store/record.ts"

export type Row = Readonly<Record<string, unknown>>

/** A column; `title` is what people see over it. */
export interface Column {
  readonly key: string
  readonly title: string
  /** What its cells are of, beside what their row is of. */
  readonly of: Row
}

export interface Rows {
  readonly columns: ReadonlyArray<Column>
  readonly rows: ReadonlyArray<Row>
  /** What each row is of, by index; none for JSON Lines, whose rows speak for themselves. */
  readonly origins: ReadonlyArray<Row>
}

/** Larger artifacts are not read. */
const LIMIT = 256 * 1024 * 1024

/** The rows of an artifact, or why there are none: another kind of artifact, too large, not here, damaged. */
export const readRows = (store: StoreLayout, artifact: StoredArtifact): Rows | string => {
  if (artifact.format !== "jsonl" && artifact.format !== "json") return "has no rows"
  if (artifact.bytes > LIMIT) return "is too large to look for rows in"
  let bytes: Buffer
  try {
    bytes = fs.readFileSync(objectPath(store, artifact.digest))
  } catch {
    return "has no bytes in this store"
  }
  if (hash("sha256", bytes) !== artifact.digest) return "is damaged (`repro run` makes it anew)"
  const text = bytes.toString("utf8")
  try {
    return artifact.format === "jsonl" ? fromLines(text) : (documentRows(JSON.parse(text)) ?? "has no rows")
  } catch {
    return "can't be read"
  }
}

const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value)

const fromLines = (text: string): Rows => {
  const rows = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row)
  return plainRows(rows)
}

/** Rows that speak for themselves. */
const plainRows = (rows: ReadonlyArray<Row>): Rows => {
  const names = new Set(rows.flatMap((row) => Object.keys(row)))
  return { columns: [...names].map((key) => ({ key, title: key, of: {} })), rows, origins: [] }
}

/** The rows of a JSON document that has any. */
export const documentRows = (value: unknown): Rows | undefined => {
  if (isRow(value) && /vega-lite/u.test(String(value.$schema))) return plainRows(drawnRows(value))
  if (!isRow(value) || !Array.isArray(value.rows) || !value.rows.every(isRow)) return undefined
  const rows = value.rows as ReadonlyArray<Row>
  const origins = Array.isArray(value.origins) ? value.origins.map((of) => (isRow(of) ? of : {})) : []
  const declared = Array.isArray(value.columns) ? value.columns.filter(isRow) : []
  const columns = declared.flatMap(({ key, title, of }) =>
    typeof key === "string" ? [{ key, title: typeof title === "string" ? title : key, of: isRow(of) ? of : {} }] : [],
  )
  return columns.length > 0 ? { columns, rows, origins } : { ...plainRows(rows), origins }
}

/** All inline data of a Vega-Lite specification, view by view. */
const drawnRows = (part: unknown): ReadonlyArray<Row> => {
  if (Array.isArray(part)) return part.flatMap(drawnRows)
  if (!isRow(part)) return []
  const { data, ...others } = part
  const values = isRow(data) && Array.isArray(data.values) ? data.values.filter(isRow) : []
  return [...values.filter((row) => Object.keys(row).length > 0), ...Object.values(others).flatMap(drawnRows)]
}
