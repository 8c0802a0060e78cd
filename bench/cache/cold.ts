/** Takes files out of the system's cache, so that the next reader finds them on the disk. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { pythonOf, root } from "../../scripts/lib/paths.ts"

const DROP = "/proc/sys/vm/drop_caches"
const SCRIPT = `${import.meta.dirname}/drop.py`

/** Drops the files below a folder, and says by which way; undefined where this machine has none. */
export const dropFromCache = (folder: string): string | undefined => {
  const way = dropAll() ? `all caches dropped by ${DROP}` : dropPages(folder)
  // Programs are not what is measured: they come back before the clock starts.
  spawnSync("bin/repro", ["--help"], { cwd: root })
  return way
}

const dropAll = (): boolean => {
  spawnSync("sync")
  try {
    fs.writeFileSync(DROP, "3")
    return true
  } catch {
    return false
  }
}

const dropPages = (folder: string): string | undefined => {
  const { status } = spawnSync(pythonOf("uv-tool"), ["-I", SCRIPT, folder])
  return status === 0 ? "contents dropped by posix_fadvise, names and inodes still cached" : undefined
}
