/** Removal of folders that only take up room: what can't be removed now is swept by a later run. */
import * as fs from "node:fs"

/** Removes a folder with all that it holds; a disk that fails must not hide how the work in it ended. */
export const removeQuietly = (folder: string): void => {
  try {
    fs.rmSync(folder, { recursive: true, force: true })
  } catch {
    // swept later
  }
}
