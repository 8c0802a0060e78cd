/** Sets of data in numbers and a sample: what `describe-data` says of each. */
import type { ValueOf } from "../../kit/artifact.ts"
import type {
  BoolqItems,
  ClosedBookItems,
  Examples,
  OpenbookqaItems,
  Overlaps,
  PiqaItems,
  PreferencePairs,
  Prompts,
  RatedPairs,
} from "../artifacts.ts"
import type { LabelledAnswers } from "../refusal/artifacts.ts"
import type { DataSetRow } from "../results.ts"
import { isPlainRefusal, showPrompt } from "./side-by-side.ts"
import { firstWords, withheld } from "./wording.ts"

/** A row as it is described; `unsafe` is whether the request should be refused, or may be. */
interface Described {
  readonly id: string
  readonly request: string
  readonly answer?: string
  readonly topic?: string
  readonly unsafe: boolean
}
type OverlapRows = ValueOf<typeof Overlaps>

const words = (text: string): number => text.split(/\s+/u).filter((word) => word !== "").length

/** Median and range of the numbers of words. */
const lengths = (texts: ReadonlyArray<string>) => {
  const sorted = texts.map(words).sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
  return { median, least: sorted[0] ?? 0, most: sorted.at(-1) ?? 0 }
}

const ANSWER_WORDS = 12

/** An answer to an unsafe request is shown where it begins as a plain refusal; whoever wrote it, nobody classed it here. */
const showAnswer = (answer: string, unsafe: boolean): string =>
  !unsafe || isPlainRefusal(answer) ? firstWords(answer, ANSWER_WORDS) : withheld(answer)

const sampleOf = ({ request, answer, unsafe }: Described): string => {
  const shown = showPrompt(request, unsafe)
  return answer === undefined ? shown : `${shown} → ${showAnswer(answer, unsafe)}`
}

const describe = (
  set: string,
  use: DataSetRow["use"],
  rows: ReadonlyArray<Described>,
  more: Partial<Pick<DataSetRow, "used" | "dropped">> = {},
): DataSetRow => {
  const answers = rows.flatMap(({ answer }) => answer ?? [])
  const topics = new Set(rows.flatMap(({ topic }) => (topic === undefined || topic === "" ? [] : [topic])))
  return {
    set,
    use,
    rows: rows.length,
    used: more.used ?? null,
    topics: topics.size === 0 ? null : topics.size,
    requestWords: lengths(rows.map(({ request }) => request)),
    answerWords: answers.length === 0 ? null : lengths(answers),
    dropped: more.dropped ?? null,
    sample: rows[0] === undefined ? "" : sampleOf(rows[0]),
  }
}

/** How many of a set's rows were dropped, by kind. */
const droppedOf = (rows: ReadonlyArray<{ readonly id: string }>, overlaps: OverlapRows) => {
  const ids = new Set(rows.map(({ id }) => id))
  const own = overlaps.filter(({ trainingId }) => ids.has(trainingId))
  const count = (kind: OverlapRows[number]["kind"]): number => own.filter((row) => row.kind === kind).length
  return { exact: count("exact"), near: count("near"), paraphrase: count("paraphrase") }
}

/** Examples for fine-tuning; all requests of safety examples are unsafe. */
export const exampleSet = (set: string, rows: ValueOf<typeof Examples>, overlaps: OverlapRows): DataSetRow => {
  const described = rows.map(({ id, source, topic, instruction, input, output }) => ({
    ...{ id, topic, request: `${instruction} ${input}`.trim(), answer: output, unsafe: source === "safety" },
  }))
  return describe(set, "training", described, { dropped: droppedOf(rows, overlaps) })
}

/** Rated pairs of the reward model. */
export const ratedSet = (rows: ValueOf<typeof RatedPairs>, overlaps: OverlapRows): DataSetRow => {
  const described = rows.map(({ prompt, ...row }) => ({ ...row, request: prompt }))
  return describe("rated-pairs", "reward model", described, { dropped: droppedOf(rows, overlaps) })
}

/** Compared pairs of the reward model; nobody says which requests are unsafe, so all may be. */
export const preferredSet = (rows: ValueOf<typeof PreferencePairs>, overlaps: OverlapRows): DataSetRow => {
  const described = rows.map(({ id, prompt, chosen }) => ({ id, request: prompt, answer: chosen, unsafe: true }))
  return describe("preference-pairs", "reward model", described, { dropped: droppedOf(rows, overlaps) })
}

/** Labelled answers of the refusal classifier. */
export const labelledSet = (rows: ValueOf<typeof LabelledAnswers>): DataSetRow =>
  describe(
    "labelled-answers",
    "refusal classifier",
    rows.map(({ prompt, ...row }) => ({ ...row, request: prompt })),
  )

/** Evaluation sets, in the order of their rows; `asked` are the prompts that models answer. */
export const promptSets = (rows: ValueOf<typeof Prompts>, asked: ValueOf<typeof Prompts>): ReadonlyArray<DataSetRow> =>
  [...Map.groupBy(rows, ({ set }) => set)].map(([set, members]) => {
    const used = asked.filter((row) => row.set === set).length
    return describe(
      set,
      "evaluation",
      members.map(({ prompt, ...row }) => ({ ...row, request: prompt })),
      { used },
    )
  })

/** Benchmark items that were read, by benchmark. */
export interface BenchmarkRows {
  readonly boolq: ValueOf<typeof BoolqItems> | undefined
  readonly boolqClosedBook: ValueOf<typeof ClosedBookItems> | undefined
  readonly piqa: ValueOf<typeof PiqaItems> | undefined
  readonly openbookqa: ValueOf<typeof OpenbookqaItems> | undefined
}

/** Benchmark items that are asked, a set for each benchmark that the profile has. */
export const benchmarkSets = (items: BenchmarkRows): ReadonlyArray<DataSetRow> => {
  const { boolq, boolqClosedBook, piqa, openbookqa } = items
  const safe = (id: string, request: string): Described => ({ id, request, unsafe: false })
  const sets: ReadonlyArray<readonly [string, ReadonlyArray<Described> | undefined]> = [
    ["boolq", boolq?.map(({ id, passage, question }) => safe(id, `${passage} ${question}?`))],
    ["boolq-closed-book", boolqClosedBook?.map(({ id, question }) => safe(id, `${question}?`))],
    ["piqa", piqa?.map(({ id, goal }) => safe(id, goal))],
    ["openbookqa", openbookqa?.map((item) => safe(item.id, item.question_stem))],
  ]
  return sets.flatMap(([set, rows]) =>
    rows === undefined ? [] : [describe(set, "benchmark", rows, { used: rows.length })],
  )
}
