/** The table: a row for each work, a column for each tool, with how many times ours the others take. */
import { LIMIT, type Measured } from "./measure.ts"

/** What a tool took for one row; undefined where it wasn't asked. */
export type Cells = ReadonlyArray<Measured | undefined>

const seconds = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} s`

const cell = (measured: Measured | undefined, ours: number | undefined): string => {
  if (measured === undefined) return "–"
  const value = measured.seconds ?? LIMIT
  const ratio =
    ours === undefined ? "" : ` (${measured.seconds === undefined ? "> " : ""}${(value / ours).toFixed(1)} ×)`
  return `${measured.seconds === undefined ? `> ${LIMIT} s` : seconds(value)}${ratio}`
}

/** One row: the first cell is ours, with its CPU time and peak memory. */
export const row = (work: string, goal: string, cells: Cells): string => {
  const [ours, ...peers] = cells
  const own =
    ours === undefined ? "–" : `${cell(ours, undefined)}, CPU ${seconds(ours.cpu)}, ${Math.round(ours.peak)} MiB`
  return `| ${[work, goal, own, ...peers.map((peer) => cell(peer, ours?.seconds))].join(" | ")} |`
}

/** The head of the table. */
export const head = (tools: ReadonlyArray<string>): string => {
  const columns = ["work", "goal", ...tools]
  return `| ${columns.join(" | ")} |\n|${columns.map(() => "---").join("|")}|`
}
