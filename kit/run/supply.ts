/**
 * What a run can take from elsewhere: records by key from the place that a person named, and bytes from there and from the
 * places that pulled records came from. Where fetching is forbidden, it supplies nothing.
 */
import * as Effect from "effect/Effect"
import { StoreError } from "../errors.ts"
import type { Graph, Node } from "../node.ts"
import type { Elsewhere } from "../plan/elsewhere.ts"
import type { Resolved } from "../plan/resolve.ts"
import type { StageCode } from "../plan/stage-code.ts"
import type { Project } from "../project.ts"
import { adoptRecord, adoptRecords } from "../share/adopt.ts"
import { Fetcher } from "../share/fetcher.ts"
import type { Remote } from "../share/remote.ts"
import { Sources } from "../share/sources.ts"
import type { Claims } from "../store/claims.ts"
import { type RecordSummary, readRecord, type StoreRecord, writeRecord } from "../store/record.ts"
import type { Bring } from "./bring-inputs.ts"

export class Supply {
  readonly fetcher: Fetcher
  /** Why records were refused, in sentences. */
  readonly refused: Array<string> = []
  readonly #project: Project
  readonly #named: Remote | undefined
  readonly #sources: Sources
  readonly #fetches: boolean
  readonly #signal: AbortSignal
  #adopted: ReadonlyMap<string, StoreRecord> = new Map()

  constructor(project: Project, named: Remote | undefined, fetches: boolean, signal: AbortSignal) {
    this.#project = project
    this.#named = named
    this.#fetches = fetches
    this.#signal = signal
    this.#sources = new Sources(named, signal)
    this.fetcher = new Fetcher(project.store, this.#sources, signal)
  }

  /** Whether there is a place to ask for records. */
  get canAsk(): boolean {
    return this.#named !== undefined
  }

  /** Records that were found elsewhere and are not in the store yet. */
  get adopted(): ReadonlyMap<string, StoreRecord> {
    return this.#adopted
  }

  mayHave = (record: RecordSummary): boolean => this.#fetches && this.#sources.mayHave(record)

  /** What a plan must know of other places. `asks`: whether it may ask them, too, if bytes are there. */
  elsewhere(asks: boolean): Elsewhere {
    const available = (records: ReadonlyArray<RecordSummary>) => this.fetcher.available(records)
    return { records: this.#adopted, mayHave: this.mayHave, ...(asks ? { available } : {}) }
  }

  /** Asks the named place for the records of some nodes and all that they are made from. */
  async find(graph: Graph, needed: ReadonlySet<Node>): Promise<void> {
    if (this.#named === undefined) return
    const { records, refused } = await adoptRecords(this.#project, graph, needed, this.#named, this.#signal)
    this.#adopted = records
    this.refused.push(...refused)
  }

  /** Writes the records that were found; the store's folders must be there. */
  keep(scratch: string): void {
    for (const record of this.#adopted.values()) this.#write(record, scratch)
  }

  /** Another driver may have computed the same meanwhile: its record stays. */
  #write(record: StoreRecord, scratch: string): void {
    if (readRecord(this.#project.store, record.key) === undefined) writeRecord(this.#project.store, record, scratch)
  }

  /** Asks the named place for one record, and writes it. */
  ask(node: Node, resolved: Resolved, code: StageCode, scratch: string): Effect.Effect<void, StoreError> {
    return Effect.tryPromise({
      try: async (signal) => {
        if (this.#named === undefined) return
        const record = await adoptRecord(this.#named, node, resolved, code, signal, this.refused)
        if (record !== undefined) this.#write(record, scratch)
      },
      catch: (error) =>
        error instanceof StoreError
          ? error
          : new StoreError({
              message: `The record of ${node.id} could not be asked for: ${(error as Error).message}`,
              where: this.#named?.name ?? "",
              remedy: "Run the same command again: finished work is kept.",
            }),
    })
  }

  /** The way to bytes for a driver. */
  bring(claims: Claims): Bring {
    return {
      always: this.#named !== undefined && this.#fetches,
      fetch: (wanted, listener) => (this.#fetches ? this.fetcher.bring(wanted, claims, listener) : Promise.resolve()),
    }
  }
}
