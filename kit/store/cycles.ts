/**
 * Cycles among records: work that was made, in the end, from its own output. The kit writes none, since a node's inputs
 * are there before it runs; a hand-edited or foreign record can form one.
 */
import { StoreError } from "../errors.ts"
import type { InputRecord, StoreRecord } from "./record.ts"

/**
 * Refuses records of which some can only have been made from themselves; the error names the members. An input that
 * several records may have given is fine when one of them leads to sources; one that none gave is a source.
 */
export const refuseCycles = (records: Iterable<StoreRecord>): void => {
  const cycle = findCycle(records)
  if (cycle === undefined) return
  const [first] = cycle as readonly [StoreRecord, ...ReadonlyArray<StoreRecord>]
  throw new StoreError({
    message: `The records form a cycle, so at least one was not written by this kit: ${[...cycle, first].map(({ node }) => node).join(" → ")}`,
    where: cycle.map(({ key }) => `${key}.json`).join(", "),
    remedy: "Remove one of these records (from records/, or from where they were taken), and run again.",
  })
}

/** The members of a cycle, each one an ancestor of the next; undefined where there is none. Linear in the inputs. */
export const findCycle = (records: Iterable<StoreRecord>): ReadonlyArray<StoreRecord> | undefined => {
  const graph = new Producers([...records])
  const rooted = graph.rooted()
  const start = graph.records.find((record) => !rooted.has(record))
  if (start === undefined) return undefined
  const seen = new Map<StoreRecord, number>()
  const path: Array<StoreRecord> = []
  let record: StoreRecord = start
  while (!seen.has(record)) {
    seen.set(record, path.length)
    path.push(record)
    record = graph.unrootedSource(record, rooted)
  }
  return path.slice(seen.get(record)).reverse()
}

const inputsOf = (record: StoreRecord): ReadonlyArray<InputRecord> => Object.values(record.inputs).flat()

class Producers {
  readonly records: ReadonlyArray<StoreRecord>
  readonly #byDigest = new Map<string, Array<StoreRecord>>()

  constructor(records: ReadonlyArray<StoreRecord>) {
    this.records = records
    for (const record of records) {
      for (const { digest } of Object.values(record.outputs)) {
        const known = this.#byDigest.get(digest)
        if (known === undefined) this.#byDigest.set(digest, [record])
        else known.push(record)
      }
    }
  }

  /** The records all of whose inputs lead to sources, whichever of several producers that takes. */
  rooted(): ReadonlySet<StoreRecord> {
    const waiting = new Map<string, Array<StoreRecord>>()
    const missing = new Map<StoreRecord, number>()
    const todo: Array<StoreRecord> = []
    for (const record of this.records) {
      const made = new Set(inputsOf(record).flatMap(({ digest }) => (this.#byDigest.has(digest) ? [digest] : [])))
      missing.set(record, made.size)
      if (made.size === 0) todo.push(record)
      for (const digest of made) {
        const known = waiting.get(digest)
        if (known === undefined) waiting.set(digest, [record])
        else known.push(record)
      }
    }
    const rooted = new Set<StoreRecord>()
    for (let record = todo.pop(); record !== undefined; record = todo.pop()) {
      rooted.add(record)
      for (const { digest } of Object.values(record.outputs)) {
        const consumers = waiting.get(digest) ?? []
        waiting.delete(digest)
        for (const consumer of consumers) {
          const left = (missing.get(consumer) as number) - 1
          missing.set(consumer, left)
          if (left === 0) todo.push(consumer)
        }
      }
    }
    return rooted
  }

  /** A record that gave an input of one that is not rooted, and is not rooted itself. */
  unrootedSource(record: StoreRecord, rooted: ReadonlySet<StoreRecord>): StoreRecord {
    for (const { digest } of inputsOf(record)) {
      const producers = this.#byDigest.get(digest) ?? []
      if (producers.length > 0 && producers.every((producer) => !rooted.has(producer)))
        return producers[0] as StoreRecord
    }
    throw new Error("a record that is not rooted has an input that is not")
  }
}
