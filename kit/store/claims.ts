/**
 * Claims: which driver computes which key. Claims are rows of a small SQLite database; a driver proves that it lives by
 * holding an exclusive transaction on a file of its own, which the system releases however the driver dies. A claim whose
 * owner is dead is taken over at once.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { describeErrno, StoreError } from "../errors.ts"
import type { StoreLayout } from "./layout.ts"

/** The claims of one driver. */
export interface Claims {
  /** This driver's name; its attempts lie under it. */
  readonly driver: string
  /** Whether the driver of that name still runs. */
  readonly alive: (driver: string) => boolean
  /** True when the key is ours now; false when another living driver has it. */
  readonly claim: (key: string) => boolean
  readonly release: (key: string) => void
  readonly close: () => void
}

const BUSY_MILLISECONDS = 20_000

/** Opens the claims of a store for this process. */
export const openClaims = (store: StoreLayout): Claims => {
  const folder = `${store.root}/claims`
  try {
    fs.mkdirSync(`${folder}/drivers`, { recursive: true })
    return new SqliteClaims(folder)
  } catch (error) {
    const { message, remedy } = describeErrno(error)
    throw new StoreError({ message: `The store's claims can't be opened: ${message}`, where: folder, remedy })
  }
}

/**
 * A life file that is locked from the moment it can be seen: made and locked under a name that nobody looks at, then
 * renamed. A file that could be seen unlocked would be swept as a dead driver's by another that starts just then.
 */
const lockedLife = (file: string): DatabaseSync => {
  const unseen = `${file}.starting`
  const life = new DatabaseSync(unseen)
  life.exec("pragma journal_mode = memory; pragma synchronous = off; create table life (x); begin exclusive")
  fs.renameSync(unseen, file)
  return life
}

class SqliteClaims implements Claims {
  readonly #folder: string
  readonly driver = randomUUID()
  readonly #life: DatabaseSync
  readonly #database: DatabaseSync

  constructor(folder: string) {
    this.#folder = folder
    this.#life = lockedLife(this.#lifeFile(this.driver))
    this.#database = new DatabaseSync(`${folder}/claims.db`)
    this.#database.exec(`
      pragma busy_timeout = ${BUSY_MILLISECONDS}; pragma journal_mode = wal; pragma synchronous = off;
      create table if not exists claims (key text primary key, owner text not null) without rowid`)
    this.#sweep()
  }

  claim = (key: string): boolean => {
    const insert = this.#database.prepare("insert or ignore into claims values (?, ?)")
    if (insert.run(key, this.driver).changes === 1) return true
    const owner = this.#owner(key)
    if (owner === undefined) return insert.run(key, this.driver).changes === 1
    if (owner === this.driver) return true
    return !this.alive(owner) && this.#takeOver(key, owner)
  }

  release = (key: string): void => {
    this.#database.prepare("delete from claims where key = ? and owner = ?").run(key, this.driver)
  }

  close = (): void => {
    this.#database.prepare("delete from claims where owner = ?").run(this.driver)
    this.#database.close()
    this.#life.close()
    fs.rmSync(this.#lifeFile(this.driver), { force: true })
  }

  #lifeFile(driver: string): string {
    return `${this.#folder}/drivers/${driver}.db`
  }

  #owner(key: string): string | undefined {
    return this.#database.prepare("select owner from claims where key = ?").get(key)?.owner as string | undefined
  }

  #takeOver(key: string, dead: string): boolean {
    const update = this.#database.prepare("update claims set owner = ? where key = ? and owner = ?")
    return update.run(this.driver, key, dead).changes === 1
  }

  alive = (driver: string): boolean => {
    if (driver === this.driver) return true
    const file = this.#lifeFile(driver)
    if (!fs.existsSync(file)) return false
    const database = new DatabaseSync(file)
    try {
      database.exec("pragma busy_timeout = 0; begin exclusive; rollback")
      return false
    } catch {
      return true
    } finally {
      database.close()
    }
  }

  /** Removes the files of drivers that died. */
  #sweep(): void {
    for (const name of fs.readdirSync(`${this.#folder}/drivers`)) {
      if (!name.endsWith(".db")) continue
      const driver = name.slice(0, -".db".length)
      if (driver !== this.driver && !this.alive(driver)) fs.rmSync(this.#lifeFile(driver), { force: true })
    }
  }
}
