/** Which members of a grid a trace follows: those whose labels agree with what was asked for. */
import { UsageError } from "../errors.ts"
import type { Follow } from "./lineage.ts"

/** From texts such as `safety=15`: an input of many is followed when none of its labels has another value. */
export const follows = (conditions: ReadonlyArray<string>): Follow => {
  const wanted = conditions.map(parse)
  return (_, { labels }) =>
    labels === undefined ||
    wanted.every(([name, value]) => !Object.hasOwn(labels, name) || String(labels[name]) === value)
}

const parse = (condition: string): readonly [name: string, value: string] => {
  const at = condition.indexOf("=")
  if (at > 0) return [condition.slice(0, at), condition.slice(at + 1)]
  throw new UsageError({
    message: `"${condition}" is no condition on the grid`,
    where: "--where",
    remedy: "Write it as LABEL=VALUE, such as --where safety=15.",
  })
}
