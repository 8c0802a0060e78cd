/** Canonical JSON: one text for one value, whatever the order of object keys. Keys and manifests are hashed in it. */
import { hash } from "node:crypto"

/** Canonical JSON of plain data. Absent and undefined fields are the same; NaN and infinities are refused. */
export const canonicalJson = (value: unknown): string => {
  if (typeof value === "number") return number(value)
  if (value === null || typeof value === "string" || typeof value === "boolean") return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`
  if (typeof value === "object") return object(value as Readonly<Record<string, unknown>>)
  throw new TypeError(`canonical JSON can't hold a ${typeof value}`)
}

const number = (value: number): string => {
  if (!Number.isFinite(value)) throw new TypeError(`canonical JSON can't hold ${value}`)
  return JSON.stringify(value === 0 ? 0 : value)
}

const object = (value: Readonly<Record<string, unknown>>): string => {
  let text = ""
  for (const name of Object.keys(value).sort()) {
    if (value[name] === undefined) continue
    text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(value[name])}`
  }
  return `{${text}}`
}

/** What in a value is no JSON: the place, such as `recipe.layers[2]`, and what stands there. */
export class NoJson extends Error {
  readonly place: string
  readonly what: string

  constructor(place: string, what: string) {
    super(`${place === "" ? "it" : place} is ${what}`)
    this.place = place
    this.what = what
  }
}

/**
 * The value that canonical JSON stands for: keys in order, zero without a sign; fields that are undefined stay so. So whoever sees it sees
 * nothing that the text does not tell. Throws `NoJson` for what JSON has no name for.
 */
export const canonicalValue = (value: unknown, place = ""): unknown => {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new NoJson(place, `${value}`)
    return value === 0 ? 0 : value
  }
  if (Array.isArray(value)) return Array.from(value, (inner, index) => canonicalValue(inner, `${place}[${index}]`))
  const prototype = typeof value === "object" ? Object.getPrototypeOf(value) : undefined
  if (prototype === Object.prototype || prototype === null) return canonicalFields(value as object, place)
  const kind = typeof value === "object" ? value.constructor?.name : undefined
  throw new NoJson(
    place,
    kind === undefined ? `${typeof value === "undefined" ? "" : "a "}${typeof value}` : `a ${kind}`,
  )
}

const canonicalFields = (value: object, place: string): object => {
  const fields = Object.entries(value).sort((a, b) => (a[0] < b[0] ? -1 : 1))
  const path = (name: string) => (place === "" ? name : `${place}.${name}`)
  const canonical = (name: string, inner: unknown) => (inner === undefined ? inner : canonicalValue(inner, path(name)))
  return Object.fromEntries(fields.map(([name, inner]) => [name, canonical(name, inner)]))
}

/** SHA-256 in lower-case hexadecimal. */
export const sha256 = (data: string | Uint8Array): string => hash("sha256", data)
