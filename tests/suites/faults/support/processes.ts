/** The processes that work in a project's folder, found by what the system knows of them. */
import * as fs from "node:fs"

/** Command lines of the living processes that have their working folder in `root` or name it. */
export const processesOf = (root: string): ReadonlyArray<string> =>
  fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        if (/^State:\s+[ZX]/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"))) return []
        const line = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()
        return fs.readlinkSync(`/proc/${pid}/cwd`).startsWith(root) || line.includes(root) ? [`${pid} ${line}`] : []
      } catch {
        return []
      }
    })
