/** A folder that really can't be written to, for root too: a read-only mount that one command sees. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import type { Result, TestProject } from "./project.ts"

const MOUNT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'

/** Runs the command line while a folder of the project is read-only: by a mount for root, by permissions for others. */
export const reproReadOnly = (project: TestProject, folder: string, args: ReadonlyArray<string>): Result => {
  const place = `${project.root}/${folder}`
  const command = [
    process.execPath,
    "--experimental-import-text",
    "--disable-warning=ExperimentalWarning",
    `${project.root}/kit/cli/entry.ts`,
    ...args,
  ]
  const root = process.getuid?.() === 0
  const [program, ...rest] = root ? ["unshare", "-m", "sh", "-c", MOUNT, place, ...command] : command
  if (!root) setModes(place, 0o555)
  const { status, stdout, stderr } = spawnSync(program as string, rest, { cwd: project.root, encoding: "utf8" })
  if (!root) setModes(place, 0o755)
  return { code: status, stdout, stderr }
}

const setModes = (folder: string, mode: number): void => {
  fs.chmodSync(folder, 0o755)
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) setModes(`${folder}/${entry.name}`, mode)
  fs.chmodSync(folder, mode)
}
