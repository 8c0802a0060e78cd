/** Compares two results of the same work: which outputs have the same bytes, and where the others first differ. */
import * as fs from "node:fs"
import { objectPath, type StoreLayout } from "./layout.ts"
import type { StoredArtifact, StoreRecord } from "./record.ts"

export interface OutputComparison {
  readonly output: string
  readonly equal: boolean
  /** Where and how they differ; empty when equal. */
  readonly detail: string
}

/** Compares the outputs of two records; objects of both must still be in the store. */
export const compareOutputs = (
  store: StoreLayout,
  old: StoreRecord,
  now: StoreRecord,
): ReadonlyArray<OutputComparison> =>
  Object.entries(now.outputs).map(([output, artifact]) => {
    const before = old.outputs[output]
    if (before === undefined) return { output, equal: false, detail: "it was not recorded before" }
    if (before.digest === artifact.digest) return { output, equal: true, detail: "" }
    return { output, equal: false, detail: difference(store, before, artifact) }
  })

const difference = (store: StoreLayout, before: StoredArtifact, now: StoredArtifact): string => {
  const digests = `${before.digest.slice(0, 12)} → ${now.digest.slice(0, 12)}`
  if (now.format === "folder") {
    const old = new Map(before.files.map((file) => [file.path, file.digest]))
    const files = now.files.filter((file) => old.get(file.path) !== file.digest).map((file) => file.path)
    return `${digests}, in ${files.join(", ") || "its list of files"}`
  }
  if (now.format === "file") return digests
  const [left, right] = [lines(store, before), lines(store, now)]
  const at = right.findIndex((line, index) => line !== left[index])
  return `${digests}, first at line ${(at < 0 ? right.length : at) + 1}`
}

const lines = (store: StoreLayout, artifact: StoredArtifact): ReadonlyArray<string> => {
  try {
    return fs.readFileSync(objectPath(store, artifact.digest), "utf8").split("\n")
  } catch {
    return []
  }
}
