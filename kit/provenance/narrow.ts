/**
 * Follows rows from an output back through the steps that it came from, as far as stages say what their rows are made of.
 * From where one does not, all of what it read is followed.
 */
import type { RowLink, RowOrigin } from "../row-origins.ts"
import type { StoreLayout } from "../store/layout.ts"
import type { InputRecord, StoreRecord } from "../store/record.ts"
import type { Records } from "./find-records.ts"
import type { Follow } from "./lineage.ts"
import { cellOrigins, type Share, type Source, shareOf } from "./link-rows.ts"
import type { Picked } from "./pick-rows.ts"
import { type Row, type Rows, readRows } from "./rows.ts"

/** Rows of one output of one step that are on the way. */
export interface Part {
  readonly rows: ReadonlySet<number>
  readonly table: Rows
  /** How its stage says that rows come about; undefined where it doesn't say. */
  readonly origin: RowOrigin | undefined
}

export interface NarrowContext {
  readonly store: StoreLayout
  readonly records: Records
  /** What the stage of a name declares of an output. */
  readonly origin: (stage: string, output: string) => RowOrigin | undefined
  /** What is not followed anyway. */
  readonly follow: Follow
}

/** What is on the way; a step that is followed and has no part here counts as a whole. */
export class Narrowed {
  readonly #followed = new Set<InputRecord>()
  readonly #parts = new Map<string, Map<string, Part | "whole">>()

  readonly follow: Follow = (_, input) => this.#followed.has(input)

  /** The rows of an output that count; undefined where all of it does. */
  part(record: StoreRecord, output: string): Part | undefined {
    const part = this.#parts.get(record.key)?.get(output)
    return part === "whole" ? undefined : part
  }

  add(input: InputRecord): void {
    this.#followed.add(input)
  }

  /** Puts rows to those that are known; says whether that was news. */
  merge(record: StoreRecord, output: string, part: Part | "whole"): boolean {
    const outputs = this.#parts.get(record.key) ?? new Map<string, Part | "whole">()
    this.#parts.set(record.key, outputs)
    const known = outputs.get(output)
    if (known === "whole") return false
    if (known === undefined || part === "whole") {
      outputs.set(output, part)
      return true
    }
    const rows = known.rows.union(part.rows)
    outputs.set(output, { ...known, rows })
    return rows.size > known.rows.size
  }
}

/** Narrows the way behind some rows, or one cell of each, of an output of a record. */
export const narrow = (
  context: NarrowContext,
  record: StoreRecord,
  output: string,
  table: Rows,
  picked: Picked,
): Narrowed => {
  const narrowed = new Narrowed()
  const queue: Array<readonly [StoreRecord, string]> = []
  const ask = (from: StoreRecord, name: string, part: Part | "whole"): void => {
    if (narrowed.merge(from, name, part)) queue.push([from, name])
  }
  ask(record, output, { rows: new Set(picked.rows), table, origin: context.origin(record.stage, output) })
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [step, name] = next
    const column = step === record && name === output ? picked.column?.key : undefined
    for (const { input, from, share, source } of sharesOf(context, step, name, narrowed.part(step, name), column)) {
      narrowed.add(input)
      if (from === undefined) continue
      const rows = typeof share === "string" || typeof source.table === "string" ? undefined : share
      const origin = context.origin(from.stage, input.output)
      ask(from, input.output, rows === undefined ? "whole" : { rows, table: source.table as Rows, origin })
    }
  }
  return narrowed
}

interface Contribution {
  readonly input: InputRecord
  readonly from: StoreRecord | undefined
  readonly share: Exclude<Share, "none">
  readonly source: Source
}

/** The inputs of a step that have a part in some rows of an output (all when there is no `part`), and what part that is. */
const sharesOf = (
  context: NarrowContext,
  step: StoreRecord,
  output: string,
  part: Part | undefined,
  column: string | undefined,
): ReadonlyArray<Contribution> => {
  const found = new Map<string, ReadonlyArray<Contribution>>()
  const links = Object.entries(context.origin(step.stage, output)?.from ?? wholeOf(step))
  const through = (link: RowLink): string | undefined => (typeof link === "object" ? link.through : undefined)
  links.sort(([, a], [, b]) => Number(through(a) !== undefined) - Number(through(b) !== undefined))
  for (const [name, link] of links) {
    const other = found.get(through(link) ?? "")
    const inputs = (step.inputs[name] ?? []).filter((input) => context.follow(step, input))
    const shares = inputs.flatMap((input): ReadonlyArray<Contribution> => {
      const from = context.records.producer(step, input)
      const source = { labels: input.labels ?? {}, table: link === "whole" ? "" : tableOf(context, from, input) }
      const share = link === "whole" || part === undefined ? "whole" : partOf(source, link, part, column, other)
      return share === "none" ? [] : [{ input, from, share, source }]
    })
    // Where nothing agrees, that follows from all that is there.
    const agreeing = shares.filter(({ share }) => share === "whole" || (share as ReadonlySet<number>).size > 0)
    found.set(name, agreeing.length > 0 ? agreeing : shares.map((one) => ({ ...one, share: "whole" })))
  }
  return [...found.values()].flat()
}

const wholeOf = ({ inputs }: StoreRecord): Readonly<Record<string, RowLink>> =>
  Object.fromEntries(Object.keys(inputs).map((name) => [name, "whole"]))

const tableOf = ({ store }: NarrowContext, from: StoreRecord | undefined, input: InputRecord): Rows | string => {
  const artifact = from?.outputs[input.output]
  return artifact === undefined ? "is gone" : readRows(store, artifact)
}

const partOf = (
  source: Source,
  link: Exclude<RowLink, "whole">,
  part: Part,
  column: string | undefined,
  other: ReadonlyArray<Contribution> | undefined,
): Share => {
  if (link === "cell") return shareOf(source, link, cellOrigins(part.table, part.rows, column))
  const rows = [...part.rows].map((index) => part.table.rows[index] as Row)
  if (link.through === undefined) return shareOf(source, link, rows)
  const partners = (other ?? []).filter(({ source: { labels } }) => sameLabels(labels, source.labels))
  if (partners.length === 0) return "none"
  const reached = partners.map(({ share, source: { table } }) => rowsOfShare(share, table))
  return reached.some((some) => some === undefined)
    ? "whole"
    : shareOf({ ...source, labels: {} }, { columns: link.columns ?? [] }, reached.flat() as ReadonlyArray<Row>)
}

const rowsOfShare = (share: Exclude<Share, "none">, table: Rows | string): ReadonlyArray<Row> | undefined => {
  if (typeof table === "string") return undefined
  return share === "whole" ? table.rows : [...share].map((index) => table.rows[index] as Row)
}

const sameLabels = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b)
