/**
 * Heads: what each node of a profile last gave. They name the records for people, for SQL and for `explain`; no decision
 * about what is up to date rests on them, so losing them costs names and never results.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Sensitive } from "../artifact.ts"
import type { ColumnTypes } from "../lib/columns.ts"
import type { Labels } from "../node.ts"
import { headsPath, type StoreLayout, writeAtomically } from "./layout.ts"

/** The last result of a node. */
export interface Head {
  readonly key: string
  /** When that result was made: a rerun gives the same key another result. */
  readonly made?: string
  readonly stage: string
  readonly labels: Labels
}

/** How SQL sees the rows of an artifact type. */
export interface TypeColumns {
  readonly columns: ColumnTypes
  readonly sensitive?: Sensitive | undefined
}

export interface Heads {
  readonly format: 1
  readonly pipeline: string
  readonly profile: string
  readonly nodes: Readonly<Record<string, Head>>
  /** Columns of each artifact type that holds rows or a value. */
  readonly types: Readonly<Record<string, TypeColumns>>
}

/** The heads of a profile; empty where nothing ran yet or the file can't be read. */
export const readHeads = (store: StoreLayout, pipeline: string, profile: string): Heads =>
  readHeadsFile(headsPath(store, pipeline, profile)) ?? { format: 1, pipeline, profile, nodes: {}, types: {} }

/** The heads in a file; undefined where it is absent or torn: both mean that names are to be made anew. */
export const readHeadsFile = (file: string): Heads | undefined => {
  try {
    const heads = JSON.parse(fs.readFileSync(file, "utf8")) as Heads
    return isWhole(heads) ? heads : undefined
  } catch {
    return undefined
  }
}

const isFields = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isHead = (head: Partial<Head> | null): boolean =>
  isFields(head) && typeof head.key === "string" && typeof head.stage === "string" && isFields(head.labels)

const isTypeColumns = (type: Partial<TypeColumns> | null): boolean => isFields(type) && Array.isArray(type.columns)

const isWhole = (heads: Heads): boolean =>
  heads.format === 1 &&
  typeof heads.pipeline === "string" &&
  typeof heads.profile === "string" &&
  isFields(heads.nodes) &&
  Object.values(heads.nodes).every(isHead) &&
  isFields(heads.types) &&
  Object.values(heads.types).every(isTypeColumns)

/** Writes the heads of a profile, whole or not at all. `scratch` as in `writeAtomically`. */
export const writeHeads = (store: StoreLayout, heads: Heads, scratch?: string): void => {
  const file = headsPath(store, heads.pipeline, heads.profile)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  writeAtomically(file, `${JSON.stringify(heads)}\n`, scratch)
}
