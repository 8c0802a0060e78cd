/** Counts collections, so that a run can tell whether one took place while it was planning. */
import * as fs from "node:fs"
import { type StoreLayout, writeAtomically } from "./layout.ts"

const counterPath = (store: StoreLayout): string => `${store.root}/claims/collections`

/** A number that a collection raises before it removes anything, and again when it has removed the last thing. */
export const collectionCount = (store: StoreLayout): number => {
  try {
    return Number(fs.readFileSync(counterPath(store), "utf8"))
  } catch {
    return 0
  }
}

export const countCollection = (store: StoreLayout, scratch: string): void =>
  writeAtomically(counterPath(store), `${collectionCount(store) + 1}\n`, scratch)
