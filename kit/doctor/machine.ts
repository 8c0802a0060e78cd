/** The machine: cores, memory, accelerators, clock, and the folders that MIRROR names. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { Project } from "../project.ts"
import { type Finding, missing, note, ok } from "./finding.ts"

const GB = 1e9

export const cores = (): Finding => {
  const count = os.availableParallelism()
  return count >= 2 ? ok("cores", `${count}`) : note("cores", `${count}`, "Runs take longer; nothing is lost.")
}

/** Memory below which the smoke profile's tasks may be killed. */
const MEMORY = 8 * GB

export const memory = (): Finding => {
  const text = `${(os.totalmem() / GB).toFixed(1)} GB, ${(os.freemem() / GB).toFixed(1)} GB of it free`
  return os.totalmem() >= MEMORY
    ? ok("memory", text)
    : note("memory", text, "Fine-tuning needs about 8 GB: run it alone (`--jobs 1`), or on a larger machine.")
}

/** A card that NVIDIA's driver shows. */
export interface Accelerator {
  readonly name: string
  readonly gigabytes: number
}

/** The accelerators of this machine; none where there is no driver. */
export const accelerators = (): ReadonlyArray<Accelerator> => {
  try {
    const text = execFileSync("nvidia-smi", ["--query-gpu=name,memory.total", "--format=csv,noheader,nounits"], {
      encoding: "utf8",
      timeout: 10_000,
      stdio: ["ignore", "pipe", "ignore"],
    })
    return text
      .trim()
      .split("\n")
      .map((line) => {
        const at = line.lastIndexOf(",")
        return { name: line.slice(0, at).trim(), gigabytes: (Number(line.slice(at + 1)) * 2 ** 20) / GB }
      })
  } catch {
    return []
  }
}

/** How many accelerators tasks may use at a time: one, since each task takes the first one that it sees. */
export const usableAccelerators = (): number => Math.min(1, accelerators().length)

export const gpu = (): Finding => {
  const cards = accelerators()
  return cards.length === 0
    ? note("GPU", "none is visible", "Profiles for CPUs need none.")
    : ok("GPU", cards.map(({ name, gigabytes }) => `${name}, ${gigabytes.toFixed(0)} GB`).join("; "))
}

const DAY = 24 * 3600 * 1000

/** A clock that is behind what lies on the disk. The kit's decisions don't rest on it; times in records do. */
export const clock = ({ root }: Project): Finding => {
  const newest = Math.max(...["package.json", "package-lock.json"].map((name) => mtime(`${root}/${name}`)))
  const now = new Date()
  return newest > now.getTime() + DAY
    ? note(
        "clock",
        `${now.toISOString()}, before the project's files were written`,
        "Set the clock: records would tell wrong times.",
      )
    : ok("clock", now.toISOString())
}

const mtime = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0

/** MIRROR: where published data lie on this machine. */
export const mirror = (): Finding => {
  const folders = (process.env.MIRROR ?? "").split(path.delimiter).filter((folder) => folder !== "")
  if (folders.length === 0)
    return note("MIRROR", "not set", "Published data are downloaded; the smoke profile needs none.")
  const gone = folders.filter((folder) => !(fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false))
  return gone.length === 0
    ? ok("MIRROR", folders.join(", "))
    : missing("MIRROR", `there is no folder ${gone.join(", ")}`, "Correct the variable MIRROR, or unset it.")
}
