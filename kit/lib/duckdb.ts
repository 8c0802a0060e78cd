/**
 * DuckDB in memory for stages that analyse rows: JSON Lines files become tables with the columns of a schema, and queries
 * give plain objects. One thread, so that sums of floating-point numbers come out the same on every machine.
 */
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import type * as Schema from "effect/Schema"
import { columnsOf } from "./columns.ts"

/** A value that a query gives or takes; 64-bit integers come as numbers. */
export type SqlValue = string | number | boolean | null

/** A row by column name. */
export type SqlRow = Readonly<Record<string, SqlValue>>

/** An open database; lives as long as the callback of `withDatabase`. */
export interface Database {
  /** Runs statements that give no rows; only a single one can take values. */
  readonly run: (sql: string, values?: Readonly<Record<string, SqlValue>>) => Promise<void>
  /** Runs one query; `$name` in it stands for a value of `values`. */
  readonly query: (sql: string, values?: Readonly<Record<string, SqlValue>>) => Promise<ReadonlyArray<SqlRow>>
  /** Appends the rows of JSON Lines files to a new table; see `loadJsonLines`. */
  readonly load: (table: string, schema: Schema.Constraint, files: ReadonlyArray<LabelledFile>) => Promise<void>
}

/** A JSON Lines file and a value that its rows get in the column `member`. */
export interface LabelledFile {
  readonly path: string
  readonly member: string
}

/** Opens an empty database, runs `use`, and closes it whatever happens. */
export const withDatabase = async <A>(use: (database: Database) => Promise<A>): Promise<A> => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1", autoinstall_known_extensions: "false" })
  const connection = await instance.connect()
  try {
    return await use(database(connection))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

type Values = Record<string, SqlValue>

const database = (connection: DuckDBConnection): Database => ({
  run: async (sql, values) => void (await connection.run(sql, values as Values)),
  query: async (sql, values) => {
    const result = await connection.runAndReadAll(sql, values as Values)
    return result.getRowObjectsJS().map(plainRow)
  },
  load: (table, schema, files) => loadJsonLines(connection, table, schema, files),
})

const plainRow = (row: Readonly<Record<string, unknown>>): SqlRow =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(name, value)]))

const plainValue = (name: string, value: unknown): SqlValue => {
  if (typeof value === "bigint") return Number(value)
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value as SqlValue
  throw new TypeError(`the column "${name}" holds a ${typeof value}, which has no plain form`)
}

/** Types come from the schema, never from a look at the rows, so an empty file has the columns of a full one. */
const loadJsonLines = async (
  connection: DuckDBConnection,
  table: string,
  schema: Schema.Constraint,
  files: ReadonlyArray<LabelledFile>,
): Promise<void> => {
  const columns = columnsOf(schema)
  const declared = columns.map(([name, type]) => `${quoteName(name)} ${type}`).join(", ")
  await connection.run(`CREATE TABLE ${quoteName(table)} (member VARCHAR, ${declared})`)
  const types = columns.map(([name, type]) => `${quoteText(name)}: ${quoteText(type)}`).join(", ")
  for (const { path, member } of files) {
    await connection.run(
      `INSERT INTO ${quoteName(table)} SELECT ${quoteText(member)}, *
       FROM read_json(${quoteText(literalPath(path))}, format = 'newline_delimited', columns = {${types}})`,
    )
  }
}

/** A path in which DuckDB expands no pattern. */
const literalPath = (path: string): string => path.replace(/[*?[]/g, "[$&]")

const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`
