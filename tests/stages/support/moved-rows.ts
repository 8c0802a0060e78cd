/** Changes what a row is, or is not, said to be made of, so that a test can see what moves. */
import * as Effect from "effect/Effect"
import { sharesOf, type Wanted } from "../../../kit/provenance/link-inputs.ts"
import { columnsBehind, type Share } from "../../../kit/provenance/link-rows.ts"
import type { Row, Rows } from "../../../kit/provenance/rows.ts"
import type { RowLink } from "../../../kit/row-origins.ts"
import type { InputFile } from "../../../kit/stage.ts"
import { input } from "./run-stage.ts"

export type Files = Readonly<Record<string, ReadonlyArray<InputFile<unknown>>>>
type Links = Readonly<Record<string, RowLink>>

/** How rows of an input are moved so that every number that is made from them moves too; of some columns alone, where asked. */
export type Changes = Readonly<
  Record<string, readonly [type: unknown, change: (row: Row, columns: ReadonlySet<string> | undefined) => Row]>
>

/** Rows with their columns, as `repro trace` reads them from JSON Lines. */
export const tableOf = (rows: ReadonlyArray<Row>): Rows => ({
  rows,
  columns: [...new Set(rows.flatMap((row) => Object.keys(row)))].map((key) => ({ key, title: key, of: {} })),
  origins: [],
})

const rowsIn = (file: InputFile<unknown>): ReadonlyArray<Row> =>
  Effect.runSync(file.read as Effect.Effect<ReadonlyArray<Row>>)

const counts = (share: Share, index: number): boolean => share === "whole" || (share !== "none" && share.has(index))

/** All inputs with the rows changed that some rows of an output are said to be made of (`named`), or all others. */
export const changed = (
  changes: Changes,
  files: Files,
  from: Links,
  wanted: Wanted,
  which: "named" | "others",
): Files => {
  const sources = Object.fromEntries(
    Object.entries(files).map(([name, all]) => [
      name,
      all.map((file) => ({ labels: file.labels, table: name in changes ? tableOf(rowsIn(file)) : "has no rows" })),
    ]),
  )
  const shares = sharesOf(from, sources, wanted)
  const rows = [...wanted.rows].map((index) => wanted.table.rows[index] as Row)
  return Object.fromEntries(
    Object.entries(files).map(([name, all]) => {
      const [type, change] = changes[name] ?? []
      if (change === undefined) return [name, all]
      const columns = columnsBehind(from[name] ?? "whole", rows)
      return [
        name,
        all.map((file, at) => {
          const share = shares[name]?.[at] ?? "none"
          const moved = rowsIn(file).map((row, index) => {
            if (which === "named") return counts(share, index) ? change(row, columns) : row
            if (!counts(share, index)) return change(row, undefined)
            return columns === undefined ? row : change(row, new Set(Object.keys(row)).difference(columns))
          })
          return input(type as never, moved as never, file.labels, file.node)
        }),
      ]
    }),
  )
}
