/** Win rates of a model's answers over a baseline's: from preferences, or from the scores of a general reward model. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { winRate } from "../kit/lib/win-rate.ts"
import { Stage } from "../kit/stage.ts"
import { HelpScores, Preferences, WinRates } from "./artifacts.ts"
import { withBaseline } from "./with-baseline.ts"

/** Win rates by set from pairwise preferences. */
export const winRates = Stage.make("win-rates", {
  params: Schema.Struct({ rater: Schema.String }),
  inputs: { preferences: Preferences },
  outputs: { winRates: WinRates },
  rows: { winRates: { rules: ["kit/lib/win-rate.ts#winRate"], from: { preferences: { columns: ["set"] } } } },
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
  rows: {
    preferences: { rules: [], from: { scores: { columns: ["set", "id"] }, baseline: { columns: ["set", "id"] } } },
  },
  run: Effect.fnUntraced(function* ({ params, inputs }) {
    const rows = yield* withBaseline(inputs.scores, inputs.baseline, params.sets)
    return { preferences: rows.map(([{ id, set, score }, other]) => compared(id, set, score, other.score)) }
  }),
})

const compared = (id: string, set: string, score: number, other: number) => ({
  id,
  set,
  preference: score > other ? 2 : score < other ? 1 : 1.5,
  ...{ shownFirst: null, shownSecond: null, missing: null },
})
