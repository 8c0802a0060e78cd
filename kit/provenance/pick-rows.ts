/** Which rows and which column of an artifact a person means; a mistake is told with what there is. */
import { UsageError } from "../errors.ts"
import type { Column, Row, Rows } from "./rows.ts"

/** Rows by index, and the one column that was asked for. */
export interface Picked {
  readonly rows: ReadonlyArray<number>
  readonly column: Column | undefined
}

/** `--row` conditions, which are row numbers or COLUMN=VALUE, and `--column`. */
export const pickRows = (table: Rows, conditions: ReadonlyArray<string>, column: string | undefined): Picked => {
  const tests = conditions.map((condition) => test(table, condition))
  const rows = table.rows.flatMap((row, index) => (tests.every((agrees) => agrees(row, index)) ? [index] : []))
  if (rows.length === 0)
    throw new UsageError({
      message: table.rows.length === 0 ? "It has no rows" : `No row has ${conditions.join(" and ")}`,
      where: "--row",
      remedy: `The rows are:\n${rowList(table)}`,
    })
  return { rows, column: column === undefined ? undefined : findColumn(table, column, "--column") }
}

const test = (table: Rows, condition: string): ((row: Row, index: number) => boolean) => {
  const at = condition.indexOf("=")
  if (at > 0) {
    const { key } = findColumn(table, condition.slice(0, at), "--row")
    const value = condition.slice(at + 1)
    return (row) => cellText(row[key]) === value
  }
  if (/^[1-9]\d*$/u.test(condition)) return (_, index) => index === Number(condition) - 1
  throw new UsageError({
    message: `"${condition}" is no row`,
    where: "--row",
    remedy: `Give the number of a row, or COLUMN=VALUE. The rows are:\n${rowList(table)}`,
  })
}

const findColumn = ({ columns }: Rows, name: string, where: string): Column => {
  const found = columns.find(({ key }) => key === name) ?? columns.find(({ title }) => title === name)
  if (found !== undefined) return found
  const names = columns.map(({ key, title }) => (key === title ? key : `${title} (${key})`))
  throw new UsageError({
    message: `There is no column "${name}"`,
    where,
    remedy: `The columns are: ${names.join(", ") || "none"}.`,
  })
}

/** A cell as a condition and a line name it. */
export const cellText = (value: unknown): string =>
  typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value)

const [ROWS_SHOWN, CELLS_SHOWN, LONGEST] = [30, 4, 32] as const

/** Rows by number with their first cells. */
const rowList = ({ columns, rows }: Rows): string => {
  const lines = rows
    .slice(0, ROWS_SHOWN)
    .map((row, index) => `  ${index + 1}  ${columns.slice(0, CELLS_SHOWN).map(cell(row)).join("  ")}`)
  return [...lines, ...(rows.length > ROWS_SHOWN ? [`  and ${rows.length - ROWS_SHOWN} more`] : [])].join("\n")
}

const cell =
  (row: Row) =>
  ({ key, title }: Column): string => {
    const text = cellText(row[key])
    return `${title}=${text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text}`
  }
