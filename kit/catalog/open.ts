/**
 * Opens the catalog in DuckDB: in memory, reading the artifacts where they lie.
 */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import { UsageError } from "../errors.ts"
import type { Catalog } from "./entries.ts"
import { type AbsentType, absentTypes, catalogViews } from "./views.ts"

/** Columns and rows of an answer; integers beyond 2^53 and times are texts. */
export interface QueryResult {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
}

/** A catalog that answers SQL. */
export interface OpenCatalog {
  readonly profile: string
  readonly views: ReadonlyArray<string>
  readonly query: (sql: string) => Promise<QueryResult>
  /** Rows as objects by column name. */
  // biome-ignore lint/suspicious/noExplicitAny: the columns are those of the query
  readonly rows: (sql: string) => Promise<ReadonlyArray<Record<string, any>>>
  readonly close: () => void
}

/** Opens a catalog that is at hand; answers that may do harm are cut to their first words unless `unsafeText`. */
export const openCatalog = async (catalog: Catalog, unsafeText = false): Promise<OpenCatalog> => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  const views = catalogViews(catalog, unsafeText)
  for (const view of views) await connection.run(view.sql)
  const names = views.map((view) => view.name)
  const absent = absentTypes(catalog)
  const query = async (sql: string) => {
    refuseAbsent(sql, absent)
    return ask(connection, sql, names)
  }
  return {
    profile: catalog.profile,
    views: names,
    query,
    rows: async (sql) => {
      const { columns, rows } = await query(sql)
      return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])))
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

/** A question about results whose bytes are elsewhere is refused: the answer would leave them out. */
const refuseAbsent = (sql: string, absent: ReadonlyArray<AbsentType>): void => {
  const words = new Set(sql.match(/\w+/gu))
  const asked = absent.find(({ type }) => words.has(type))
  if (asked === undefined) return
  const [first] = asked.entries
  const stages = [...new Set(asked.entries.map(({ stage }) => stage))].join(" ")
  throw new UsageError({
    message: `"${asked.type}" can't be asked: bytes of ${asked.entries.length} artifacts of it are elsewhere, such as those of ${first?.node}`,
    where: sql,
    remedy: `\`repro pull ${JSON.stringify(first?.elsewhere ?? "REMOTE")} ${stages}\` brings them.`,
  })
}

const ask = async (connection: DuckDBConnection, sql: string, views: ReadonlyArray<string>): Promise<QueryResult> => {
  try {
    const reader = await connection.runAndReadAll(sql)
    if (reader.columnCount === 0) throw new Error("there is no statement in it")
    return {
      columns: reader.deduplicatedColumnNames(),
      rows: reader.getRowsJson().map((row, index) => numbers(row, reader.getRows()[index] ?? [])),
    }
  } catch (error) {
    throw new UsageError({
      message: `DuckDB can't answer: ${(error as Error).message}`,
      where: sql,
      remedy: `The views are: ${views.join(", ") || "none yet; run the pipeline first"}. DESCRIBE NAME tells a view's columns.`,
    })
  }
}

/** DuckDB's JSON form gives 64-bit integers as text: those that a double holds exactly are numbers. */
const numbers = (json: ReadonlyArray<unknown>, raw: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  json.map((value, index) => {
    const original = raw[index]
    return typeof original === "bigint" && Number.isSafeInteger(Number(original)) ? Number(original) : value
  })
