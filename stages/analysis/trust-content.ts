/** What the paper says of results that rest on records which were pulled and not computed here. */
import { counted } from "./wording.ts"

/** For each input of the paper that rests on pulled records, the nodes that have them. */
export type OnTrust = Readonly<Record<string, ReadonlyArray<string>>>

/** Names of figures and tables in the Typst sources, by the paper's inputs. */
const NAMES: Readonly<Record<string, string>> = {
  figOne: "fig-1",
  figHarm: "fig-harm",
  figExaggerated: "fig-exaggerated",
  figBenchmarks: "fig-benchmarks",
  tabData: "tab-data",
  tabHarm: "tab-harm",
  tabRefusals: "tab-refusals",
  tabBenchmarks: "tab-benchmarks",
  tabExamples: "tab-examples",
  tabReference: "tab-reference",
  tabRerun: "tab-rerun",
  tabRuns: "tab-runs",
}

/**
 * Which figures and tables to mark (`verdicts` stands for the sentences of the summary), how many results were pulled, and
 * of which stages. `pulled` is 0 where everything was computed here, and then nothing of it is shown.
 */
export const trustContent = (
  onTrust: OnTrust,
): {
  readonly marked: ReadonlyArray<string>
  readonly verdicts: boolean
  readonly pulled: number
  readonly sentence: string
} => {
  const nodes = [...new Set(Object.values(onTrust).flat())].sort()
  const marked = Object.keys(onTrust).flatMap((input) => NAMES[input] ?? [])
  return { marked, verdicts: "summary" in onTrust, pulled: nodes.length, sentence: sentence(nodes) }
}

/** Whether a figure or table rests on pulled records. */
export const isMarked = (name: string, onTrust: OnTrust): boolean =>
  Object.keys(onTrust).some((input) => NAMES[input] === name)

/** How many results of which stages: `17 results (8 of fine-tune, 9 of generate)`. */
const sentence = (nodes: ReadonlyArray<string>): string => {
  const stages = Map.groupBy(nodes, (node) => node.split("/")[0] ?? node)
  const parts = [...stages].map(([stage, members]) => `${members.length} of ${stage}`)
  return `${counted(nodes.length, "result")} (${parts.join(", ")})`
}
