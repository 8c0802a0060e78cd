/** A comparison of results as a person reads it. */
import type { OutputComparison } from "../compare/compare.ts"
import type { Difference } from "../compare/differences.ts"
import { printable } from "./print.ts"

const VERDICTS = { equal: "same     ", within: "within   ", different: "different" }

/** One line for an output: how it compares, the largest difference and its place. */
export const describeComparison = ({ output, verdict, count, largest }: OutputComparison): string => {
  const detail =
    largest === undefined ? "" : `: ${describeDifference(largest)}${count > 1 ? `; ${count} values differ` : ""}`
  return `${VERDICTS[verdict]} ${output}${detail}`
}

const describeDifference = ({ file, place, old, now, apart, allowed }: Difference): string => {
  const where = [file, place].filter((text) => text !== "").join(", ")
  const bound = allowed === undefined ? "" : `, ${number(allowed)} allowed`
  return `${where}: ${short(old)} → ${short(now)}${apart === undefined ? "" : ` (${number(apart)} apart${bound})`}`
}

const number = (value: number): string => String(Number(value.toPrecision(3)))

const LIMIT = 40

/** A value that model output may be part of: only its beginning is shown. */
const short = (value: unknown): string => {
  const text = typeof value === "string" ? JSON.stringify(value) : printable(value ?? "absent")
  return text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text
}
