/**
 * Finds training texts that say what an evaluation prompt says in other words, by the cosine of a sentence encoder: what a
 * comparison of words can't see.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { Encoder, Examples, Paraphrases, PreferencePairs, Prompts, RatedPairs, Texts } from "./artifacts.ts"
import { attempt } from "./formats/attempt.ts"
import { checkedRows } from "./formats/parse.ts"
import { readAll, readOptional } from "./read-inputs.ts"
import { LabelledAnswers } from "./refusal/artifacts.ts"

/** What of a training row is compared: the request, without the answer. */
const exampleText = ({ instruction, input }: { readonly instruction: string; readonly input: string }): string =>
  `${instruction} ${input}`.trim()

/** The texts that are compared: the requests of all that trains, and the prompts of all that tests. */
export const collectTexts = Stage.make("collect-texts", {
  params: Schema.Struct({}),
  inputs: {
    examples: Artifact.many(Examples),
    rated: Artifact.optional(RatedPairs),
    preferred: Artifact.optional(PreferencePairs),
    labelled: Artifact.optional(LabelledAnswers),
    evaluation: Artifact.many(Prompts),
  },
  outputs: { training: Texts, evaluation: Texts },
  run: Effect.fnUntraced(function* ({ inputs }) {
    const examples = yield* readAll(inputs.examples)
    const prompts = yield* readAll(inputs.evaluation)
    const pairs = [
      ...((yield* readOptional(inputs.rated)) ?? []),
      ...((yield* readOptional(inputs.preferred)) ?? []),
      ...((yield* readOptional(inputs.labelled)) ?? []),
    ]
    const training = [
      ...examples.map((row) => ({ id: row.id, text: exampleText(row) })),
      ...pairs.map(({ id, prompt }) => ({ id, text: prompt })),
    ]
    const evaluation = prompts.map(({ id, prompt }) => ({ id, text: prompt }))
    return yield* attempt(() => ({
      training: checkedRows(training, "the training texts"),
      evaluation: checkedRows(evaluation, "the evaluation texts"),
    }))
  }),
})

const AtLeastOne = Schema.Int.check(Schema.isGreaterThan(0))

/** For each training text the evaluation text that is nearest to it, where their cosine reaches the threshold. */
export const findParaphrases = Stage.worker("find-paraphrases", {
  params: Schema.Struct({
    /** Cosine from which two texts count as paraphrases. */
    threshold: Schema.Finite.check(Schema.isBetween({ minimum: 0.5, maximum: 1 })),
    /** Tokens from which a text is cut at its end. */
    maxTokens: AtLeastOne,
    batchSize: AtLeastOne,
  }),
  inputs: { model: Encoder, training: Texts, evaluation: Texts },
  outputs: { paraphrases: Paraphrases },
  resources: { memory: 1500, gpu: 1 },
  task: "find-paraphrases",
  entry: "repro_worker.tasks.find_paraphrases:run",
})
