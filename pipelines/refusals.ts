/** The refusal classifier of a profile, with its sentence encoder where the profile reads answers by one. */
import type { HandleOf } from "../kit/node.ts"
import { labelled } from "../kit/pipeline.ts"
import type { Answers } from "../stages/artifacts.ts"
import type { Sentences } from "../stages/refusal/artifacts.ts"
import { classifyRefusals, trainRefusalClassifier } from "../stages/refusals.ts"
import { collectLabelledSentences, collectSentences, embedSentences } from "../stages/sentence-vectors.ts"
import type { Profile } from "./profiles/profile.ts"
import type { readStudyData } from "./read-data.ts"

/** Trains the classifier; `classify` classes the answers of a model by it. */
export const makeRefusals = (
  profile: Profile,
  { labelled: learned, encoder: model }: Pick<ReturnType<typeof readStudyData>, "labelled" | "encoder">,
) => {
  const { reading, ...how } = profile.refusals
  const vectorsOf = (read: () => { readonly sentences: HandleOf<typeof Sentences> }) =>
    model && reading && embedSentences({ model, ...read() }, reading).vectors
  const vectors = labelled({ set: "refusals" }, () => vectorsOf(() => collectLabelledSentences(learned, {})))
  const { classifier, agreement } = trainRefusalClassifier({ ...learned, vectors }, how)
  const classify = (answers: HandleOf<typeof Answers>) =>
    classifyRefusals({ answers, classifier, vectors: vectorsOf(() => collectSentences({ answers }, {})) }, {}).refusals
  return { agreement, classify }
}
