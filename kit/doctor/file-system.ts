/** The store's file system: room, write access, sync, reflinks, locks; and the store's format. */
import { execFileSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { describeErrno } from "../errors.ts"
import { checkFormat, type StoreLayout } from "../store/layout.ts"
import { Lock } from "../store/lock.ts"
import { type Finding, missing, note, ok } from "./finding.ts"

const GB = 1e9

/** The store's folder, or the nearest above it that is there. */
const existing = (folder: string): string => (fs.existsSync(folder) ? folder : existing(path.dirname(folder)))

/** Bytes that a first run of the smallest profile takes, packages included. */
const ROOM = 10 * GB

/** Bytes without which nothing can be stored to speak of. */
const LEAST = 0.2 * GB

export const room = ({ root }: StoreLayout): Finding => {
  const { bavail, bsize, ffree, files } = fs.statfsSync(existing(root))
  const free = bavail * bsize
  const text = `${(free / GB).toFixed(1)} GB free`
  if (files > 0 && ffree < 10_000)
    return missing(
      "disk space",
      `${text}, but room for ${ffree} files only`,
      "Remove files, or choose another disk with --store.",
    )
  if (free < LEAST)
    return missing(
      "disk space",
      text,
      "Free some space (`repro gc` tells of some), or choose another disk with --store.",
    )
  return free < ROOM
    ? note("disk space", text, "A first run takes about 10 GB with its packages.")
    : ok("disk space", text)
}

export const format = (store: StoreLayout): Finding => {
  try {
    checkFormat(store)
    return ok("store format", fs.existsSync(`${store.root}/format`) ? "known" : "new store")
  } catch (error) {
    const { message, remedy } = error as { readonly message: string; readonly remedy: string }
    return missing("store format", message, remedy)
  }
}

/** Tries what the store needs of its file system, in a folder that is removed again. */
export const abilities = ({ root }: StoreLayout): ReadonlyArray<Finding> => {
  const folder = `${existing(root)}/.doctor-${randomUUID()}`
  try {
    fs.mkdirSync(folder)
  } catch (error) {
    const { message } = describeErrno(error)
    return [
      missing(
        "write access",
        message,
        "Give write permission, or choose another store with --store. Queries work without.",
      ),
    ]
  }
  try {
    return [ok("write access", existing(root)), sync(folder), reflink(folder), locks(folder)]
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

const sync = (folder: string): Finding => {
  const begun = performance.now()
  try {
    const handle = fs.openSync(`${folder}/synced`, "wx")
    fs.writeSync(handle, "text")
    fs.fsyncSync(handle)
    fs.closeSync(handle)
    fs.renameSync(`${folder}/synced`, `${folder}/renamed`)
    return ok("sync and rename", `${(performance.now() - begun).toFixed(1)} ms`)
  } catch (error) {
    return missing("sync and rename", describeErrno(error).message, "Choose a local disk with --store.")
  }
}

const reflink = (folder: string): Finding => {
  try {
    fs.writeFileSync(`${folder}/from`, "text")
    fs.copyFileSync(`${folder}/from`, `${folder}/to`, fs.constants.COPYFILE_FICLONE_FORCE)
    return ok("reflinks", "work: the view takes no room")
  } catch {
    return note("reflinks", "not on this file system", "The view is copies, and links for large files.")
  }
}

/** Asks another process to take a lock that this one holds: it must not get it. */
const locks = (folder: string): Finding => {
  const script = `const { DatabaseSync } = require("node:sqlite")
    const database = new DatabaseSync(process.argv[1])
    try { database.exec("pragma busy_timeout = 0; begin exclusive"); console.log("taken") } catch { console.log("refused") }`
  try {
    const lock = new Lock(`${folder}/lock.db`)
    try {
      const said = lock.hold(() =>
        execFileSync(process.execPath, ["--disable-warning=ExperimentalWarning", "-e", script, `${folder}/lock.db`], {
          encoding: "utf8",
          timeout: 20_000,
        }),
      )
      if (said.trim() === "refused") return ok("locks", "work between processes")
    } finally {
      lock.close()
    }
    return missing(
      "locks",
      "two processes can hold one lock",
      "Choose a local disk with --store: two runs at once would not see each other.",
    )
  } catch (error) {
    return missing("locks", (error as Error).message.split("\n")[0] ?? "", "Choose a local disk with --store.")
  }
}
