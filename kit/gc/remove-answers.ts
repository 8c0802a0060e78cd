/** Removes kept answers: those of work that nothing reaches, and those without a note that nothing asks for. */
import * as fs from "node:fs"
import type { Claims } from "../store/claims.ts"
import { askedByKey, itemPath, noteAsked, notePath } from "../store/items.ts"
import type { StoreLayout } from "../store/layout.ts"
import { deadAnswers } from "./answers.ts"
import { type Leftover, leftover } from "./leftovers.ts"
import { removeUnused } from "./remove-unused.ts"
import type { Roots } from "./roots.ts"
import type { Unnoted } from "./unnoted.ts"

/** Removes answers that nothing asks for, and notes what was found out of the others. */
export const removeUnnoted = async (
  store: StoreLayout,
  claims: Claims,
  { found, dead }: Unnoted,
): Promise<ReadonlyArray<Leftover>> => {
  for (const [key, names] of found) {
    const noted = askedByKey(store).get(key)
    for (const name of names) if (!noted?.has(name) && fs.existsSync(itemPath(store, name))) noteAsked(store, key, name)
  }
  const answers = dead.map((name) => ({ name, left: leftover("unnoted", itemPath(store, name)) }))
  const removed = await removeUnused(
    claims,
    answers,
    ({ name }) => name,
    (name) => fs.rmSync(itemPath(store, name), { force: true }),
  )
  return removed.map(({ left }) => left)
}

/** Removes answers with the keys that asked for them, unless a driver that runs works on such a key or asked for one too. */
export const removeAnswers = (
  store: StoreLayout,
  claims: Claims,
  roots: Roots,
  { found }: Unnoted,
): ReadonlyArray<Leftover> => {
  const removed: Array<Leftover> = []
  const remove = (file: string): void => {
    if (!fs.existsSync(file)) return
    removed.push(leftover("answer", file))
    fs.rmSync(file, { force: true })
  }
  // Read anew: a run may have noted more meanwhile.
  const asked = new Map([...found, ...askedByKey(store)])
  for (const { key, names } of deadAnswers(store, roots.keys, asked, (key) => !claims.uses.isUsed(key))) {
    claims.uses.removeUnused([key], () => {
      const inUse = names.filter((name) => claims.uses.isUsed(name))
      for (const name of names) if (!inUse.includes(name)) remove(itemPath(store, name))
      if (inUse.length === 0) remove(notePath(store, key))
    })
  }
  return removed
}
