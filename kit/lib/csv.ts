/**
 * Reads CSV as RFC 4180 describes it: fields in double quotes may hold commas, line breaks and doubled quotes. Lines end
 * in CRLF or LF, and a byte order mark at the start is skipped.
 */
import { StageError } from "../errors.ts"

/** A record after the header: its fields by column name. */
export type CsvRecord = Readonly<Record<string, string>>

const REMEDY = "Save the file as CSV (RFC 4180), then run again."

/** Records by the header's names. Throws a `StageError` that names the file and the record at fault. */
export const parseCsv = (text: string, file: string): ReadonlyArray<CsvRecord> => {
  const [header, ...records] = csvRows(text, file)
  if (header === undefined) throw StageError.of("The file is empty", file, "Give it a header and one record a line.")
  const repeated = header.find((name, index) => header.indexOf(name) !== index)
  if (repeated !== undefined) throw StageError.of(`The column "${repeated}" occurs twice`, file, REMEDY)
  return records.map((fields, index) => {
    if (fields.length !== header.length) {
      const counts = `${fields.length} fields where the header has ${header.length}`
      throw StageError.of(`A record has ${counts}`, `${file}, record ${index + 1}`, REMEDY)
    }
    return Object.fromEntries(header.map((name, column) => [name, fields[column] as string]))
  })
}

/** A field and the separator after it; a quoted field is the first group, a plain one the second. */
const FIELD = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\n|$)/gy

/** All rows, the header among them; an empty line at the end is no row. */
export const csvRows = (text: string, file: string): ReadonlyArray<ReadonlyArray<string>> => {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text
  const rows: Array<Array<string>> = []
  let row: Array<string> = []
  let position = 0
  while (position < source.length || row.length > 0) {
    FIELD.lastIndex = position
    const match = FIELD.exec(source)
    if (match === null) {
      const place = `${file}, row ${rows.length + 1}`
      throw StageError.of("A quote stands where none may, or one is never closed", place, REMEDY)
    }
    const [whole, quoted, plain, separator] = match
    row.push(quoted === undefined ? (plain as string) : quoted.replaceAll('""', '"'))
    position += whole.length
    if (separator === ",") continue
    rows.push(row)
    row = []
  }
  return rows
}
