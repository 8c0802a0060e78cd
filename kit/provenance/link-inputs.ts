/** Links rows of an output to rows of all inputs of its step, as the stage's declaration says. */
import type { AgreeingLink, AskedColumns, RowLink } from "../row-origins.ts"
import { cellOrigins, concernsColumns, type Share, type Source, shareOf } from "./link-rows.ts"
import type { Row, Rows } from "./rows.ts"

/** Rows of an output by index, and those of its columns that are asked for. */
export interface Wanted {
  readonly rows: ReadonlySet<number>
  readonly table: Rows
  readonly columns: AskedColumns
}

type Links = Readonly<Record<string, RowLink>>
type Sources = Readonly<Record<string, ReadonlyArray<Source>>>

export const wantedRows = ({ rows, table }: Wanted): ReadonlyArray<Row> =>
  [...rows].map((index) => table.rows[index] as Row)

/** What of each input that is linked, by its name and in order, belongs to rows of an output; `wanted` undefined means all of it. */
export const sharesOf = (
  from: Links,
  sources: Sources,
  wanted: Wanted | undefined,
): Readonly<Record<string, ReadonlyArray<Share>>> => {
  const found: Record<string, ReadonlyArray<Share>> = {}
  const isThrough = ([, link]: readonly [string, RowLink]): boolean => typeof link === "object" && "through" in link
  const links = Object.entries(from)
  for (const [name, link] of [...links.filter((one) => !isThrough(one)), ...links.filter(isThrough)]) {
    const shares = (sources[name] ?? []).map((source) =>
      link === "whole" || wanted === undefined ? "whole" : shareOfInput({ source, link, wanted, sources, found }),
    )
    found[name] = settled(shares)
  }
  return found
}

/** Where nothing agrees, that follows from all that is there. */
const settled = (shares: ReadonlyArray<Share>): ReadonlyArray<Share> => {
  const agrees = (share: Share): boolean => share === "whole" || (share !== "none" && share.size > 0)
  const some = shares.some(agrees)
  return shares.map((share) => (share === "none" || agrees(share) ? share : some ? "none" : "whole"))
}

interface InputLink {
  readonly source: Source
  readonly link: Exclude<RowLink, "whole">
  readonly wanted: Wanted
  readonly sources: Sources
  readonly found: Readonly<Record<string, ReadonlyArray<Share>>>
}

const shareOfInput = ({ source, link, wanted, sources, found }: InputLink): Share => {
  if (link === "cell") return shareOf(source, link, cellOrigins(wanted.table, wanted.rows, wanted.columns))
  if (!concernsColumns(link, wanted.columns)) return "none"
  if (link.through === undefined) return shareOf(source, link, wantedRows(wanted), wanted.columns)
  const partners = (sources[link.through] ?? []).flatMap(({ labels, table }, index) => {
    const share = found[link.through ?? ""]?.[index] ?? "none"
    return share !== "none" && sameLabels(labels, source.labels) ? [rowsOfShare(share, table)] : []
  })
  if (partners.length === 0) return "none"
  return partners.some((rows) => rows === undefined)
    ? "whole"
    : shareOf({ ...source, labels: {} }, ofRows(link), partners.flat() as ReadonlyArray<Row>)
}

/** What of a link compares rows. */
const ofRows = ({ columns, among }: AgreeingLink): AgreeingLink => ({
  ...(columns === undefined ? {} : { columns }),
  ...(among === undefined ? {} : { among }),
})

const rowsOfShare = (share: Exclude<Share, "none">, table: Rows | string): ReadonlyArray<Row> | undefined => {
  if (typeof table === "string") return undefined
  return share === "whole" ? table.rows : [...share].map((index) => table.rows[index] as Row)
}

const sameLabels = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b)
