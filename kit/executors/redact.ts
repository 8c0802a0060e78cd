/** Keeps the values of secrets, such as tokens, out of logs, messages, artifacts and kept failures. */

/** Shorter values, such as `1` or `true`, are no secrets and would garble a text. */
const SHORTEST = 8

/** The name of a variable whose value stands in the bytes. */
export const holdsSecret = (
  bytes: string | Uint8Array,
  variables: Readonly<Record<string, string>>,
): string | undefined => {
  const [found] =
    Object.entries(variables).find(([, value]) => value.length >= SHORTEST && includes(bytes, value)) ?? []
  return found
}

const includes = (bytes: string | Uint8Array, value: string): boolean =>
  typeof bytes === "string"
    ? bytes.includes(value)
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(value)

/** A text with each value of the variables replaced by the variable's name in brackets. */
export const redact = (text: string, variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .filter(([, value]) => value.length >= SHORTEST)
    .sort(([, a], [, b]) => b.length - a.length)
    .reduce((result, [name, value]) => result.replaceAll(value, `[${name}]`), text)
