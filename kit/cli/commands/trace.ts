/** `repro trace`: the way from an output back to the bytes that it began with. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { StoreError, UsageError } from "../../errors.ts"
import { Records } from "../../provenance/find-records.ts"
import { lineageOf } from "../../provenance/lineage.ts"
import { lineageJson } from "../../provenance/lineage-json.ts"
import { findTarget } from "../../provenance/target.ts"
import { Where } from "../../provenance/where.ts"
import type { StoreRecord } from "../../store/record.ts"
import { viewPath } from "../../store/view.ts"
import { type Opened, open, type Shared } from "../options.ts"
import { note, out, outExactly } from "../print.ts"
import { treeText } from "../trace/tree.ts"

export interface TraceFlags extends Shared {
  readonly artifact: string
  readonly format: "text" | "json"
  readonly depth: Option.Option<number>
  readonly where: ReadonlyArray<string>
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
  const lineage = lineageOf(records, target.records, where.follow)
  where.check()
  if (target.remark !== undefined) note(target.remark)
  if (flags.format === "json") {
    outExactly(JSON.stringify(lineageJson(lineage, target.output), null, 2))
    return
  }
  const place = (record: StoreRecord, output: string): string =>
    path.relative(process.cwd(), viewPath(store, record, record.node, output, record.outputs[output]?.extension ?? ""))
  const depth = Option.getOrElse(flags.depth, () => DEPTH)
  const width = process.stdout.isTTY ? process.stdout.columns : undefined
  out(treeText(store, lineage, { depth, place, width, output: target.output }))
}
