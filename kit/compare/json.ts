/** Compares JSON values member by member, and JSON Lines row by row. */
import type { Bound } from "../artifact.ts"
import type { Differences } from "./differences.ts"
import { linesOf } from "./lines.ts"

/** Which bound holds at a path: that of the path, or one for a whole file of a folder. */
export type BoundAt = (path: string) => Bound | undefined

interface Place {
  readonly file: string
  /** `row 17, ` for rows. */
  readonly prefix: string
}

/** Compares two JSON Lines files; rows are paired in order. */
export const compareJsonLines = (
  old: string,
  now: string,
  file: string,
  found: Differences,
  boundAt: BoundAt,
): void => {
  const [left, right] = [linesOf(old), linesOf(now)]
  for (let row = 1; ; row++) {
    const [a, b] = [left.next(), right.next()]
    if (a.done === true && b.done === true) return
    if (a.done === true || b.done === true) {
      const rest = (a.done === true ? right : left).rest() + row
      const [rowsOld, rowsNow] = a.done === true ? [row - 1, rest] : [rest, row - 1]
      found.other({ file, place: "its number of rows", old: rowsOld, now: rowsNow })
      return
    }
    if (a.value !== b.value) compareTexts(a.value, b.value, { file, prefix: `row ${row}` }, found, boundAt)
  }
}

/** Compares two JSON texts. */
export const compareJson = (old: string, now: string, file: string, found: Differences, boundAt: BoundAt): void =>
  compareTexts(old, now, { file, prefix: "" }, found, boundAt)

const compareTexts = (old: string, now: string, place: Place, found: Differences, boundAt: BoundAt): void => {
  try {
    compareValues(JSON.parse(old), JSON.parse(now), "", place, found, boundAt)
  } catch {
    found.other({ file: place.file, place: place.prefix, old, now })
  }
}

/** Compares two values that JSON can hold. */
export const compareValues = (
  old: unknown,
  now: unknown,
  path: string,
  place: Place,
  found: Differences,
  boundAt: BoundAt,
): void => {
  const at = () => ({ file: place.file, place: [place.prefix, path].filter((text) => text !== "").join(", ") })
  if (typeof old === "number" && typeof now === "number") {
    found.numbers(old, now, boundAt(path), at)
    return
  }
  if (!isHolder(old) || !isHolder(now) || Array.isArray(old) !== Array.isArray(now)) {
    if (old !== now) found.other({ ...at(), old, now })
    return
  }
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    compareValues(member(old, name), member(now, name), path === "" ? name : `${path}.${name}`, place, found, boundAt)
  }
}

const isHolder = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const member = (value: Readonly<Record<string, unknown>>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined
