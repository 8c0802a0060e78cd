/**
 * Uses: which keys and objects drivers rely on, so that a collection leaves them alone though no record or pipeline names
 * them yet. A driver announces a use before it looks whether the thing is there; a collection looks for uses and removes
 * within one transaction. So either the collection sees the use, or the driver sees that the thing is gone. While a
 * collection goes on, uses outlive their drivers: what a driver wrote and left meanwhile is not in what the collection has
 * read.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite"
import type { StoreLayout } from "./layout.ts"

export const USES_TABLES = `
  create table if not exists uses (id text not null, owner text not null, primary key (id, owner)) without rowid;
  create table if not exists collectors (owner text primary key) without rowid`

/** The uses of one driver, and what a collection asks of them. */
export class Uses {
  readonly #database: DatabaseSync
  readonly #driver: string
  readonly #alive: (driver: string) => boolean
  readonly #insert: StatementSync
  readonly #used: StatementSync
  /** What this driver announced: it stays announced until the driver ends. */
  readonly #announced = new Set<string>()

  constructor(database: DatabaseSync, driver: string, alive: (driver: string) => boolean) {
    this.#database = database
    this.#driver = driver
    this.#alive = alive
    this.#insert = database.prepare("insert or ignore into uses values (?, ?)")
    this.#used = database.prepare("select 1 from uses where id = ?1 union all select 1 from claims where key = ?1")
  }

  /** Announces that this driver relies on keys or objects from now on. */
  announce(ids: ReadonlyArray<string>): void {
    const fresh = ids.filter((id) => !this.#announced.has(id))
    const [only] = fresh
    if (only === undefined) return
    if (fresh.length === 1) this.#insert.run(only, this.#driver)
    else
      this.#atomically(() => {
        for (const id of fresh) this.#insert.run(id, this.#driver)
      })
    for (const id of fresh) this.#announced.add(id)
  }

  /** Whether a collection goes on. */
  get collecting(): boolean {
    const owners = this.#database.prepare("select owner from collectors").all()
    return owners.some(({ owner }) => this.#alive(owner as string))
  }

  /**
   * Forgets what dead drivers and, at its end, this driver relied on, unless a collection goes on. `onCutOff` is called where
   * one died, which could not say any more that it removed something.
   */
  sweep(ending: boolean, onCutOff: () => void): void {
    this.#atomically(() => {
      if (this.collecting) return
      if (this.#database.prepare("delete from collectors").run().changes > 0) onCutOff()
      this.#forget((owner) => (owner === this.#driver ? ending : !this.#alive(owner)))
    })
  }

  /** From now on, uses outlive their drivers. What dead drivers relied on before is forgotten. */
  beginCollection(): void {
    this.#atomically(() => {
      this.#database.prepare("insert into collectors values (?)").run(this.#driver)
      this.#forget((owner) => owner !== this.#driver && !this.#alive(owner))
    })
  }

  endCollection(): void {
    this.#database.prepare("delete from collectors where owner = ?").run(this.#driver)
  }

  /** Whether a driver uses or claims an id; what it says holds inside `remove` of `removeUnused`. */
  isUsed(id: string): boolean {
    return this.#used.get(id) !== undefined
  }

  /** Calls `remove` for each of the ids that no driver uses or claims, while none can begin to. Gives how many those were. */
  removeUnused(ids: ReadonlyArray<string>, remove: (id: string) => void): number {
    return this.#atomically(() => {
      const unused = ids.filter((id) => !this.isUsed(id))
      for (const id of unused) remove(id)
      return unused.length
    })
  }

  #forget(isOver: (owner: string) => boolean): void {
    const remove = this.#database.prepare("delete from uses where owner = ?")
    for (const { owner } of this.#database.prepare("select distinct owner from uses").all())
      if (isOver(owner as string)) remove.run(owner as string)
  }

  #atomically<A>(action: () => A): A {
    this.#database.exec("begin immediate")
    try {
      const result = action()
      this.#database.exec("commit")
      return result
    } catch (error) {
      // SQLite ends a transaction itself where the disk is full or fails
      if (this.#database.isTransaction) this.#database.exec("rollback")
      throw error
    }
  }
}

/** The store, so that what is taken into it is announced first. */
export const announcing = (store: StoreLayout, uses: Uses): StoreLayout => ({
  ...store,
  announce: (ids) => uses.announce(ids),
})
