/** Finds the file of a caller, so that a stage knows where its code is without being told. */
import { fileURLToPath } from "node:url"
import { getCallSites } from "node:util"

/** The path of the file `depth` calls up (1 = the caller of this function). */
export const callSite = (depth: number): string => {
  const name = getCallSites(depth + 1, { sourceMap: false })[depth]?.scriptName ?? ""
  return name.startsWith("file:") ? fileURLToPath(name) : name
}
