/** What steps gave, as short texts: kind, rows, size, digest. */
import * as fs from "node:fs"
import { objectPath, type StoreLayout } from "../../store/layout.ts"
import type { StoredArtifact, StoreRecord } from "../../store/record.ts"
import { size } from "../print.ts"

/** Rows of larger artifacts are not counted. */
const COUNT_LIMIT = 64 * 1024 * 1024

/** Rows of JSON Lines; undefined for other artifacts, for large ones and for those that are gone. */
const rowsOf = (store: StoreLayout, artifact: StoredArtifact): number | undefined => {
  if (artifact.format !== "jsonl" || artifact.bytes > COUNT_LIMIT) return undefined
  try {
    const bytes = fs.readFileSync(objectPath(store, artifact.digest))
    let rows = 0
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) rows++
    return rows
  } catch {
    return undefined
  }
}

/** An artifact: `answers, 114 rows, 40 kB, 3fa9c1e2b7d0`. */
export const artifactText = (store: StoreLayout, artifact: StoredArtifact): string => {
  const rows = rowsOf(store, artifact)
  const files = artifact.format === "folder" ? [`${artifact.files.length} files`] : []
  const counted = rows === undefined ? [] : [`${rows} ${rows === 1 ? "row" : "rows"}`]
  return [artifact.type, ...counted, ...files, size(artifact.bytes), artifact.digest.slice(0, 12)].join(", ")
}

/** An output of several steps: `answers of 8 steps, 912 rows, 320 kB`. */
export const artifactsText = (store: StoreLayout, records: ReadonlyArray<StoreRecord>, output: string): string => {
  const artifacts = records.flatMap(({ outputs }) => outputs[output] ?? [])
  const [first] = artifacts
  if (first === undefined) return output
  if (artifacts.length === 1) return artifactText(store, first)
  const distinct = new Set(artifacts.map(({ digest }) => digest)).size
  const rows = artifacts.map((artifact) => rowsOf(store, artifact))
  const counted = rows.every((count) => count !== undefined)
    ? [`${rows.reduce((sum, count) => sum + count, 0)} rows`]
    : []
  const bytes = size(artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0))
  const same = distinct < artifacts.length ? [`${distinct} different`] : []
  return [`${artifacts.length} × ${first.type}`, ...same, ...counted, `${bytes} in all`].join(", ")
}
