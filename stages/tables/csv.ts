/** Comma-separated values with a header line (RFC 4180): quoted fields may hold commas, quotes and line breaks. */

/** Rows by column name. */
export const parseCsv = (source: string): ReadonlyArray<Readonly<Record<string, string>>> => {
  const [header, ...lines] = records(source)
  return lines.map((line) => Object.fromEntries((header ?? []).map((name, index) => [name, line[index] ?? ""])))
}

const FIELD = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|$)/g

const records = (source: string): ReadonlyArray<ReadonlyArray<string>> => {
  const lines: Array<Array<string>> = []
  let line: Array<string> = []
  for (const [, field = "", end] of source.matchAll(FIELD)) {
    line.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field)
    if (end === ",") continue
    if (line.some((value) => value !== "")) lines.push(line)
    line = []
  }
  return lines
}
