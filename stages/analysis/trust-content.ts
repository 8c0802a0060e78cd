/** What the paper says of results that rest on records which were pulled and not computed here. */
import { counted } from "./wording.ts"

/** For each input of the paper that rests on pulled records, the nodes that have them. */
export type OnTrust = Readonly<Record<string, ReadonlyArray<string>>>

/** The name in the Typst sources of the figure or table that an input of the paper is; undefined for other inputs. */
export const paperName = (input: string): string | undefined => {
  if (input === "figOne") return "fig-1"
  return /^(fig|tab)[A-Z]/.test(input) ? input.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) : undefined
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
  const marked = Object.keys(onTrust).flatMap((input) => paperName(input) ?? [])
  return { marked, verdicts: "summary" in onTrust, pulled: nodes.length, sentence: sentence(nodes) }
}

/** Whether a figure or table rests on pulled records. */
export const isMarked = (name: string, onTrust: OnTrust): boolean =>
  Object.keys(onTrust).some((input) => paperName(input) === name)

/** Stages that are named; the others are only counted. */
const NAMED = 5

/** How many results of which stages, most first: `19 results (9 of generate, 8 of fine-tune, 2 of train-reward)`. */
const sentence = (nodes: ReadonlyArray<string>): string => {
  const stages = [...Map.groupBy(nodes, (node) => node.split("/")[0] ?? node)]
    .map(([stage, members]) => ({ stage, count: members.length }))
    .sort((a, b) => b.count - a.count)
  const parts = stages.slice(0, NAMED).map(({ stage, count }) => `${count} of ${stage}`)
  const others = stages.slice(NAMED)
  const rest = others.reduce((sum, { count }) => sum + count, 0)
  const more = rest === 0 ? "" : ` and ${rest} of ${counted(others.length, "other stage")}`
  return `${counted(nodes.length, "result")} (${parts.join(", ")}${more})`
}
