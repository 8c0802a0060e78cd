/** In whose word a result rests, in a few words. */

import { dependencies } from "../node.ts"
import type { NodePlan, Plan } from "../plan/plan.ts"
import { pulledNodes } from "../plan/trust.ts"
import { shellQuote } from "./print.ts"

/** Undefined where the node's result and all that it is made from were made here. */
export const trustText = (plan: Plan, { node, record }: NodePlan): string | undefined => {
  if (record?.pulled !== undefined) {
    return `on trust: pulled from ${record.pulled.from} on ${record.pulled.at}; \`repro stage ${shellQuote(node.id)}\` reruns it here`
  }
  const above = pulledNodes(dependencies(node), (dependency) => plan.nodes.get(dependency)?.record)
  if (record === undefined || above.length === 0) return undefined
  return `rests on ${above.length} pulled result${above.length === 1 ? "" : "s"}: ${above.slice(0, 3).join(", ")}${above.length > 3 ? ", …" : ""}`
}
