/** Removes things that no driver uses, a few at a time, so that drivers that wait for the claims come in between. */
import { setTimeout } from "node:timers/promises"
import type { Claims } from "../store/claims.ts"

/** How many are removed while no driver can announce anything: a few milliseconds. */
const BATCH = 200

/** Calls `remove` for what no driver uses; gives what was removed. */
export const removeUnused = async <A>(
  claims: Claims,
  dead: ReadonlyArray<A>,
  idOf: (item: A) => string,
  remove: (id: string) => void,
): Promise<ReadonlyArray<A>> => {
  const removed = new Set<string>()
  for (let from = 0; from < dead.length; from += BATCH) {
    claims.uses.removeUnused(dead.slice(from, from + BATCH).map(idOf), (id) => {
      remove(id)
      removed.add(id)
    })
    // Drivers that wait for the claims come in between.
    await setTimeout(1)
  }
  return dead.filter((item) => removed.has(idOf(item)))
}
