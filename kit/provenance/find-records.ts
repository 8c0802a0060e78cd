/**
 * Finds the record that made something. A record names its inputs by digest and by the node that gave them, so its
 * ancestors are found in what the nodes of its profile last gave; where a node has given something else since, every
 * record of the store is read once.
 */
import * as fs from "node:fs"
import { type Heads, readHeadsFile } from "../store/heads.ts"
import type { StoreLayout } from "../store/layout.ts"
import { type InputRecord, readRecord, recordKeys, type StoreRecord } from "../store/record.ts"

/** What every profile of every pipeline last gave. */
export const everyHeads = (store: StoreLayout): ReadonlyArray<Heads> =>
  list(`${store.root}/heads`).flatMap((pipeline) =>
    list(`${store.root}/heads/${pipeline}`)
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => readHeadsFile(`${store.root}/heads/${pipeline}/${name}`) ?? []),
  )

const list = (folder: string): ReadonlyArray<string> => {
  try {
    return fs.readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** The records of a store, read when they are first asked for. */
export class Records {
  readonly #store: StoreLayout
  readonly #byKey = new Map<string, StoreRecord | undefined>()
  #everyHeads: ReadonlyArray<Heads> | undefined
  #all: ReadonlyArray<StoreRecord> | undefined
  #byDigest: Map<string, Array<StoreRecord>> | undefined

  constructor(store: StoreLayout) {
    this.#store = store
  }

  get heads(): ReadonlyArray<Heads> {
    this.#everyHeads ??= everyHeads(this.#store)
    return this.#everyHeads
  }

  read(key: string): StoreRecord | undefined {
    if (!this.#byKey.has(key)) this.#byKey.set(key, readRecord(this.#store, key))
    return this.#byKey.get(key)
  }

  /** Every record that can be read, oldest first. */
  get all(): ReadonlyArray<StoreRecord> {
    this.#all ??= recordKeys(this.#store)
      .flatMap((key) => this.read(key) ?? [])
      .sort((a, b) => (a.run.started < b.run.started ? -1 : 1))
    return this.#all
  }

  /** The record that gave an input to a consumer; undefined where the store has none any more. */
  producer(consumer: StoreRecord, input: InputRecord): StoreRecord | undefined {
    const head = this.heads.find(
      ({ pipeline, profile }) => pipeline === consumer.pipeline && profile === consumer.profile,
    )
    const last = head?.nodes[input.node]
    const record = last === undefined ? undefined : this.read(last.key)
    if (record?.outputs[input.output]?.digest === input.digest) return record
    const makers = (this.#digests.get(input.digest) ?? []).filter(({ key }) => key !== consumer.key)
    const named = makers.filter(({ node }) => node === input.node)
    return named.findLast(({ run }) => run.started <= consumer.run.started) ?? named[0] ?? makers[0]
  }

  get #digests(): ReadonlyMap<string, ReadonlyArray<StoreRecord>> {
    if (this.#byDigest !== undefined) return this.#byDigest
    this.#byDigest = new Map()
    for (const record of this.all) {
      for (const { digest } of Object.values(record.outputs)) {
        const known = this.#byDigest.get(digest)
        if (known === undefined) this.#byDigest.set(digest, [record])
        else known.push(record)
      }
    }
    return this.#byDigest
  }
}
