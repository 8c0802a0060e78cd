/**
 * Follows rows from an output back through the steps that it came from, as far as stages say what their rows are made of.
 * From where one does not, all of what it read is followed.
 */
import type { RowLink, RowOrigin } from "../row-origins.ts"
import type { StoreLayout } from "../store/layout.ts"
import type { InputRecord, StoredArtifact, StoreRecord } from "../store/record.ts"
import type { Records } from "./find-records.ts"
import type { Follow } from "./lineage.ts"
import { sharesOf, type Wanted, wantedRows } from "./link-inputs.ts"
import { columnsBehind, type Source } from "./link-rows.ts"
import type { Picked } from "./pick-rows.ts"
import { type Rows, readRows } from "./rows.ts"

/** Rows of one output of one step that are on the way. */
export interface Part extends Wanted {
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
  readonly #unknown = new Set<string>()
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

  /** Whether nobody knows which rows of its inputs those of an output are made of. */
  isUnknown(record: StoreRecord, output: string): boolean {
    return this.#unknown.has(`${record.key} ${output}`)
  }

  addUnknown(record: StoreRecord, output: string): void {
    this.#unknown.add(`${record.key} ${output}`)
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
    const columns = known.columns && part.columns && known.columns.union(part.columns)
    outputs.set(output, { ...known, rows, columns })
    return rows.size > known.rows.size || columns?.size !== known.columns?.size
  }
}

/** Narrows the way behind some rows, or one cell of each, of an output of a record. */
export const narrow = (
  context: NarrowContext,
  record: StoreRecord,
  output: string,
  table: Rows,
  { rows, column }: Picked,
): Narrowed => {
  const narrowed = new Narrowed()
  const readTable = tableReader(context.store)
  const queue: Array<readonly [StoreRecord, string]> = []
  const ask = (from: StoreRecord, name: string, part: Part | "whole"): void => {
    if (narrowed.merge(from, name, part)) queue.push([from, name])
  }
  const columns = column && new Set([column.key])
  ask(record, output, { rows: new Set(rows), table, columns, origin: context.origin(record.stage, output) })
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [step, name] = next
    const links = context.origin(step.stage, name)?.from
    const part = narrowed.part(step, name)
    const linked = links === undefined ? [] : contributions(context, readTable, { step, output: name, links, part })
    // What its stage says now may not fit what older code made.
    if (linked.length === 0) narrowed.addUnknown(step, name)
    const whole = { step, output: name, links: wholeOf(step), part: undefined }
    for (const { input, from, part } of linked.length > 0 ? linked : contributions(context, readTable, whole)) {
      narrowed.add(input)
      if (from !== undefined) ask(from, input.output, part)
    }
  }
  return narrowed
}

type TableReader = (artifact: StoredArtifact | undefined) => Rows | string

/** Reads each artifact once. */
const tableReader = (store: StoreLayout): TableReader => {
  const known = new Map<string, Rows | string>()
  return (artifact) => {
    if (artifact === undefined) return "is gone"
    const table = known.get(artifact.digest) ?? readRows(store, artifact)
    known.set(artifact.digest, table)
    return table
  }
}

interface Contribution {
  readonly input: InputRecord
  readonly from: StoreRecord | undefined
  readonly part: Part | "whole"
}

interface Linked {
  readonly step: StoreRecord
  readonly output: string
  readonly links: RowOrigin["from"]
  /** Undefined where all of the output counts. */
  readonly part: Part | undefined
}

/** The inputs of a step that have a part in some rows of an output, and what part that is. */
const contributions = (
  context: NarrowContext,
  readTable: TableReader,
  { step, output, links, part }: Linked,
): ReadonlyArray<Contribution> => {
  const isWhole = Object.values(links).every((link) => link === "whole")
  const wanted = isWhole ? undefined : (part ?? allRows(readTable(step.outputs[output])))
  const inputs = Object.entries(links).map(([name, link]) => ({
    name,
    link,
    inputs: (step.inputs[name] ?? [])
      .filter((input) => context.follow(step, input))
      .map((input) => {
        const from = context.records.producer(step, input)
        const table = link === "whole" || wanted === undefined ? "" : readTable(from?.outputs[input.output])
        return { input, from, source: { labels: input.labels ?? {}, table } satisfies Source }
      }),
  }))
  const sources = Object.fromEntries(inputs.map(({ name, inputs }) => [name, inputs.map(({ source }) => source)]))
  const shares = sharesOf(links, sources, wanted)
  return inputs.flatMap(({ name, link, inputs }) =>
    inputs.flatMap(({ input, from, source: { table } }, index): ReadonlyArray<Contribution> => {
      const share = shares[name]?.[index] ?? "none"
      if (share === "none") return []
      if (from === undefined || share === "whole" || typeof table === "string") return [{ input, from, part: "whole" }]
      const columns = wanted && columnsBehind(link, wantedRows(wanted))
      const origin = context.origin(from.stage, input.output)
      return [{ input, from, part: { rows: share, table, columns, origin } }]
    }),
  )
}

/** All rows of an output that counts as a whole, so that what none of them is made of is left out. */
const allRows = (table: Rows | string): Wanted | undefined =>
  typeof table === "string" || table.rows.length === 0
    ? undefined
    : { rows: new Set(table.rows.keys()), table, columns: undefined }

const wholeOf = ({ inputs }: StoreRecord): Readonly<Record<string, RowLink>> =>
  Object.fromEntries(Object.keys(inputs).map((name) => [name, "whole"]))
