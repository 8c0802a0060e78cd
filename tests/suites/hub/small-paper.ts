/** The paper's profile on tiny models and this project's data: all of its stages, none of its scale. TEST_SERVER moderates and judges. */

import { paperProfile } from "../../../pipelines/profiles/paper.ts"
import { bases } from "../../../pipelines/profiles/paper-recipes.ts"
import { type Pins, pins } from "../../../pipelines/profiles/pins.ts"
import type { Profile } from "../../../pipelines/profiles/profile.ts"
import { smoke } from "../../../pipelines/profiles/smoke.ts"
import { safetyTunedLlamas } from "../../../pipelines/safety-tuned-llamas.ts"

/** The one commit of the hub's double. */
const COMMIT = "0123456789abcdef0123456789abcdef01234567"
const declared = Object.fromEntries(Object.keys(pins).map((name) => [name, COMMIT])) as Pins
const endpoint = { kind: "address", url: process.env.TEST_SERVER ?? "", name: "a-server", revision: "1" } as const
const paper = paperProfile({
  ...{ base: bases["7b"], recipe: "appendix", pins: declared },
  ...{ moderation: endpoint, judge: endpoint },
})

const small: Profile = {
  ...paper,
  workerLock: smoke.workerLock,
  needs: paper.needs?.filter(({ kind }) => kind !== "gpu") ?? [],
  data: { ...smoke.data, benchmarks: {} },
  evaluation: {
    limits: Object.fromEntries(smoke.data.evaluation.map(({ set }) => [set, { safe: 2, unsafe: 2 }])),
    seed: 1,
  },
  generalAmount: 10_000,
  safetyAmounts: [0, 4],
  recipe: { ...paper.recipe, epochs: 1, batchSize: 32, validationRows: 8, evaluateEverySteps: 2 },
  generation: { ...paper.generation, decoding: { strategy: "beam", beams: 4, maxNewTokens: 6 } },
  help: { ...paper.help, sets: ["general"], pairs: { training: 4, checking: 3, seed: 1 } },
  benchmark: { ...paper.benchmark, maxTokens: 256 },
}

export default safetyTunedLlamas({ small })
