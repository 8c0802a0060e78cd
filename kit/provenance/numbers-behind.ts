/** Tables and figures that a result without rows, such as a paper, shows the numbers of. */
import type { StoreLayout } from "../store/layout.ts"
import type { StoreRecord } from "../store/record.ts"
import type { Records } from "./find-records.ts"
import { readRows } from "./rows.ts"

/** The outputs of a record that have rows. */
export const outputsWithRows = (store: StoreLayout, { outputs }: StoreRecord): ReadonlyArray<string> =>
  Object.entries(outputs).flatMap(([name, artifact]) => (typeof readRows(store, artifact) === "string" ? [] : [name]))

/**
 * Names of results with rows that a record was made from, as `repro trace` takes them: inputs that have rows, and those that
 * are given beside the one output that has, as a picture is beside its specification.
 */
export const numbersBehind = (store: StoreLayout, records: Records, record: StoreRecord): ReadonlyArray<string> => {
  const names = Object.values(record.inputs)
    .flat()
    .flatMap((input) => {
      const from = records.producer(record, input)
      const rows = from === undefined ? [] : outputsWithRows(store, from)
      if (rows.length === 1) return [input.node]
      return rows.includes(input.output) ? [`${input.node}/${input.output}`] : []
    })
  return [...new Set(names)]
}
