/** The project's data sets, read as the pipeline would find them. */
import * as fs from "node:fs"
import * as path from "node:path"

const data = path.resolve(import.meta.dirname, "../../data")

// biome-ignore lint/suspicious/noExplicitAny: rows of many shapes
export type Row = Readonly<Record<string, any>>

/** The rows of a JSON Lines file in data/. */
export const read = (file: string): ReadonlyArray<Row> =>
  fs
    .readFileSync(`${data}/${file}`, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Row)

/** The text of data/README.md. */
export const readme = (): string => fs.readFileSync(`${data}/README.md`, "utf8")

/** The names of a folder's JSON Lines files. */
export const files = (folder: string): ReadonlyArray<string> =>
  fs
    .readdirSync(`${data}/${folder}`)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => `${folder}/${name}`)

/** The share of the texts that begin with the most common first three words. */
export const commonestOpening = (texts: ReadonlyArray<string>): number => {
  const openings = Map.groupBy(texts, (text) => text.toLowerCase().split(/\s+/u).slice(0, 3).join(" "))
  return Math.max(...[...openings.values()].map((group) => group.length)) / texts.length
}
