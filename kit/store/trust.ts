/**
 * Trust: a record that was taken from elsewhere is marked as pulled, with where from and when, until its work is done here.
 * The mark counts for nothing in a key; people see it, and a stage that asks for it sees which inputs rest on such records.
 */
import type { StoreLayout } from "./layout.ts"
import { findDamage } from "./objects.ts"
import { type RecordSummary, type StoreRecord, wholeRecord, writeRecord } from "./record.ts"

/** Whether a record was taken from elsewhere and its work was not done here since. */
export const isOnTrust = (record: Pick<StoreRecord, "pulled">): boolean => record.pulled !== undefined

/**
 * Takes the mark from a record whose work was done here with the same result (bytes, or within the type's tolerance). The
 * mark stays while bytes of it are elsewhere, since it says where they are.
 */
export const confirm = (store: StoreLayout, record: RecordSummary): boolean => {
  if (!isOnTrust(record)) return true
  const whole = wholeRecord(store, record)
  if (whole === undefined || isElsewhere(store, record)) return false
  const { pulled: _, ...own } = whole
  writeRecord(store, own)
  return true
}

/** Whether bytes of a record's outputs are not here, or not as they should be. */
export const isElsewhere = (store: StoreLayout, record: Pick<StoreRecord, "outputs">): boolean =>
  Object.values(record.outputs).some((artifact) => findDamage(store, artifact) !== undefined)
