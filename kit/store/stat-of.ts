/** What lies at a place that somebody else named. */
import * as fs from "node:fs"

const NOTHING = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"])

/** Undefined where nothing is or can be: under a name that is too long, below a file, behind a link to itself. */
export const statOf = (file: string): fs.Stats | undefined => {
  try {
    return fs.statSync(file)
  } catch (error) {
    if (NOTHING.has((error as NodeJS.ErrnoException).code ?? "")) return undefined
    throw error
  }
}
