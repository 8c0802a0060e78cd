/**
 * Kept answers of models that were asked by work which nothing reaches any more: an answer goes with the last key that asked
 * for it.
 */
import * as fs from "node:fs"
import { itemPath } from "../store/items.ts"
import type { StoreLayout } from "../store/layout.ts"

/** A key whose answers go, and those that no key after it asks for. */
export interface DeadAnswers {
  readonly key: string
  readonly names: ReadonlyArray<string>
  readonly files: ReadonlyArray<string>
}

/** The answers that go when the keys that are not reached go one after another; `isFree` says which of these may. `asked` are the questions of each key. */
export const deadAnswers = (
  store: StoreLayout,
  reached: ReadonlySet<string>,
  asked: ReadonlyMap<string, ReadonlySet<string>>,
  isFree: (key: string) => boolean = () => true,
): ReadonlyArray<DeadAnswers> => {
  const dead = [...asked.keys()].filter((key) => !reached.has(key) && isFree(key))
  const askers = new Map<string, number>()
  for (const names of asked.values()) for (const name of names) askers.set(name, (askers.get(name) ?? 0) + 1)
  return dead.map((key) => {
    const names = [...(asked.get(key) ?? [])].filter((name) => {
      const left = (askers.get(name) ?? 0) - 1
      askers.set(name, left)
      return left === 0
    })
    const files = names.map((name) => itemPath(store, name)).filter((file) => fs.existsSync(file))
    return { key, names, files }
  })
}
