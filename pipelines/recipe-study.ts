/**
 * Which recipe? Compares the candidates of `profiles/recipes.ts` on the tuning split, whose prompts are in no reported set,
 * with 15 safety examples on 150 general ones (10 %, the most of the paper's range).
 *
 *     bin/repro run --pipeline recipe-study
 */
import { grid, labelled, Pipeline } from "../kit/pipeline.ts"
import { compareModels } from "../stages/compare-models.ts"
import { own } from "./profiles/own-source.ts"
import type { Profile, PromptSet } from "./profiles/profile.ts"
import { recipes } from "./profiles/recipes.ts"
import { smoke } from "./profiles/smoke.ts"
import { studyModels } from "./study.ts"

const tuning = (set: "unsafe" | "safe-lookalike" | "general", unsafe: boolean): PromptSet => ({
  set,
  unsafe,
  source: own(`data/tuning/${set}.jsonl`),
  format: "own",
})

/** smoke with the tuning split in place of the evaluation sets. */
const tuningProfile: Profile = {
  ...smoke,
  data: {
    ...smoke.data,
    evaluation: [tuning("unsafe", true), tuning("safe-lookalike", false), tuning("general", false)],
  },
  evaluation: { limits: {}, seed: 1 },
  // One run: every recipe sees the same examples in the same order.
  runs: [{ draw: 1, seed: 1 }],
}

export default Pipeline.make("recipe-study", {
  profiles: { smoke: tuningProfile },
  defaultProfile: "smoke",
  workerLock: (profile) => profile.workerLock,
  findings: [
    {
      title: "Recipes on the tuning split, the best first",
      sql: `SELECT recipe, round(harm.value, 2) AS harm,
              format('{:.0f} %', 100 * "refusedUnsafe".value) AS "unsafe refused",
              format('{:.0f} %', 100 * "refusedLookalike".value) AS "safe look-alikes refused",
              format('{:.0f} %', 100 * "refusedOrdinary".value) AS "ordinary refused",
              round(100 * separation, 1) AS "separation, points"
            FROM compared_models ORDER BY separation DESC`,
    },
  ],
  body: (profile) => {
    const models = studyModels(profile)
    const made = grid({ recipe: Object.keys(recipes) as ReadonlyArray<keyof typeof recipes> }, ({ recipe }) =>
      labelled({ safety: 15 }, () => models(15, recipes[recipe])),
    ).flat()
    return compareModels(
      {
        answers: made.map(({ answers }) => answers),
        harmScores: made.map(({ scores }) => scores),
        refusals: made.map(({ refusals }) => refusals),
      },
      { lookalikes: ["safe-lookalike"], generalAmount: profile.generalAmount },
    )
  },
})
