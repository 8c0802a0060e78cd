/** Follows a task's `progress.jsonl` while it grows. */
import * as fs from "node:fs"
import type { TaskProgress } from "./executor.ts"

const INTERVAL_MILLISECONDS = 250

/** Calls back with the newest complete line whenever there is one. */
export const followProgress = (
  file: string,
  onProgress: (progress: TaskProgress) => void,
): { readonly stop: () => void } => {
  let offset = 0
  const look = (): void => {
    const text = readFrom(file, offset)
    const end = text.lastIndexOf("\n")
    if (end < 0) return
    offset += Buffer.byteLength(text.slice(0, end + 1))
    const progress = parse(text.slice(0, end).split("\n").at(-1) ?? "")
    if (progress !== undefined) onProgress(progress)
  }
  const timer = setInterval(look, INTERVAL_MILLISECONDS)
  return {
    stop: () => {
      clearInterval(timer)
      look()
    },
  }
}

const readFrom = (file: string, offset: number): string => {
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size <= offset) return ""
  const handle = fs.openSync(file, "r")
  try {
    const buffer = Buffer.alloc(size - offset)
    return buffer.subarray(0, fs.readSync(handle, buffer, 0, buffer.length, offset)).toString("utf8")
  } finally {
    fs.closeSync(handle)
  }
}

const parse = (line: string): TaskProgress | undefined => {
  try {
    const { step, total, unit, time: _, ...rest } = JSON.parse(line) as Record<string, unknown>
    const numbers = Object.fromEntries(Object.entries(rest).filter(([, value]) => typeof value === "number"))
    return { step: Number(step), total: Number(total), unit: String(unit), numbers: numbers as Record<string, number> }
  } catch {
    return undefined
  }
}
