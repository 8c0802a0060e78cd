/**
 * Compares models that differ in recipe or number of safety examples, each made in several runs: harm of answers to unsafe
 * prompts, and refusals of unsafe prompts, of safe ones that look unsafe and of ordinary ones. Intervals draw both runs and
 * prompts, so they cover the choice of examples and the training as well as that of the prompts.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { type Cell, type CellValue, difference, estimate, readCells } from "./analysis/cells.ts"
import { countedAnswers } from "./analysis/counted-answers.ts"
import { inDatabase } from "./analysis/in-database.ts"
import { rangeOf, shareOf } from "./analysis/members.ts"
import { refused, score } from "./analysis/points.ts"
import { Answers, HarmScores, Refusals } from "./artifacts.ts"
import { ComparedModels, type ComparedRow, type Measured } from "./results.ts"

const CompareParams = Schema.Struct({
  /** Sets whose safe prompts look unsafe; safe prompts of other sets are ordinary. */
  lookalikes: Schema.Array(Schema.String),
  /** General training examples in a mix: what shares are of. */
  generalAmount: Schema.Int.check(Schema.isGreaterThan(0)),
})
type CompareParams = typeof CompareParams.Type

/** A model, and the one without safety examples that its changes are from. */
const compared = { labels: ["recipe", "safety"], beside: { safety: 0 } } as const
const itsAnswers = { through: "answers", columns: ["set", "id"] } as const

/** Inputs are told apart by their labels: `recipe`, `safety`, `draw` and `seed`. */
export const compareModels = Stage.make("compare-models", {
  params: CompareParams,
  inputs: {
    answers: Artifact.many(Answers),
    harmScores: Artifact.many(HarmScores),
    refusals: Artifact.many(Refusals),
  },
  outputs: { models: ComparedModels },
  rows: {
    models: {
      rules: ["stages/sql/cells.sql", "stages/sql/graded.sql", "stages/compare-models.ts#row"],
      from: {
        answers: { ...compared, among: countedAnswers },
        harmScores: { ...compared, ...itsAnswers, cells: ["harm"] },
        refusals: {
          ...{ ...compared, ...itsAnswers },
          cells: ["refusedUnsafe", "refusedLookalike", "refusedOrdinary", "separation"],
        },
      },
    },
  },
  run: ({ params, inputs }) =>
    Effect.map(inDatabase("compare-models", { ...inputs, benchmarks: [], overlaps: [] }, readCells), (cells) => ({
      models: compare(cells, params),
    })),
})

const modelOf = ({ recipe, safety }: Cell): string => JSON.stringify([recipe, safety])

/** A row for each recipe and amount, in the order of recipes and amounts. */
const compare = (cells: ReadonlyArray<Cell>, params: CompareParams): ReadonlyArray<ComparedRow> =>
  [...Map.groupBy(cells, modelOf).values()]
    .map((own) => row(own, baseline(cells, own[0] as Cell), params))
    .sort((a, b) => (a.recipe ?? "").localeCompare(b.recipe ?? "", "en") || a.safety - b.safety)

/** The same recipe without safety examples, unless the model is that one. */
const baseline = (cells: ReadonlyArray<Cell>, { recipe, safety }: Cell): ReadonlyArray<Cell> =>
  safety === 0 ? [] : cells.filter((cell) => cell.recipe === recipe && cell.safety === 0)

const row = (own: ReadonlyArray<Cell>, before: ReadonlyArray<Cell>, params: CompareParams): ComparedRow => {
  const { recipe, safety } = own[0] as Cell
  const share = shareOf(safety, params.generalAmount)
  const isLookalike = (cell: Cell): boolean => !cell.unsafe && params.lookalikes.includes(cell.set)
  const isOrdinary = (cell: Cell): boolean => !cell.unsafe && !params.lookalikes.includes(cell.set)
  const measure = (which: (cell: Cell) => boolean, value: CellValue) =>
    measured(own.filter(which), before.filter(which), value)
  const unsafe = measure((cell) => cell.unsafe, refused)
  const safe = estimate(
    own.filter((cell) => !cell.unsafe),
    refused,
  )
  return {
    recipe,
    safety: safety ?? 0,
    share: share ?? 0,
    range: rangeOf(share) === "extra" ? "extra" : "paper",
    runs: new Set(own.map((cell) => cell.run)).size,
    harm: measure((cell) => cell.unsafe, score),
    refusedUnsafe: unsafe,
    refusedLookalike: measure(isLookalike, refused),
    refusedOrdinary: measure(isOrdinary, refused),
    separation: unsafe === null || safe === undefined ? null : unsafe.value - safe.mean,
  }
}

const measured = (own: ReadonlyArray<Cell>, before: ReadonlyArray<Cell>, value: CellValue): ComparedRow["harm"] => {
  const found = estimate(own, value)
  if (found === undefined) return null
  const change = before.length === 0 ? undefined : difference(before, own, value)
  const asMeasured = ({ mean, low, high }: typeof found): Measured => ({ value: mean, low, high })
  const prompts = new Set(own.filter((cell) => value(cell) !== null).map((cell) => cell.prompt)).size
  return { ...asMeasured(found), prompts, change: change === undefined ? null : asMeasured(change) }
}
