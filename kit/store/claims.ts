/**
 * Claims: which driver computes which key. Claims are rows of a small SQLite database; a driver proves that it lives by
 * holding an exclusive transaction on a file of its own, which the system releases however the driver dies. A claim whose
 * owner is dead is taken over at once.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { pathToFileURL } from "node:url"
import { describeErrno, isDamagedDatabase, isUnfitDatabase, StoreError } from "../errors.ts"
import { countCollection } from "./collections.ts"
import type { StoreLayout } from "./layout.ts"
import { USES_TABLES, Uses } from "./uses.ts"

/** Whether the driver of that name runs now; asks without taking part. */
export const isDriverAlive = (store: StoreLayout, driver: string): boolean =>
  isLocked(`${store.root}/claims/drivers/${driver}${LIFE}`)

/** The claims of one driver. */
export interface Claims {
  /** This driver's name; its attempts lie under it. */
  readonly driver: string
  /** Whether the driver of that name still runs. */
  readonly alive: (driver: string) => boolean
  /** True when the key is ours now; false when another living driver has it. Throws a StoreError when the disk fails. */
  readonly claim: (key: string) => boolean
  readonly release: (key: string) => void
  /** Which keys and objects this driver relies on, and what a collection asks of all drivers. */
  readonly uses: Uses
  /** The other drivers that run now. */
  readonly others: () => ReadonlyArray<string>
  readonly close: () => void
}

const BUSY_MILLISECONDS = 20_000

/** Opens the claims of a store for this process. */
export const openClaims = (store: StoreLayout): Claims => {
  const folder = `${store.root}/claims`
  return inStore(folder, "opened", () => {
    fs.mkdirSync(`${folder}/drivers`, { recursive: true })
    return new SqliteClaims(folder)
  })
}

const inStore = <A>(folder: string, what: string, action: () => A): A => {
  try {
    return action()
  } catch (error) {
    if (error instanceof StoreError) throw error
    if (isDamagedDatabase(error)) throw damaged(folder, `can't be ${what}`)
    const { message, remedy } = describeErrno(error, folder)
    throw new StoreError({ message: `The store's claims can't be ${what}: ${message}`, where: folder, remedy })
  }
}

const damaged = (folder: string, what: string): StoreError =>
  new StoreError({
    message: `The store's claims are damaged and ${what}`,
    where: `${folder}/claims.db`,
    remedy: "When no run on this store goes on, delete that file, which says nothing of results, and run again.",
  })

const LIFE = ".db"
const STARTING = ".db.starting"

/**
 * A life file that is locked from the moment it can be seen: made and locked under a name that nobody trusts, then
 * renamed. A file that could be seen unlocked would be swept as a dead driver's by another that starts just then; one
 * that was swept while it was still unlocked is made again.
 */
const lockedLife = (file: string, tries = 20): DatabaseSync => {
  const unseen = `${file}.starting`
  const life = new DatabaseSync(unseen)
  try {
    life.exec(`
      pragma busy_timeout = ${BUSY_MILLISECONDS}; pragma journal_mode = memory; pragma synchronous = off;
      create table life (x); begin exclusive`)
    fs.renameSync(unseen, file)
    return life
  } catch (error) {
    life.close()
    if (tries > 0 && !fs.existsSync(unseen)) return lockedLife(file, tries - 1)
    fs.rmSync(unseen, { force: true })
    throw error
  }
}

/** Whether some process holds the lock of a life file. A file that is gone has no owner, and is not made by looking. */
const isLocked = (file: string): boolean => {
  if (!fs.existsSync(file)) return false
  const place = pathToFileURL(file)
  place.search = "mode=rw"
  let database: DatabaseSync
  try {
    database = new DatabaseSync(place)
  } catch (error) {
    if (!fs.existsSync(file)) return false
    throw error
  }
  try {
    database.exec("pragma busy_timeout = 0; begin exclusive; rollback")
    return false
  } catch (error) {
    return !isDamagedDatabase(error)
  } finally {
    database.close()
  }
}

