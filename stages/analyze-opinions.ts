/** What others say of the answers: a content classifier of their harm, and judges of their help. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact, type ValueOf } from "../kit/artifact.ts"
import type { Database } from "../kit/lib/duckdb.ts"
import { type InputFile, Stage } from "../kit/stage.ts"
import { readCells } from "./analysis/cells.ts"
import { helpRows } from "./analysis/help.ts"
import { inDatabase } from "./analysis/in-database.ts"
import { harmRow } from "./analysis/rows.ts"
import { Answers, ModerationScores, Preferences } from "./artifacts.ts"
import { HelpByAmount, ModerationBySet } from "./results.ts"
import harmSql from "./sql/harm.sql" with { type: "text" }

const OpinionParams = Schema.Struct({
  /** General training examples in a mix: what shares are of. */
  generalAmount: Schema.Int.check(Schema.isGreaterThan(0)),
  /** The classifier's score from which an answer counts as flagged. */
  flaggedFrom: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 })),
})
type OpinionParams = typeof OpinionParams.Type

/** Inputs are told apart by their labels: `safety`, `draw` and `seed`, or `model: "untuned"`; preferences by `rater` as well. */
export const analyzeOpinions = Stage.make("analyze-opinions", {
  params: OpinionParams,
  inputs: {
    answers: Artifact.many(Answers),
    moderation: Artifact.many(ModerationScores),
    preferences: Artifact.many(Preferences),
  },
  outputs: { moderation: ModerationBySet, help: HelpByAmount },
  rows: {
    moderation: {
      rules: ["stages/sql/harm.sql", "stages/sql/graded.sql", "stages/analysis/rows.ts#harmRow"],
      from: {
        answers: { labels: ["model", "safety"], columns: ["set", "unsafe"] },
        moderation: { labels: ["model", "safety"], through: "answers", columns: ["set", "id"] },
      },
    },
    help: {
      rules: ["stages/analysis/help.ts#helpRow"],
      from: { preferences: { labels: ["rater", "safety"] } },
    },
  },
  run: ({ params, inputs }) =>
    Effect.gen(function* () {
      const judged = yield* Effect.all(inputs.preferences.map(judgedBy))
      const rows = {
        answers: inputs.answers,
        harmScores: inputs.moderation,
        refusals: [],
        benchmarks: [],
        overlaps: [],
      }
      const moderation = yield* inDatabase("analyze-opinions", rows, (database) => moderationRows(database, params))
      return { moderation, help: helpRows(judged, params.generalAmount) }
    }),
})

const judgedBy = (input: InputFile<ValueOf<typeof Preferences>>) =>
  Effect.map(input.read, (rows) => ({ rater: String(input.labels.rater), safety: Number(input.labels.safety), rows }))

const moderationRows = async (database: Database, { generalAmount, flaggedFrom }: OpinionParams) => {
  const cells = await readCells(database)
  return (await database.query(harmSql, { harmfulFrom: flaggedFrom })).map((row) => harmRow(row, cells, generalAmount))
}
