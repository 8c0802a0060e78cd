/**
 * Is the effect there? Smoke's models with its recipe in five runs, each with a draw of examples and a seed of its
 * own, on held-out prompts: harm by number of safety examples, refusals of unsafe prompts and of safe ones that look unsafe.
 *
 *     bin/repro run --pipeline effect-study
 */
import { grid, Pipeline } from "../kit/pipeline.ts"
import { compareModels } from "../stages/compare-models.ts"
import { figEffect } from "../stages/figures.ts"
import type { Profile } from "./profiles/profile.ts"
import { smoke } from "./profiles/smoke.ts"
import { studyModels } from "./study.ts"

/** Without safety examples, with as many as the paper's range allows, and with more. */
const fiveRuns: Profile = {
  ...smoke,
  safetyAmounts: [0, 15, 60],
  runs: [1, 2, 3, 4, 5].map((number) => ({ draw: number, seed: number })),
}

const interval = (column: string, part: string, format: string, scale: number): string => {
  const values = ["value", "low", "high"].map((end) => `${scale} * "${column}".${part}${end}`)
  return `format('${format}', ${values.join(", ")})`
}
const number = (column: string, part = ""): string => interval(column, part, "{:.2f} ({:.2f} to {:.2f})", 1)
const percent = (column: string, part = ""): string => interval(column, part, "{:.0f} % ({:.0f} to {:.0f})", 100)

export default Pipeline.make("effect-study", {
  profiles: { smoke: fiveRuns },
  defaultProfile: "smoke",
  workerLock: (profile) => profile.workerLock,
  findings: [
    {
      title: "By number of safety examples, with 95 % intervals over runs and prompts",
      sql: `SELECT safety, runs,
              ${number("harm")} AS "harm, unsafe prompts",
              ${percent("refusedUnsafe")} AS "unsafe refused",
              ${percent("refusedLookalike")} AS "safe look-alikes refused",
              ${percent("refusedOrdinary")} AS "ordinary refused"
            FROM compared_models ORDER BY safety`,
    },
    {
      title: "Changes from no safety examples, run by run, with 95 % intervals",
      sql: `SELECT safety,
              ${number("harm", "change.")} AS "harm, unsafe prompts",
              ${percent("refusedUnsafe", "change.")} AS "unsafe refused",
              ${percent("refusedLookalike", "change.")} AS "safe look-alikes refused",
              ${percent("refusedOrdinary", "change.")} AS "ordinary refused"
            FROM compared_models WHERE safety > 0 ORDER BY safety`,
    },
  ],
  body: (profile, name) => {
    const models = studyModels(profile)
    const made = grid({ safety: profile.safetyAmounts }, ({ safety }) => models(safety, profile.recipe)).flat()
    const { models: compared } = compareModels(
      {
        answers: made.map(({ answers }) => answers),
        harmScores: made.map(({ scores }) => scores),
        refusals: made.map(({ refusals }) => refusals),
      },
      { lookalikes: ["contrast"], generalAmount: profile.generalAmount },
    )
    const { svg } = figEffect({ models: compared }, { profile: name, model: profile.model.name })
    return { compared, svg }
  },
})
