/** `repro query`: SQL over the artifacts. Answers that comply with unsafe prompts are cut unless asked for. */
import * as Effect from "effect/Effect"
import { catalogOf } from "../../catalog/entries.ts"
import { openCatalog, type QueryResult } from "../../catalog/open.ts"
import type { UsageError } from "../../errors.ts"
import { readHeads } from "../../store/heads.ts"
import { type Opened, open, type Shared } from "../options.ts"
import { csvTable, jsonTable, note, out, outExactly, textTable } from "../print.ts"

/** How rows are printed. */
export type TableFormat = "table" | "csv" | "json"

export interface QueryFlags extends Shared {
  readonly sql: string
  readonly format: TableFormat
  readonly unsafeText: boolean
}

export const query = Effect.fnUntraced(function* (flags: QueryFlags) {
  const opened = yield* open(flags)
  tellRows(yield* ask(opened, flags.sql, flags.unsafeText), flags.format)
})

/** Asks what the profile last gave. */
export const ask = ({ project, graph }: Opened, sql: string, unsafeText = false) =>
  Effect.tryPromise({
    try: async () => {
      const catalog = await openCatalog(
        catalogOf(project.store, readHeads(project.store, graph.pipeline, graph.profile)),
        unsafeText,
      )
      try {
        return await catalog.query(sql)
      } finally {
        catalog.close()
      }
    },
    catch: (error) => error as UsageError,
  })

const PRINTERS = { table: textTable, csv: csvTable, json: jsonTable }

/** Prints rows in a format; a table is followed by their number on stderr. */
export const tellRows = ({ columns, rows }: QueryResult, format: TableFormat): void => {
  const text = PRINTERS[format](columns, rows)
  if (format === "table") {
    out(text)
    note(`${rows.length} row${rows.length === 1 ? "" : "s"}`)
  } else outExactly(text)
}
