/** Which members of a grid a trace follows: those whose labels agree with what was asked for. */
import { UsageError } from "../errors.ts"
import type { Follow } from "./lineage.ts"

/** Conditions such as `safety=15`. */
export class Where {
  readonly #wanted: ReadonlyArray<readonly [name: string, value: string]>
  readonly #seen = new Map<string, Set<string>>()

  constructor(conditions: ReadonlyArray<string>) {
    this.#wanted = conditions.map(parse)
  }

  /** An input of many is followed when none of its labels has another value. */
  readonly follow: Follow = (_, { labels = {} }) => {
    for (const [name, value] of Object.entries(labels))
      this.#seen.set(name, (this.#seen.get(name) ?? new Set()).add(String(value)))
    return this.#wanted.every(([name, value]) => !Object.hasOwn(labels, name) || String(labels[name]) === value)
  }

  /** After the trace: a condition that nothing on the way could meet is a mistake. */
  check(): void {
    for (const [name, value] of this.#wanted) {
      const values = this.#seen.get(name)
      if (values?.has(value)) continue
      const known = values === undefined ? [...this.#seen.keys()] : [...values]
      throw new UsageError({
        message:
          values === undefined
            ? `Nothing on this way lies on a grid's axis "${name}"`
            : `Nothing on this way has ${name}=${value}`,
        where: "--where",
        remedy: `${values === undefined ? "The axes are" : "The values are"}: ${known.join(", ") || "none"}.`,
      })
    }
  }
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
