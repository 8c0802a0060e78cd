/** JSON-LD entities of an RO-Crate 1.1 and the graph that holds each once. */

/** A reference to an entity. */
export interface Ref {
  readonly "@id": string
}

/** An entity: its id, its types, and properties of schema.org, of the RO-Crate context or of the workflow-run terms. */
export interface Entity extends Ref {
  readonly "@type": string | ReadonlyArray<string>
  readonly [property: string]: unknown
}

export const ref = (id: string): Ref => ({ "@id": id })

/** References without repeats; undefined for none, so that an empty list is left out. */
export const refs = (ids: Iterable<string>): ReadonlyArray<Ref> | undefined => {
  const all = [...new Set(ids)].map(ref)
  return all.length === 0 ? undefined : all
}

/** A path inside the crate as a relative URI. */
export const pathId = (path: string): string =>
  path
    .split("/")
    .map((part) => encodeURIComponent(part).replaceAll("%3D", "=").replaceAll("%40", "@"))
    .join("/")

/** A name as the fragment of an id. */
export const fragment = (...parts: ReadonlyArray<string>): string => `#${parts.map(encodeURIComponent).join("/")}`

const WORKFLOW_RUN = "https://w3id.org/ro/terms/workflow-run#"

/** The context of a crate: RO-Crate's, and the terms for runs that are used here. */
export const CONTEXT = [
  "https://w3id.org/ro/crate/1.1/context",
  Object.fromEntries(["sha256", "environment"].map((term) => [term, `${WORKFLOW_RUN}${term}`])),
] as const

/** Entities in order of their arrival; one that comes again must be the same thing and is left out. */
export class EntityGraph {
  readonly #entities = new Map<string, Entity>()

  add(entity: Entity): Ref {
    if (!this.#entities.has(entity["@id"])) this.#entities.set(entity["@id"], entity)
    return ref(entity["@id"])
  }

  has(id: string): boolean {
    return this.#entities.has(id)
  }

  get all(): ReadonlyArray<Entity> {
    return [...this.#entities.values()]
  }
}
