/**
 * Which processes use a bundle. A command that runs for days may load one more of the bundle's files at its end, so a
 * bundle that was superseded goes only when nobody uses it any more.
 */
import * as fs from "node:fs"

/** Says that this process uses a generation, until it ends. False where the folder is gone. */
export const useGeneration = (folder: string): boolean => {
  const mark = `${folder}/users/${process.pid}`
  try {
    fs.writeFileSync(mark, "")
    process.on("exit", () => fs.rmSync(mark, { force: true }))
    return true
  } catch {
    return fs.existsSync(folder)
  }
}

const lives = (process_: string): boolean => {
  try {
    process.kill(Number(process_), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}

/** Removes the generations that nobody uses, but never those named in `keep`. */
export const sweepGenerations = (folder: string, keep: ReadonlySet<string>): void => {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || keep.has(entry.name)) continue
    const users = `${folder}/${entry.name}/users`
    if (fs.existsSync(users) && fs.readdirSync(users).some(lives)) continue
    fs.rmSync(`${folder}/${entry.name}`, { recursive: true, force: true })
  }
}
