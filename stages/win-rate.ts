/** Win rates of a model's answers over a baseline's: from preferences, or from the scores of a general reward model. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { StageError } from "../kit/errors.ts"
import { winRate } from "../kit/lib/win-rate.ts"
import { Stage } from "../kit/stage.ts"
import { HelpScores, Preferences, WinRates } from "./artifacts.ts"

/** Win rates by set from pairwise preferences. */
export const winRates = Stage.make("win-rates", {
  params: Schema.Struct({ rater: Schema.String }),
  inputs: { preferences: Preferences },
  outputs: { winRates: WinRates },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const bySet = Map.groupBy(yield* inputs.preferences.read, ({ set }) => set)
    return {
      winRates: [...bySet].map(([set, rows]) => ({
        rater: params.rater,
        set,
        ...winRate(rows.map(({ preference }) => preference)),
      })),
    }
  }),
})

/** Preferences from scores: the answer with the higher one is better, equal ones tie. */
export const compareScores = Stage.make("compare-scores", {
  params: Schema.Struct({ sets: Schema.Array(Schema.String) }),
  inputs: { scores: HelpScores, baseline: HelpScores },
  outputs: { preferences: Preferences },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const rows = (yield* inputs.scores.read).filter(({ set }) => params.sets.includes(set))
    const others = new Map((yield* inputs.baseline.read).map((row) => [`${row.set} ${row.id}`, row.score]))
    const alone = rows.find(({ set, id }) => !others.has(`${set} ${id}`))
    if (alone !== undefined || rows.length === 0)
      return yield* Effect.fail(
        StageError.of(
          alone === undefined ? `There are no scores of ${params.sets.join(", ")}` : `"${alone.id}" has no partner`,
          inputs.baseline.node,
          "Let both models answer the same prompts.",
        ),
      )
    return {
      preferences: rows.map(({ id, set, score }) => compared(id, set, score, others.get(`${set} ${id}`) as number)),
    }
  }),
})

const compared = (id: string, set: string, score: number, other: number) => ({
  id,
  set,
  preference: score > other ? 2 : score < other ? 1 : 1.5,
  ...{ shownFirst: null, shownSecond: null, missing: null },
})
