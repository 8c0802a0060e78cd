/**
 * A lock that drivers of a store take for a moment, such as while they merge names into one file. The system releases it
 * however its owner dies, so it is never stale.
 */
import { DatabaseSync } from "node:sqlite"

/** Milliseconds to wait for another driver. */
const BUSY_MILLISECONDS = 20_000

/** A lock on a file of its own; the file must never be opened in another way, since closing it would drop the lock. */
export class Lock {
  readonly #database: DatabaseSync

  /** Opens the lock's file, which is made where it is missing. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file)
    this.#database.exec(`pragma busy_timeout = ${BUSY_MILLISECONDS}; pragma journal_mode = memory`)
  }

  /** Runs `action` while no other process holds the lock. */
  hold<A>(action: () => A): A {
    this.#database.exec("begin exclusive")
    try {
      return action()
    } finally {
      this.#database.exec("rollback")
    }
  }

  close(): void {
    this.#database.close()
  }
}
