/** Which rows and which column of an artifact a person means; a mistake is told with what there is. */
import { UsageError } from "../errors.ts"
import { shortList } from "./fold.ts"
import type { Column, Row, Rows } from "./rows.ts"

/** Rows by index, and the one column that was asked for. */
export interface Picked {
  readonly rows: ReadonlyArray<number>
  readonly column: Column | undefined
  /** Whether what stands in the column is not to be shown. */
  readonly withheld: boolean
}

/** `--row` conditions, which are row numbers or COLUMN=VALUE, and `--column`. Messages leave out what is in `hidden` columns. */
export const pickRows = (
  all: Rows,
  conditions: ReadonlyArray<string>,
  name: string | undefined,
  hidden: ReadonlySet<string>,
): Picked => {
  const table = { ...all, shown: all.columns.filter(({ key }) => !hidden.has(key)) }
  const tests = conditions.map((condition) => test(table, condition))
  const rows = table.rows.flatMap((row, index) => (tests.every((agrees) => agrees(row, index)) ? [index] : []))
  if (rows.length === 0)
    throw new UsageError({
      message: table.rows.length === 0 ? "It has no rows" : `No row has ${conditions.join(" and ")}`,
      where: "--row",
      remedy: `The rows are:\n${rowList(table)}`,
    })
  const column = name === undefined ? undefined : findColumn(table, name, "--column")
  return { rows, column, withheld: column !== undefined && hidden.has(column.key) }
}

/** Rows with the columns that may be shown. */
interface ShownRows extends Rows {
  readonly shown: ReadonlyArray<Column>
}

const test = (table: ShownRows, condition: string): ((row: Row, index: number) => boolean) => {
  const at = condition.indexOf("=")
  if (at > 0) {
    const { key } = findColumn(table, condition.slice(0, at), "--row")
    const value = condition.slice(at + 1)
    const values = new Set(table.rows.map((row) => cellText(row[key])))
    const known = table.shown.some((column) => column.key === key)
    if (known && values.size > 0 && !values.has(value)) throw noSuchValue(condition, [...values])
    return (row) => cellText(row[key]) === value
  }
  if (/^[1-9]\d*$/u.test(condition)) {
    if (Number(condition) > table.rows.length && table.rows.length > 0) throw noSuchRow(condition, table)
    return (_, index) => index === Number(condition) - 1
  }
  throw new UsageError({
    message: `"${condition}" is no row`,
    where: "--row",
    remedy: `Give the number of a row, or COLUMN=VALUE. The rows are:\n${rowList(table)}`,
  })
}

const noSuchRow = (number: string, table: ShownRows): UsageError =>
  new UsageError({
    message: `There is no row ${number}`,
    where: "--row",
    remedy: `The rows are:\n${rowList(table)}`,
  })

const noSuchValue = (condition: string, values: ReadonlyArray<string>): UsageError =>
  new UsageError({
    message: `No row has ${condition}`,
    where: "--row",
    remedy: `The values there are: ${shortList(values.map(shownValue), ROWS_SHOWN)}.`,
  })

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

const [ROWS_SHOWN, CELLS_SHOWN, LONGEST] = [30, 5, 32] as const

/** Rows by number with the first cells that tell them apart. */
const rowList = ({ shown: columns, rows }: ShownRows): string => {
  const differ = ({ key }: Column): boolean => new Set(rows.map((row) => cellText(row[key]))).size > 1
  const told = (rows.length > 1 ? columns.filter(differ) : columns).slice(0, CELLS_SHOWN)
  const lines = rows.slice(0, ROWS_SHOWN).map((row, index) => `  ${index + 1}  ${told.map(cell(row)).join("  ")}`)
  return [...lines, ...(rows.length > ROWS_SHOWN ? [`  and ${rows.length - ROWS_SHOWN} more`] : [])].join("\n")
}

const cell =
  (row: Row) =>
  ({ key, title }: Column): string =>
    `${title}=${short(cellText(row[key]))}`

const short = (text: string): string => {
  const line = text.replace(/\s+/gu, " ")
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line
}

const shownValue = (text: string): string => (text === "" ? "(empty)" : short(text))
