/**
 * Records that would be made of each other. A record is grounded when each of its inputs comes from outside these records,
 * or could have come from a grounded one; what stays is a cycle, which no run can have made.
 */
import type { StoreRecord } from "../store/record.ts"

/** What is made or read: a node's output with these bytes. */
const made = (record: StoreRecord): ReadonlyArray<string> =>
  Object.entries(record.outputs).map(([output, { digest }]) => name(record, record.node, output, digest))

const read = (record: StoreRecord): ReadonlyArray<string> => [
  ...new Set(
    Object.values(record.inputs)
      .flat()
      .map(({ node, output, digest }) => name(record, node, output, digest)),
  ),
]

const name = ({ pipeline, profile }: StoreRecord, node: string, output: string, digest: string): string =>
  JSON.stringify([pipeline, profile, node, output, digest])

/** The names of the nodes of a cycle, the first again at the end; undefined where there is none. */
export const findCycle = (records: ReadonlyArray<StoreRecord>): ReadonlyArray<string> | undefined => {
  const makers = Map.groupBy(
    records.flatMap((record) => made(record).map((output) => ({ record, output }))),
    ({ output }) => output,
  )
  const readers = new Map<string, Array<StoreRecord>>()
  const missing = new Map<StoreRecord, number>()
  for (const record of records) {
    const inside = read(record).filter((input) => makers.has(input))
    missing.set(record, inside.length)
    for (const input of inside) readers.set(input, [...(readers.get(input) ?? []), record])
  }
  const open = new Set(records)
  const ready = records.filter((record) => missing.get(record) === 0)
  for (let record = ready.pop(); record !== undefined; record = ready.pop()) {
    open.delete(record)
    for (const output of made(record)) {
      for (const reader of readers.get(output) ?? []) {
        const left = (missing.get(reader) ?? 0) - 1
        missing.set(reader, left)
        if (left === 0) ready.push(reader)
      }
      readers.delete(output)
    }
  }
  const [start] = open
  const next = (record: StoreRecord): StoreRecord | undefined =>
    read(record)
      .flatMap((input) => makers.get(input) ?? [])
      .find((maker) => open.has(maker.record))?.record
  return start === undefined ? undefined : walk(start, next)
}

/** Follows what a record is made of until one comes again. */
const walk = (start: StoreRecord, next: (record: StoreRecord) => StoreRecord | undefined): ReadonlyArray<string> => {
  const way: Array<StoreRecord> = []
  for (let record: StoreRecord | undefined = start; record !== undefined; record = next(record)) {
    const at = way.indexOf(record)
    if (at >= 0) return [...way.slice(at), record].map(({ node }) => node)
    way.push(record)
  }
  return way.map(({ node }) => node)
}
