/** Files and folders that a process made for itself and could not remove: their names begin with its process id. */
import * as fs from "node:fs"
import { removeQuietly } from "./store/remove-quietly.ts"

/** Removes what processes of this machine left in a folder that are gone; only names that begin so, with the id behind. */
export const sweepOfDead = (folder: string, prefix = ""): void => {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    if (name.startsWith(prefix) && !isRunning(name.slice(prefix.length))) removeQuietly(`${folder}/${name}`)
  }
}

/** Whether a process of this machine has the id that a name begins with. */
const isRunning = (name: string): boolean => {
  const pid = /^\d+(?=-)/u.exec(name)?.[0]
  if (pid === undefined) return false
  try {
    process.kill(Number(pid), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}
