/** Folders that a process made for itself and could not remove: their names begin with its process id. */
import * as fs from "node:fs"
import { removeQuietly } from "./store/remove-quietly.ts"

/** Removes what processes of this machine left in a folder that are gone. */
export const sweepOfDead = (folder: string): void => {
  for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
    if (!isRunning(Number(name.split("-")[0]))) removeQuietly(`${folder}/${name}`)
  }
}

/** Whether a process of this machine has that id. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}
