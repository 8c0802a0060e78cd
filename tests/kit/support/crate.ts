/** Reads an RO-Crate's metadata for tests. */
import * as fs from "node:fs"

export interface CrateEntity {
  readonly "@id": string
  readonly "@type": string | ReadonlyArray<string>
  readonly [property: string]: unknown
}

export interface Crate {
  readonly folder: string
  readonly text: string
  readonly entities: ReadonlyArray<CrateEntity>
}

export const openCrate = (folder: string): Crate => {
  const text = fs.readFileSync(`${folder}/ro-crate-metadata.json`, "utf8")
  return { folder, text, entities: JSON.parse(text)["@graph"] }
}

/** The entities of a type. */
export const entitiesOf = ({ entities }: Crate, type: string): ReadonlyArray<CrateEntity> =>
  entities.filter((entity) => [entity["@type"]].flat().includes(type))

/** Every id that is referred to. */
export const idsIn = (value: unknown): ReadonlyArray<string> => {
  if (Array.isArray(value)) return value.flatMap(idsIn)
  if (typeof value !== "object" || value === null) return []
  const own = "@id" in value && Object.keys(value).length === 1 ? [String(value["@id"])] : []
  return [...own, ...Object.values(value).flatMap(idsIn)]
}
