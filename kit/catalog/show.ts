/** Shows results in a Deno notebook: texts, tables, charts. Everything is escaped and inline; nothing is fetched. */
import type { TopLevelSpec } from "vega-lite"

/** The part of Deno that a kernel gives to a notebook. */
interface Kernel {
  readonly jupyter: {
    readonly display: (data: Readonly<Record<string, unknown>>, options: { readonly raw: boolean }) => Promise<void>
  }
}

const kernel = (): Kernel["jupyter"] => {
  const deno = (globalThis as { Deno?: Kernel }).Deno
  if (deno?.jupyter === undefined) throw new Error("show works in a notebook with the Deno kernel")
  return deno.jupyter
}

const escaped = (value: unknown): string =>
  cellText(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return ""
  if (typeof value === "number" && !Number.isInteger(value)) return String(Number(value.toPrecision(4)))
  return typeof value === "object" ? JSON.stringify(value) : String(value)
}

const text = (content: string): Promise<void> => kernel().display({ "text/plain": content }, { raw: true })

/** Rows as a table. */
const table = (rows: ReadonlyArray<Readonly<Record<string, unknown>>>): Promise<void> => {
  const columns = Object.keys(rows[0] ?? {})
  const head = `<tr>${columns.map((column) => `<th>${escaped(column)}</th>`).join("")}</tr>`
  const body = rows.map((row) => `<tr>${columns.map((column) => `<td>${escaped(row[column])}</td>`).join("")}</tr>`)
  const plain = [
    columns.join("\t"),
    ...rows.map((row) => columns.map((column) => cellText(row[column])).join("\t")),
  ].join("\n")
  return kernel().display({ "text/html": `<table>${head}${body.join("")}</table>`, "text/plain": plain }, { raw: true })
}

/** A Vega-Lite chart: as a picture for any viewer, and as a specification for those that draw it themselves. */
const chart = async (spec: TopLevelSpec): Promise<void> => {
  const { draw } = await import("../lib/vega.ts")
  const { findRoot } = await import("../project.ts")
  const { svg } = await draw(spec, findRoot(process.cwd()))
  await kernel().display(
    { "image/svg+xml": svg, "application/vnd.vegalite.v6+json": spec, "text/plain": "chart" },
    { raw: true },
  )
}

/** `show.text`, `show.table`, `show.chart`. */
export const show = { text, table, chart }
