/** A judge compares two models' answers to the same prompts, each pair in both orders, and is itself judged on known pairs. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { type AskingContext, Stage } from "../kit/stage.ts"
import { Answers, JudgeReport, Model, PreferencePairs, Preferences } from "./artifacts.ts"
import { Precision } from "./import-model.ts"
import { type AskSettings, askAll, askSettings } from "./inference/ask-all.ts"
import { connect, Endpoint, TOKEN } from "./inference/endpoint.ts"
import { judgeQuestion, type Showing } from "./judge/ask.ts"
import { reportOf } from "./judge/report.ts"
import { type Verdict, verdictOf } from "./judge/verdict.ts"
import { withBaseline } from "./with-baseline.ts"

const Judge = {
  endpoint: Endpoint,
  /** How the verdict is read; a judge that gives no probabilities writes a letter. */
  reading: Schema.Literals(["probabilities", "letter"]),
  /** Of a local judge. */
  dtype: Precision,
}
const JudgeParams = Schema.Struct(Judge)

const service = "repro_worker.services.chat:main"
const common = { service, secrets: [TOKEN], settings: askSettings, resources: { memory: 1500 } } as const

/** Verdicts on pairs, `first` being the model's answer and `second` the other's; each is shown in both orders. */
const judgeAll = Effect.fnUntraced(function* (
  context: Pick<
    AskingContext<typeof JudgeParams.Type, Record<string, never>, AskSettings>,
    "params" | "asking" | "settings" | "progress"
  >,
  pairs: ReadonlyArray<Showing>,
) {
  const { endpoint, reading, dtype } = context.params
  const asked = yield* connect(context.asking, endpoint, {
    inputs: { model: "judge" },
    params: { name: endpoint.name, dtype },
    path: "/v1",
  })
  const showings = pairs.flatMap((pair) => [pair, { ...pair, first: pair.second, second: pair.first }])
  const outcomes = yield* askAll(
    context,
    asked,
    showings.map((showing) => judgeQuestion(asked, showing, reading)),
  )
  return pairs.map((_, at): Verdict => verdictOf(outcomes[2 * at] as never, outcomes[2 * at + 1] as never))
})

/** A model's answers against a baseline's, on the sets that are named. */
export const judgePreferences = Stage.asking("judge", {
  ...common,
  params: Schema.Struct({ ...Judge, sets: Schema.Array(Schema.String) }),
  inputs: { judge: Artifact.optional(Model), answers: Answers, baseline: Answers },
  outputs: { preferences: Preferences },
  rows: {
    preferences: {
      rules: ["stages/judge/verdict.ts#verdictOf", "stages/judge/prompt.txt"],
      from: { judge: "whole", answers: { columns: ["set", "id"] }, baseline: { columns: ["set", "id"] } },
    },
  },
  run: Effect.fnUntraced(function* (context) {
    const { inputs, params } = context
    const rows = yield* withBaseline(inputs.answers, inputs.baseline, params.sets)
    const pairs = rows.map(([own, other]) => ({ request: own.prompt, first: own.answer, second: other.answer }))
    const verdicts = yield* judgeAll(context, pairs)
    return { preferences: rows.map(([{ id, set }], at) => ({ id, set, ...(verdicts[at] as Verdict) })) }
  }),
})

/** The judge on pairs of which one answer is known to be better. */
export const checkJudge = Stage.asking("check-judge", {
  ...common,
  params: JudgeParams,
  inputs: { judge: Artifact.optional(Model), pairs: PreferencePairs },
  outputs: { report: JudgeReport },
  run: Effect.fnUntraced(function* (context) {
    const pairs = yield* context.inputs.pairs.read
    const showings = pairs.map(({ prompt, chosen, rejected }) => ({ request: prompt, first: chosen, second: rejected }))
    return { report: reportOf(context.params.endpoint.name, yield* judgeAll(context, showings)) }
  }),
})
