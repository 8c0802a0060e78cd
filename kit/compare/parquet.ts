/** Compares Parquet files as rows, read by DuckDB in the order in which they lie. */
import { DuckDBInstance } from "@duckdb/node-api"
import type { Differences } from "./differences.ts"
import { type BoundAt, compareValues } from "./json.ts"

/** Compares two files; rows are paired in order. */
export const compareParquet = async (
  old: string,
  now: string,
  file: string,
  found: Differences,
  boundAt: BoundAt,
): Promise<void> => {
  const [left, right] = [await rowsOf(old), await rowsOf(now)]
  if (left.length !== right.length) {
    found.other({ file, place: "its number of rows", old: left.length, now: right.length })
  }
  for (let row = 0; row < Math.min(left.length, right.length); row++)
    compareValues(left[row], right[row], "", { file, prefix: `row ${row + 1}` }, found, boundAt)
}

const rowsOf = async (file: string): Promise<ReadonlyArray<unknown>> => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1", autoinstall_known_extensions: "false" })
  try {
    const connection = await instance.connect()
    const literal = file.replace(/[*?[]/gu, "[$&]").replaceAll("'", "''")
    const result = await connection.runAndReadAll(`SELECT * FROM read_parquet('${literal}')`)
    return result.getRowObjectsJson()
  } finally {
    instance.closeSync()
  }
}
