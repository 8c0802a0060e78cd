/**
 * Cycles among records: work that was made, in the end, from its own output. The kit writes none, since a node's inputs
 * are there before it runs; a hand-edited or foreign record can form one.
 */
import { sha256 } from "../canonical.ts"
import { StoreError } from "../errors.ts"
import type { StoreRecord } from "./record.ts"

/** What a record says of where its bytes come from: names of what it read and gave. */
export interface Derivation {
  readonly key: string
  readonly node: string
  readonly inputs: ReadonlyArray<string>
  readonly outputs: ReadonlyArray<string>
}

/**
 * A record's derivation. Bytes are named with the output of the node that gave them, since a stage may give the very bytes
 * that it read, and is no ancestor of itself then.
 */
export const derivationOf = ({ key, pipeline, profile, node, inputs, outputs }: StoreRecord): Derivation => {
  const name = (from: string, output: string, digest: string) =>
    sha256(JSON.stringify([pipeline, profile, from, output, digest])).slice(0, 32)
  return {
    key,
    node,
    inputs: Object.values(inputs).flatMap((list) => list.map((input) => name(input.node, input.output, input.digest))),
    outputs: Object.entries(outputs).map(([output, { digest }]) => name(node, output, digest)),
  }
}

/** A cycle in words: its members, the first again at the end. */
export const describeCycle = (cycle: ReadonlyArray<Derivation>): string =>
  [...cycle, ...cycle.slice(0, 1)].map(({ node }) => node).join(" → ")

/**
 * Refuses records of which some can only have been made from themselves; the error names the members. An input that
 * several records gave is fine when one of them leads to sources; one that none of them gave is a source.
 */
export const refuseCycles = (records: Iterable<StoreRecord>): void => {
  const cycle = findCycle([...records].map(derivationOf))
  if (cycle === undefined) return
  throw new StoreError({
    message: `The records form a cycle, so at least one was not written by this kit: ${describeCycle(cycle)}`,
    where: cycle.map(({ key }) => `${key}.json`).join(", "),
    remedy: "Remove one of these records (from records/, or from where they were taken), and run again.",
  })
}

/** The members of a cycle, each one an ancestor of the next; undefined where there is none. Linear in the inputs. */
export const findCycle = (records: Iterable<Derivation>): ReadonlyArray<Derivation> | undefined => {
  const graph = new Producers([...records])
  const rooted = graph.rooted()
  const start = graph.records.find((record) => !rooted.has(record))
  if (start === undefined) return undefined
  const seen = new Map<Derivation, number>()
  const path: Array<Derivation> = []
  let record: Derivation = start
  while (!seen.has(record)) {
    seen.set(record, path.length)
    path.push(record)
    record = graph.unrootedSource(record, rooted)
  }
  return path.slice(seen.get(record)).reverse()
}

class Producers {
  readonly records: ReadonlyArray<Derivation>
  readonly #byName = new Map<string, Array<Derivation>>()

  constructor(records: ReadonlyArray<Derivation>) {
    this.records = records
    for (const record of records) {
      for (const name of record.outputs) {
        const known = this.#byName.get(name)
        if (known === undefined) this.#byName.set(name, [record])
        else known.push(record)
      }
    }
  }

  /** The records all of whose inputs lead to sources, whichever of several producers that takes. */
  rooted(): ReadonlySet<Derivation> {
    const waiting = new Map<string, Array<Derivation>>()
    const missing = new Map<Derivation, number>()
    const todo: Array<Derivation> = []
    for (const record of this.records) {
      const made = new Set(record.inputs.filter((name) => this.#byName.has(name)))
      missing.set(record, made.size)
      if (made.size === 0) todo.push(record)
      for (const name of made) {
        const known = waiting.get(name)
        if (known === undefined) waiting.set(name, [record])
        else known.push(record)
      }
    }
    const rooted = new Set<Derivation>()
    for (let record = todo.pop(); record !== undefined; record = todo.pop()) {
      rooted.add(record)
      for (const name of record.outputs) {
        const consumers = waiting.get(name) ?? []
        waiting.delete(name)
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
  unrootedSource(record: Derivation, rooted: ReadonlySet<Derivation>): Derivation {
    for (const name of record.inputs) {
      const producers = this.#byName.get(name) ?? []
      if (producers.length > 0 && producers.every((producer) => !rooted.has(producer)))
        return producers[0] as Derivation
    }
    throw new Error("a record that is not rooted has an input that is not")
  }
}
