/** Brings the inputs of a node that are elsewhere, just before it runs: what is not read is never fetched. */
import { dependencies, type Node } from "../node.ts"
import type { TransferListener, Wanted } from "../share/fetcher.ts"
import type { RecordSummary } from "../store/record.ts"
import { isOnTrust } from "../store/trust.ts"
import type { RunEvent } from "./events.ts"
import type { WiredInputs } from "./read-input.ts"

/** The way to bytes that are elsewhere. */
export interface Bring {
  /** Whether bytes of any record may be elsewhere, not only of those that were pulled. */
  readonly always: boolean
  /** Makes the bytes of artifacts be in the store, and tells how many of them came. */
  readonly fetch: (wanted: ReadonlyArray<Wanted>, listener?: TransferListener) => Promise<void>
}

interface Reader {
  readonly node: Node
  readonly recordOf: (dependency: Node) => RecordSummary
  readonly bring?: Bring | undefined
}

/** Fetches what a node reads and the store lacks; the person sees how far that is. */
export const bringInputs = async (
  { node, recordOf, bring }: Reader,
  wired: WiredInputs,
  emit: (event: RunEvent) => void,
): Promise<void> => {
  if (bring === undefined) return
  const records = new Map(dependencies(node).map((dependency) => [dependency.id, recordOf(dependency)]))
  const wanted = Object.values(wired)
    .flat()
    .map(({ record, artifact }) => ({ record: records.get(record.node) as RecordSummary, artifact }))
    .filter(({ record }) => bring.always || isOnTrust(record))
  if (wanted.length === 0) return
  let [came, all] = [0, 0]
  await bring.fetch(wanted, {
    total: (bytes) => {
      all = bytes
    },
    bytes: (bytes) => {
      came += bytes
      const [step, total] = [Math.round(came / 1e6), Math.round(all / 1e6)]
      emit({ type: "progress", node: node.id, progress: { step, total, unit: "MB fetched", numbers: {} } })
    },
  })
}
