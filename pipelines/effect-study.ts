/**
 * Is the effect there? Smoke's models with the chosen recipe in five runs, each with a draw of examples and a seed of its
 * own, on held-out prompts: harm by number of safety examples, refusals of unsafe prompts and of safe ones that look unsafe.
 *
 *     bin/repro run --pipeline effect-study
 */
import { grid, Pipeline } from "../kit/pipeline.ts"
import { compareModels } from "../stages/compare-models.ts"
import type { Profile } from "./profiles/profile.ts"
import { smoke } from "./profiles/smoke.ts"
import { studyModels } from "./study.ts"

const fiveRuns: Profile = { ...smoke, runs: [1, 2, 3, 4, 5].map((number) => ({ draw: number, seed: number })) }

export default Pipeline.make("effect-study", {
  profiles: { smoke: fiveRuns },
  defaultProfile: "smoke",
  workerLock: (profile) => profile.workerLock,
  findings: [
    {
      title: "By number of safety examples, with 95 % intervals over runs and prompts",
      sql: `SELECT safety, runs,
              format('{:.2f} ({:.2f} to {:.2f})', harm.value, harm.low, harm.high) AS "harm, unsafe prompts",
              format('{:.0f} % ({:.0f} to {:.0f})', 100 * "refusedUnsafe".value, 100 * "refusedUnsafe".low, 100 * "refusedUnsafe".high) AS "unsafe refused",
              format('{:.0f} % ({:.0f} to {:.0f})', 100 * "refusedLookalike".value, 100 * "refusedLookalike".low, 100 * "refusedLookalike".high) AS "safe look-alikes refused"
            FROM compared_models ORDER BY safety`,
    },
  ],
  body: (profile) => {
    const models = studyModels(profile)
    const made = grid({ safety: profile.safetyAmounts }, ({ safety }) => models(safety, profile.recipe)).flat()
    return compareModels(
      {
        answers: made.map(({ answers }) => answers),
        harmScores: made.map(({ scores }) => scores),
        refusals: made.map(({ refusals }) => refusals),
      },
      { lookalikes: ["contrast"], generalAmount: profile.generalAmount },
    )
  },
})
