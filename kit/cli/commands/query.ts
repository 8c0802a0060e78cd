/** `repro query`: SQL over the artifacts. Answers that comply with unsafe prompts are cut unless asked for. */
import * as Effect from "effect/Effect"
import { catalogOf } from "../../catalog/entries.ts"
import { openCatalog } from "../../catalog/open.ts"
import type { UsageError } from "../../errors.ts"
import { readHeads } from "../../store/heads.ts"
import { open, type Shared } from "../options.ts"
import { csvTable, jsonTable, note, out, outExactly, textTable } from "../print.ts"

export interface QueryFlags extends Shared {
  readonly sql: string
  readonly format: "table" | "csv" | "json"
  readonly unsafeText: boolean
}

const PRINTERS = { table: textTable, csv: csvTable, json: jsonTable }

export const query = Effect.fnUntraced(function* (flags: QueryFlags) {
  const { project, graph } = yield* open(flags)
  const result = yield* Effect.tryPromise({
    try: async () => {
      const catalog = await openCatalog(
        catalogOf(project.store, readHeads(project.store, graph.pipeline, graph.profile)),
        flags.unsafeText,
      )
      try {
        return await catalog.query(flags.sql)
      } finally {
        catalog.close()
      }
    },
    catch: (error) => error as UsageError,
  })
  const text = PRINTERS[flags.format](result.columns, result.rows)
  if (flags.format !== "table") return outExactly(text)
  out(text)
  note(`${result.rows.length} row${result.rows.length === 1 ? "" : "s"}`)
})
