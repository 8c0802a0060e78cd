/** The lines of a text file, read a piece at a time, so that a file of any size can be compared. */
import * as fs from "node:fs"
import { StringDecoder } from "node:string_decoder"

const PIECE = 1 << 20

/** Lines in order. */
export interface Lines {
  readonly next: () => IteratorResult<string, undefined>
  /** How many lines are left; they are read. */
  readonly rest: () => number
}

export const linesOf = (file: string): Lines => {
  const lines = readLines(file)
  const next = () => lines.next() as IteratorResult<string, undefined>
  const rest = () => {
    let count = 0
    while (next().done !== true) count++
    return count
  }
  return { next, rest }
}

const readLines = function* (file: string): Generator<string, undefined> {
  const handle = fs.openSync(file, "r")
  try {
    const decoder = new StringDecoder("utf8")
    const buffer = Buffer.allocUnsafe(PIECE)
    let tail = ""
    for (let count = fs.readSync(handle, buffer); count > 0; count = fs.readSync(handle, buffer)) {
      const lines = (tail + decoder.write(buffer.subarray(0, count))).split("\n")
      tail = lines.pop() ?? ""
      yield* lines
    }
    if (tail !== "") yield tail
    return undefined
  } finally {
    fs.closeSync(handle)
  }
}
