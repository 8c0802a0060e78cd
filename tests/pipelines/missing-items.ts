/** Moderation, judgements and their tables over given answers, asked of the server that TEST_SERVER names. */
import { grid, labelled, Pipeline } from "../../kit/pipeline.ts"
import { analyzeOpinions } from "../../stages/analyze-opinions.ts"
import { checkJudge, judgePreferences } from "../../stages/judge.ts"
import { moderate } from "../../stages/moderate.ts"
import { tabHelpful, tabJudge, tabModeration } from "../../stages/tables.ts"
import { winRates } from "../../stages/win-rate.ts"
import { given } from "./given-answers.ts"

const endpoint = { kind: "address", url: process.env.TEST_SERVER ?? "", name: "m", revision: "1" } as const
const settings = { tries: 0, firstWaitMilliseconds: 5, timeoutSeconds: 5, inFlight: 2, giveUpAfter: 100 }
const judging = { endpoint, reading: "probabilities", dtype: "float32" } as const
const subject = { profile: "only", model: "Toy" }

export default Pipeline.make("missing-items", {
  profiles: { only: {} },
  defaultProfile: "only",
  workerLock: () => "worker/locks/cpu.txt",
  body: () => {
    const asks = { endpoint, label: "harmful", otherLabel: "harmless", maxTokens: 16 }
    const models = grid({ safety: [0, 5], draw: [1], seed: [1] }, ({ safety }) => {
      const { answers, pairs } = given({}, { safety })
      return { answers, pairs, moderation: moderate({ answers }, asks, settings).moderation }
    })
    const [none, some] = models as [(typeof models)[number], (typeof models)[number]]
    const labels = { safety: 5, draw: 1, seed: 1, rater: "judge" }
    const { preferences } = labelled(labels, () =>
      judgePreferences({ answers: some.answers, baseline: none.answers }, { ...judging, sets: ["requests"] }, settings),
    )
    const { report } = labelled({ pairs: "known" }, () => checkJudge({ pairs: none.pairs }, judging, settings))
    const { moderation, help } = analyzeOpinions(
      {
        answers: models.map(({ answers }) => answers),
        moderation: models.map(({ moderation }) => moderation),
        preferences: [preferences],
      },
      { generalAmount: 100, flaggedFrom: 0.5 },
    )
    return {
      moderation: tabModeration({ moderation }, { ...subject, classifier: "a toy" }).markdown,
      helpful: tabHelpful({ help }, { ...subject, judge: "a toy" }).markdown,
      judge: tabJudge({ reports: [report] }, subject).markdown,
      rates: winRates({ preferences }, { rater: "judge" }).winRates,
    }
  },
})
