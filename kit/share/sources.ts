/** Places from which bytes can be had: the one that a person named, and those that pulled records came from. */
import { StoreError, UsageError } from "../errors.ts"
import type { RecordSummary } from "../store/record.ts"
import { openRemote } from "./open-remote.ts"
import type { Remote } from "./remote.ts"

export class Sources {
  readonly #named: Remote | undefined
  readonly #signal: AbortSignal
  readonly #origins = new Map<string, Promise<Remote | StoreError>>()

  constructor(named: Remote | undefined, signal: AbortSignal) {
    this.#named = named
    this.#signal = signal
  }

  /** The place that was named in this command. */
  get named(): Remote | undefined {
    return this.#named
  }

  /** Whether bytes of a record may be elsewhere. */
  mayHave = (record: RecordSummary): boolean => this.#named !== undefined || record.pulled !== undefined

  /** The places to ask for a record's bytes, in order, and what is wrong with those that can't be asked. */
  async of(
    record: RecordSummary,
  ): Promise<{ readonly remotes: ReadonlyArray<Remote>; readonly errors: ReadonlyArray<StoreError> }> {
    const named = this.#named === undefined ? [] : [this.#named]
    const from = record.pulled?.from
    if (from === undefined || from === this.#named?.name) return { remotes: named, errors: [] }
    const origin = await this.#open(from)
    return origin instanceof StoreError
      ? { remotes: named, errors: [origin] }
      : { remotes: [...named, origin], errors: [] }
  }

  #open(from: string): Promise<Remote | StoreError> {
    const known = this.#origins.get(from)
    if (known !== undefined) return known
    const opened = openRemote(from, { write: false, signal: this.#signal }).catch((error: unknown) => {
      if (error instanceof StoreError) return error
      if (error instanceof UsageError)
        return new StoreError({ message: error.message, where: from, remedy: error.remedy })
      throw error
    })
    this.#origins.set(from, opened)
    return opened
  }
}
