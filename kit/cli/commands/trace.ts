/** `repro trace`: the way from an output back to the bytes that it began with. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { StoreError, UsageError } from "../../errors.ts"
import { Records } from "../../provenance/find-records.ts"
import { lineageOf } from "../../provenance/lineage.ts"
import { lineageJson } from "../../provenance/lineage-json.ts"
import { numbersBehind, outputsWithRows } from "../../provenance/numbers-behind.ts"
import { findTarget } from "../../provenance/target.ts"
import { Where } from "../../provenance/where.ts"
import type { StoreRecord } from "../../store/record.ts"
import { viewPath } from "../../store/view.ts"
import { type Opened, open, type Shared } from "../options.ts"
import { note, out, outExactly } from "../print.ts"
import { type Asked, askedRows } from "../trace/asked-rows.ts"
import { treeText } from "../trace/tree.ts"

export interface TraceFlags extends Shared {
  readonly artifact: string
  readonly format: "text" | "json"
  readonly depth: Option.Option<number>
  readonly where: ReadonlyArray<string>
  readonly row: ReadonlyArray<string>
  readonly column: Option.Option<string>
}

/** Levels that are drawn unless asked for: the deepest that a terminal can show. */
const DEPTH = 40

export const trace = Effect.fnUntraced(function* (flags: TraceFlags) {
  const opened = yield* open(flags)
  yield* Effect.try({
    try: () => tell(opened, flags),
    catch: (error) => {
      if (error instanceof UsageError || error instanceof StoreError) return error
      throw error
    },
  })
})

const tell = ({ project, graph }: Opened, flags: TraceFlags): void => {
  const { store } = project
  const records = new Records(store)
  const target = findTarget({ store, graph, records, folder: process.cwd() }, flags.artifact)
  const where = new Where(flags.where)
  const asked: Asked = { target, rows: flags.row, column: Option.getOrUndefined(flags.column) }
  const types = graph.nodes.flatMap(({ stage }) => Object.values(stage.outputs))
  const hidden = (type: string): ReadonlySet<string> | undefined => {
    const known = types.filter(({ name }) => name === type)
    if (known.length === 0) return undefined
    return new Set(known.flatMap(({ sensitive }) => (sensitive ? [sensitive.column] : [])))
  }
  const rows = askedRows({ store, records, graph, follow: where.follow, hidden }, asked)
  const lineage = lineageOf(records, target.records, rows?.narrowed.follow ?? where.follow)
  where.check()
  if (target.remark !== undefined) note(target.remark)
  const output = rows?.output ?? target.output
  if (flags.format === "json") {
    outExactly(JSON.stringify(lineageJson(lineage, output, rows), null, 2))
    return
  }
  const place = (record: StoreRecord, name: string): string =>
    path.relative(process.cwd(), viewPath(store, record, record.node, name, record.outputs[name]?.extension ?? ""))
  const depth = Option.getOrElse(flags.depth, () => DEPTH)
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  const numbers = (record: StoreRecord): ReadonlyArray<string> =>
    outputsWithRows(store, record).length === 0 ? numbersBehind(store, records, record) : []
  if (rows !== undefined) out(rows.title)
  out(treeText(store, lineage, { depth, place, width, output, numbers, narrowed: rows?.narrowed, hidden }))
}