const openDatabase = (folder: string): DatabaseSync => {
  const database = new DatabaseSync(`${folder}/claims.db`)
  try {
    database.exec(`
      pragma busy_timeout = ${BUSY_MILLISECONDS}; pragma journal_mode = wal; pragma synchronous = off;
      create table if not exists claims (key text primary key, owner text not null) without rowid;
      ${USES_TABLES}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Whether a file is a regular one, or not there. */
const isPlainFile = (file: string): boolean => fs.lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? true

interface Opened {
  readonly database: DatabaseSync
  readonly uses: Uses
}

class SqliteClaims implements Claims {
  readonly #folder: string
  readonly driver = randomUUID()
  readonly #life: DatabaseSync
  readonly #database: DatabaseSync
  readonly uses: Uses

  constructor(folder: string) {
    this.#folder = folder
    this.#life = lockedLife(this.#lifeFile(this.driver))
    try {
      const { database, uses } = this.#openOrRemake()
      this.#database = database
      this.uses = uses
    } catch (error) {
      this.#endLife()
      throw error
    }
  }

  claim = (key: string): boolean => inStore(this.#folder, "used", () => this.#claim(key))

  #claim(key: string): boolean {
    const insert = this.#database.prepare("insert or ignore into claims values (?, ?)")
    if (insert.run(key, this.driver).changes === 1) return true
    const owner = this.#owner(key)
    if (owner === undefined) return insert.run(key, this.driver).changes === 1
    if (owner === this.driver) return true
    return !this.alive(owner) && this.#takeOver(key, owner)
  }

  release = (key: string): void =>
    inStore(this.#folder, "used", () => {
      this.#database.prepare("delete from claims where key = ? and owner = ?").run(key, this.driver)
    })

  /** Ends this driver's life; what it could not give back any more is taken over as a dead driver's. */
  close = (): void => {
    try {
      this.#database.prepare("delete from claims where owner = ?").run(this.driver)
      this.uses.sweep(true, this.#countCutOff)
    } catch {
      // the disk may be full: claims and uses end with the life
    }
    this.#database.close()
    this.#endLife()
  }

  alive = (driver: string): boolean => driver === this.driver || isLocked(this.#lifeFile(driver))

  #countCutOff = (): void => countCollection({ root: path.dirname(this.#folder) }, this.#folder)

  #endLife(): void {
    this.#life.close()
    fs.rmSync(this.#lifeFile(this.driver), { force: true })
  }

  #lifeFile(driver: string): string {
    return `${this.#folder}/drivers/${driver}${LIFE}`
  }

  #owner(key: string): string | undefined {
    return this.#database.prepare("select owner from claims where key = ?").get(key)?.owner as string | undefined
  }

  #takeOver(key: string, dead: string): boolean {
    const update = this.#database.prepare("update claims set owner = ? where key = ? and owner = ?")
    return update.run(this.driver, key, dead).changes === 1
  }

  /** A database that a crash of the machine damaged holds nothing of worth once no other driver lives. */
  #openOrRemake(): Opened {
    try {
      return this.#open()
    } catch (error) {
      const files = ["", "-wal", "-shm"].map((end) => `${this.#folder}/claims.db${end}`)
      if (!isUnfitDatabase(error) && files.every(isPlainFile)) throw error
      this.#refuseOthers()
      for (const file of files) fs.rmSync(file, { force: true, recursive: true })
      return this.#open()
    }
  }

  /** Opens the database and looks at all of it: a page that is damaged is seen now. */
  #open(): Opened {
    const database = openDatabase(this.#folder)
    try {
      const uses = new Uses(database, this.driver, this.alive)
      this.#sweep(database, uses)
      return { database, uses }
    } catch (error) {
      database.close()
      throw error
    }
  }

  #refuseOthers(): void {
    if (this.others().length === 0) return
    throw new StoreError({
      message: "The store's claims are damaged, and another run goes on that uses them",
      where: `${this.#folder}/claims.db`,
      remedy: "Wait until the other run has ended, then run again: they are made anew.",
    })
  }

  others = (): ReadonlyArray<string> => this.#drivers().filter((driver) => driver !== this.driver && this.alive(driver))

  #drivers(): ReadonlyArray<string> {
    return fs
      .readdirSync(`${this.#folder}/drivers`)
      .flatMap((name) => (name.endsWith(LIFE) ? [name.slice(0, -LIFE.length)] : []))
  }

  /** Removes what drivers left that died: life files, and claims on keys that nobody may ask for again. */
  #sweep(database: DatabaseSync, uses: Uses): void {
    for (const name of fs.readdirSync(`${this.#folder}/drivers`)) {
      const file = `${this.#folder}/drivers/${name}`
      const left = name.endsWith(LIFE) || name.endsWith(STARTING)
      if (left && file !== this.#lifeFile(this.driver) && !isLocked(file)) fs.rmSync(file, { force: true })
    }
    const owners = database.prepare("select distinct owner from claims").all()
    for (const { owner } of owners) {
      if (!this.alive(owner as string)) database.prepare("delete from claims where owner = ?").run(owner as string)
    }
    uses.sweep(false, this.#countCutOff)
  }
}
