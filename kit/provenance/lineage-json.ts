/** A lineage as plain data for programs: every step on its own, nothing folded. `docs/provenance.md` describes it. */
import type { StoreRecord } from "../store/record.ts"
import { isOnTrust } from "../store/trust.ts"
import type { Lineage, Step } from "./lineage.ts"
import type { Narrowed } from "./narrow.ts"
import type { Picked } from "./pick-rows.ts"
import type { Rows } from "./rows.ts"

/** The form of the document; raised when its meaning changes. */
const LINEAGE_FORMAT = 1

/** Rows that were asked for, and those behind them. */
interface AskedRows {
  readonly narrowed: Narrowed
  readonly picked: Picked
  readonly table: Rows
}

/** The document; steps come after those that they read from. */
export const lineageJson = ({ roots, steps }: Lineage, output: string | undefined, rows?: AskedRows): object => ({
  format: LINEAGE_FORMAT,
  asked: roots.map(({ key, node }) => ({
    ...{ key, node },
    ...(output === undefined ? {} : { output }),
    ...(rows === undefined ? {} : pickedJson(rows)),
  })),
  steps: [...steps.values()].map((step) => stepJson(step, rows?.narrowed)),
})

const pickedJson = ({ picked: { rows, column, withheld }, table }: AskedRows): object => ({
  rows: rows.map((index) => index + 1),
  ...(column === undefined
    ? {}
    : {
        column: column.key,
        ...(withheld ? { withheld } : { cells: rows.map((index) => table.rows[index]?.[column.key] ?? null) }),
      }),
})

const stepJson = ({ record, inputs }: Step, narrowed: Narrowed | undefined): object => ({
  key: record.key,
  pipeline: record.pipeline,
  profile: record.profile,
  node: record.node,
  stage: record.stage,
  labels: record.labels,
  params: record.params,
  inputs: inputs.map(({ name, input, from }) => ({ name, ...input, step: from?.key ?? null })),
  code: record.code,
  environment: record.environment,
  outputs: outputsJson(record),
  ...(narrowed === undefined ? {} : { rows: rowsJson(record, narrowed) }),
  run: record.run,
  onTrust: isOnTrust(record),
  ...(record.pulled === undefined ? {} : { pulled: record.pulled }),
})

const outputsJson = ({ outputs }: StoreRecord): object =>
  Object.fromEntries(
    Object.entries(outputs).map(([name, { files, ...artifact }]) => [
      name,
      { ...artifact, files: files.map(({ path, digest, bytes }) => ({ path, digest, bytes })) },
    ]),
  )

/** By output: the numbers of the rows that count, from 1, and the rules; an output that is not here counts as a whole. */
const rowsJson = (record: StoreRecord, narrowed: Narrowed): object =>
  Object.fromEntries(
    Object.keys(record.outputs).flatMap((name) => {
      const part = narrowed.part(record, name)
      if (part === undefined) return []
      const rows = [...part.rows].map((index) => index + 1).sort((a, b) => a - b)
      return [[name, { rows, of: part.table.rows.length, rules: part.origin?.rules ?? null }]]
    }),
  )
