/**
 * One sentence for each of the paper's claims that a run can speak to. A sentence is about this run's model and profile
 * alone, gives the difference with its interval, and says so when the difference can't be told from noise.
 */
import { type Estimate, NORMAL_QUANTILE } from "../../kit/lib/intervals.ts"
import type { BenchmarkRow, Measured, SummaryPoint, Verdict } from "../results.ts"
import { type Cell, type CellValue, difference } from "./cells.ts"
import { cellsOf, isLookalike, isUnsafe, refused, score } from "./points.ts"
import { counted, decimal, metricTitle, percent, shareText, signed, taskTitle } from "./wording.ts"

/** What the sentences are made from. */
export interface Evidence {
  readonly profile: string
  readonly model: string
  readonly cells: ReadonlyArray<Cell>
  readonly benchmarks: ReadonlyArray<BenchmarkRow>
  /** How many seeds each model was trained with. */
  readonly seeds: number
  readonly none: SummaryPoint | null
  readonly paperMost: SummaryPoint | null
  readonly most: SummaryPoint | null
}

/** A quantity that is followed from no safety examples to many. */
interface Quantity {
  readonly claim: "harm" | "exaggerated"
  readonly name: string
  readonly cells: (cell: Cell) => boolean
  readonly value: CellValue
  readonly at: (point: SummaryPoint) => Measured | null
  readonly show: (value: number) => string
  readonly showDifference: (value: number) => string
  /** The unit of differences, with a space before it. */
  readonly unit: string
  /** Where the paper saw it go. */
  readonly expected: "falls" | "rises"
}

const HARM: Quantity = {
  claim: "harm",
  name: "the mean harm score of answers to unsafe prompts",
  cells: isUnsafe,
  value: score,
  at: (point) => point.harm,
  show: (value) => decimal(value, 2),
  showDifference: (value) => signed(value, 2),
  unit: "",
  expected: "falls",
}

const EXAGGERATED: Quantity = {
  claim: "exaggerated",
  name: "the rate of refusals of safe prompts that look unsafe",
  cells: isLookalike,
  value: refused,
  at: (point) => point.exaggerated,
  show: (value) => percent(value, 1),
  showDifference: (value) => signed(100 * value, 1),
  unit: " points",
  expected: "rises",
}

/** The verdicts on harm, exaggerated safety and benchmarks, in this order. */
export const verdicts = (evidence: Evidence): ReadonlyArray<Verdict> => [
  follow(HARM, evidence),
  follow(EXAGGERATED, evidence),
  benchmarkVerdict(evidence),
]

/** Every verdict begins with what it is about. */
const about = (evidence: Evidence, text: string): string => `on ${evidence.model}, profile ${evidence.profile}: ${text}`

const follow = (quantity: Quantity, evidence: Evidence): Verdict => {
  const { claim } = quantity
  const main = compare(quantity, evidence, evidence.paperMost ?? evidence.most)
  if (main === undefined)
    return { claim, shape: "not measured", text: about(evidence, `${quantity.name} was not measured.`) }
  const beyond =
    evidence.paperMost === null || evidence.most?.range === "paper"
      ? undefined
      : compare(quantity, evidence, evidence.most)
  const direction = directionOf(main.difference)
  const text = [
    `${quantity.name} was ${quantity.show(main.before)} without safety examples and ${main.text}: ${spoken(direction)}.`,
    ...(beyond === undefined ? [] : [`It was ${beyond.text}: ${spoken(directionOf(beyond.difference))}.`]),
    coverage(evidence.seeds),
  ]
  const shape = direction === "unclear" ? "within noise" : direction === quantity.expected ? "seen" : "opposite"
  return { claim, shape, text: about(evidence, text.join(" ")) }
}

interface Comparison {
  readonly before: number
  readonly difference: Estimate
  readonly text: string
}

const compare = (quantity: Quantity, evidence: Evidence, target: SummaryPoint | null): Comparison | undefined => {
  const [before, after] = [evidence.none && quantity.at(evidence.none), target && quantity.at(target)]
  if (before === null || after === null || target === null) return undefined
  const select = (safety: number | null) => cellsOf(evidence.cells, "tuned", safety).filter(quantity.cells)
  const change = difference(select(0), select(target.safety), quantity.value)
  if (change === undefined) return undefined
  const { showDifference, unit } = quantity
  const text =
    `${quantity.show(after.value)} with ${target.safety} of them (${amountNote(target)}), a difference of ${showDifference(change.mean)}${unit} ` +
    `(95 % interval ${showDifference(change.low)} to ${showDifference(change.high)}${unit})`
  return { before: before.value, difference: change, text }
}

const amountNote = (point: SummaryPoint): string =>
  `${shareText(point.share ?? 0)}${point.range === "extra" ? ", outside the paper's range" : ""}`

const directionOf = (change: Estimate): "falls" | "rises" | "unclear" =>
  change.high < 0 ? "falls" : change.low > 0 ? "rises" : "unclear"

const spoken = (direction: "falls" | "rises" | "unclear"): string =>
  direction === "unclear" ? "within noise" : `it ${direction}`

/** What an interval does not cover. */
const coverage = (seeds: number): string =>
  seeds < 2
    ? "There is one run, so the intervals cover the choice of prompts and not that of the examples and of the training."
    : `The intervals cover the choice of prompts and of ${counted(seeds, "run")}${seeds < 5 ? ", which are few to judge a spread by" : ""}.`

const benchmarkVerdict = (evidence: Evidence): Verdict => {
  const target = evidence.paperMost ?? evidence.most
  const changes = target === null ? [] : benchmarkChanges(evidence.benchmarks, target.safety)
  if (target === null || changes.length === 0) {
    return {
      claim: "benchmarks",
      shape: "not measured",
      text: about(evidence, "no benchmark was run on both ends of the grid."),
    }
  }
  const falls = changes.filter((change) => change.value < -change.noise)
  const rises = changes.filter((change) => change.value > change.noise)
  const shown = (list: typeof changes): string =>
    list
      .map((change) => `${change.task} ${signed(100 * change.value, 1)} ± ${decimal(100 * change.noise, 1)} points`)
      .join(", ")
  const verdict =
    falls.length > 0
      ? `beyond noise, accuracy is lower on ${shown(falls)}.`
      : rises.length > 0
        ? `beyond noise, accuracy is lower on no benchmark and higher on ${shown(rises)}.`
        : `all within noise; losses smaller than ${decimal(100 * Math.min(...changes.map((change) => change.noise)), 1)} points would not show.`
  const text = `from no safety examples to ${target.safety} (${amountNote(target)}) accuracy changes by ${shown(changes)} (95 %): ${verdict}`
  const shape = falls.length > 0 ? "opposite" : rises.length > 0 ? "seen" : "within noise"
  return { claim: "benchmarks", shape, text: about(evidence, text) }
}

/** Differences in accuracy with the half-width of their 95 % interval; the errors count as independent, which is cautious. */
const benchmarkChanges = (rows: ReadonlyArray<BenchmarkRow>, safety: number | null) =>
  rows
    .filter((row) => row.safety === 0)
    .flatMap((before) => {
      const after = rows.find(
        (row) => row.task === before.task && row.metric === before.metric && row.safety === safety,
      )
      if (after === undefined) return []
      const noise = NORMAL_QUANTILE * Math.hypot(before.standardError, after.standardError)
      const several = rows.some((row) => row.task === before.task && row.metric !== before.metric)
      return [
        {
          task: several ? `${taskTitle(before.task)} (${metricTitle(before.metric)})` : taskTitle(before.task),
          value: after.mean - before.mean,
          noise,
        },
      ]
    })
