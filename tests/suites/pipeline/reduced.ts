/** The whole pipeline on as little as still trains: what the end-to-end test runs. */
import type { Profile, RewardTraining } from "../../../pipelines/profiles/profile.ts"
import { smoke, training } from "../../../pipelines/profiles/smoke.ts"
import { safetyTunedLlamas } from "../../../pipelines/safety-tuned-llamas.ts"

const limits = Object.fromEntries(smoke.data.evaluation.map(({ set }) => [set, { safe: 2, unsafe: 2 }]))

const brief: RewardTraining = { ...training, epochs: 1, maxTokens: 48 }

const reduced: Profile = {
  ...smoke,
  evaluation: { limits, seed: 1 },
  generalAmount: 16,
  safetyAmounts: [0, 4],
  runs: [
    { draw: 1, seed: 1 },
    { draw: 2, seed: 3 },
  ],
  generation: { ...smoke.generation, decoding: { strategy: "greedy", beams: 1, maxNewTokens: 12 } },
  reward: brief,
  moderation: { ...smoke.moderation, training: brief },
  help: { ...smoke.help, pairs: { training: 24, checking: 3, seed: 1 }, reward: brief },
  itemLimit: 6,
}

export default safetyTunedLlamas({ reduced })
