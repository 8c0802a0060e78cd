/**
 * Rewrites the unions of a JSON Schema so that a validator can say what is wrong: `anyOf` over objects that a word tells
 * apart (`kind`, `objective`) becomes one object whose word decides, by `if` and `then`, what else it must have.
 */

/** A JSON Schema as plain data. */
export type Json = { readonly [key: string]: unknown }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** The only word that a member admits for a property, if it requires the property. */
const wordOf = (member: Json, property: string): string | undefined => {
  const of = isObject(member.properties) ? member.properties[property] : undefined
  const words = isObject(of) && Array.isArray(of.enum) ? of.enum : []
  const required = Array.isArray(member.required) && member.required.includes(property)
  return required && words.length === 1 && typeof words[0] === "string" ? words[0] : undefined
}

/** The property whose word tells all members apart. */
const tagOf = (members: ReadonlyArray<Json>): string | undefined => {
  const candidates = isObject(members[0]?.properties) ? Object.keys(members[0].properties) : []
  return candidates.find((property) => {
    const words = members.map((member) => wordOf(member, property))
    return !words.includes(undefined) && new Set(words).size === words.length
  })
}

/** One schema for several: by the word that tells them apart, or `anyOf` where there is none. */
export const union = (members: ReadonlyArray<Json>): Json => {
  const [first] = members
  if (members.length === 1 && first !== undefined) return first
  const tag = tagOf(members)
  if (tag === undefined) return { anyOf: members }
  const words = members.map((member) => wordOf(member, tag))
  return {
    type: "object",
    properties: { [tag]: { type: "string", enum: words } },
    required: [tag],
    allOf: members.map((member, index) => ({
      if: { properties: { [tag]: { const: words[index] } }, required: [tag] },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's own keyword
      then: member,
    })),
  }
}

/** A copy of a schema with every union in it rewritten. */
export const rewriteUnions = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(rewriteUnions)
  if (!isObject(schema)) return schema
  const copy: Json = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, rewriteUnions(value)]))
  const { anyOf, ...rest } = copy
  return Array.isArray(anyOf) && anyOf.every(isObject) ? { ...rest, ...union(anyOf) } : copy
}
