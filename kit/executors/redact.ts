/** Keeps the values of declared variables, such as tokens, out of logs, messages and kept failures. */

/** Shorter values, such as `1` or `true`, are no secrets and would garble a text. */
const SHORTEST = 8

/** A text with each value of the variables replaced by the variable's name in brackets. */
export const redact = (text: string, variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .filter(([, value]) => value.length >= SHORTEST)
    .sort(([, a], [, b]) => b.length - a.length)
    .reduce((result, [name, value]) => result.replaceAll(value, `[${name}]`), text)
