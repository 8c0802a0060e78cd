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

/** SHA-256 in lower-case hexadecimal. */
export const sha256 = (data: string | Uint8Array): string => hash("sha256", data)
