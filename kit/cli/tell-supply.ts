/** What of a result was taken from elsewhere and what was made here, as a run tells it at its end. */
import type { Node } from "../node.ts"
import type { RunSummary } from "../run/run.ts"
import type { Supply } from "../run/supply.ts"
import { isElsewhere, isOnTrust } from "../store/trust.ts"
import { note, size } from "./print.ts"

/** Names of nodes, those of one stage together: `fine-tune ×8, paper`. */
export const byStage = (nodes: ReadonlyArray<Node>): string =>
  [...Map.groupBy(nodes, ({ stage }) => stage.name)]
    .map(([stage, members]) => (members.length === 1 ? (members[0] as Node).id : `${stage} ×${members.length}`))
    .join(", ")

/** Says which nodes rest on whose word; nothing where all was made here. */
export const tellSupply = ({ plan, outcome }: RunSummary, supply: Supply): void => {
  for (const reason of supply.refused) note(`refused: ${reason}`)
  const results = [...plan.nodes.values()].flatMap(({ node, record }) => {
    const found = outcome?.records.get(node) ?? record
    return found === undefined ? [] : [{ node, record: found }]
  })
  const pulled = results.filter(({ record }) => isOnTrust(record))
  if (pulled.length === 0) {
    if (supply.canAsk) note("Nothing that matches was found there: all was made here.")
    return
  }
  for (const [from, members] of Map.groupBy(pulled, ({ record }) => record.pulled?.from ?? "")) {
    note(`On trust from ${from}: ${byStage(members.map(({ node }) => node))}.`)
  }
  const here = results.filter(({ record }) => !isOnTrust(record)).map(({ node }) => node)
  if (here.length > 0) note(`Made here: ${byStage(here)}.`)
  const { bytes, objects } = supply.fetcher
  const left = pulled.filter(({ record }) => isElsewhere(plan.project.store, record)).length
  const fetched = `Fetched ${objects} object${objects === 1 ? "" : "s"}, ${size(bytes)}`
  note(`${fetched}${left === 0 ? "." : `; the bytes of ${left} nodes stay elsewhere until something needs them.`}`)
}
