/** What the refusal classifier learns from, in one form. */
import type { ValueOf } from "../../kit/artifact.ts"
import type { Examples, RatedPairs } from "../artifacts.ts"
import { type TrainingAnswer, trainingAnswer } from "./classifier.ts"
import type { Meaning } from "./meaning.ts"

/** Training examples are many, plain and all alike: each counts for less than an answer that was labelled. */
const EXAMPLE_WEIGHT = 0.1

/** What an example asks. */
export const examplePrompt = ({ instruction, input }: { readonly instruction: string; readonly input: string }) =>
  `${instruction} ${input}`.trim()

/** Training examples as answers: those of safety refuse, general ones comply. */
export const fromExamples = (
  examples: ValueOf<typeof Examples>,
  meaning: Meaning | undefined,
): ReadonlyArray<TrainingAnswer> =>
  examples.map((example) =>
    trainingAnswer(
      {
        prompt: examplePrompt(example),
        answer: example.output,
        label: example.source === "safety" ? "full_refusal" : "full_compliance",
      },
      EXAMPLE_WEIGHT,
      meaning,
    ),
  )

/** Rated pairs say whether an answer refuses, and no more. */
export const fromRated = (
  pairs: ValueOf<typeof RatedPairs>,
  meaning: Meaning | undefined,
): ReadonlyArray<TrainingAnswer> =>
  pairs.map(({ prompt, answer, refusal }) =>
    trainingAnswer({ prompt, answer, label: refusal ? "refused" : "full_compliance" }, 1, meaning),
  )
