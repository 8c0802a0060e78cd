/**
 * The catalog: which artifacts a profile has now, as plain data. SQL views are made from it, by `repro query`, by
 * notebooks, and by anyone who reads the store with other tools.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import type { ArtifactFormat, Sensitive } from "../artifact.ts"
import type { ColumnTypes } from "../lib/columns.ts"
import type { Labels } from "../node.ts"
import type { Heads } from "../store/heads.ts"
import { objectPath, type StoreLayout } from "../store/layout.ts"
import { readRecord, type StoreRecord } from "../store/record.ts"

/** One artifact under its node's name. */
export interface CatalogEntry {
  readonly type: string
  readonly format: ArtifactFormat
  readonly columns: ColumnTypes
  readonly sensitive?: Sensitive | undefined
  readonly node: string
  readonly stage: string
  readonly output: string
  readonly labels: Labels
  readonly digest: string
  readonly bytes: number
  /** Absolute path of the bytes; a folder's manifest. */
  readonly path: string
  /** Where the bytes can be had, if they are not here. */
  readonly elsewhere?: string
}

/** One finished piece of work under its node's name. */
export interface CatalogRun {
  readonly node: string
  readonly stage: string
  readonly labels: Labels
  readonly record: StoreRecord
}

export interface Catalog {
  readonly profile: string
  readonly entries: ReadonlyArray<CatalogEntry>
  readonly runs: ReadonlyArray<CatalogRun>
}

/** The catalog of what each node last gave. Nodes whose record is gone are left out. */
export const catalogOf = (store: StoreLayout, heads: Heads): Catalog => {
  const runs = Object.entries(heads.nodes).flatMap(([node, { key, stage, labels }]) => {
    const record = readRecord(store, key)
    return record === undefined ? [] : [{ node, stage, labels, record }]
  })
  return { profile: heads.profile, runs, entries: runs.flatMap((run) => entriesOf(store, heads, run)) }
}

const entriesOf = (store: StoreLayout, heads: Heads, run: CatalogRun): ReadonlyArray<CatalogEntry> =>
  Object.entries(run.record.outputs).map(([output, artifact]) => ({
    type: artifact.type,
    format: artifact.format,
    columns: heads.types[artifact.type]?.columns ?? [],
    sensitive: heads.types[artifact.type]?.sensitive,
    node: run.node,
    stage: run.stage,
    output,
    labels: run.labels,
    digest: artifact.digest,
    bytes: artifact.bytes,
    path: path.resolve(objectPath(store, artifact.digest)),
    ...whereElse(store, run.record, artifact.digest),
  }))

/** Only bytes of a pulled record may be elsewhere, so that a catalog of many own results looks at no file. */
const whereElse = (store: StoreLayout, { pulled }: StoreRecord, digest: string): { readonly elsewhere?: string } =>
  pulled === undefined || fs.existsSync(objectPath(store, digest)) ? {} : { elsewhere: pulled.from }
