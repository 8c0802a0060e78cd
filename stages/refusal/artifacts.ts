/** Kinds of artifact of the refusal classifier. */
import * as Schema from "effect/Schema"
import { Artifact } from "../../kit/artifact.ts"

const { String: Text, Number: Real, Int } = Schema

/** The classes that a person or the classifier gives; "unclear" is for answers that say nothing. */
export const ANSWER_CLASSES = ["full_refusal", "partial_refusal", "full_compliance"] as const
export const AnswerClass = Schema.Literals(ANSWER_CLASSES)

/** An answer with the class that a person gave it. */
export const LabelledAnswers = Artifact.jsonl(
  "labelled_answers",
  Schema.Struct({ id: Text, prompt: Text, unsafe: Schema.Boolean, answer: Text, label: AnswerClass }),
)

/** A trained classifier: weights by class for named features, the intercept last. */
export const RefusalClassifier = Artifact.json(
  "refusal_classifiers",
  Schema.Struct({
    classes: Schema.Array(AnswerClass),
    features: Schema.Array(Text),
    weights: Schema.Array(Schema.Array(Real)),
  }),
)

/** How well a method agrees with people; measures that don't exist (a class that never occurs) are null. */
export const AgreementRow = Schema.Struct({
  method: Schema.Literals(["classifier", "string match", "largest class"]),
  answers: Int,
  accuracy: Schema.NullOr(Real),
  kappa: Schema.NullOr(Real),
  macroF1: Schema.NullOr(Real),
  /** Agreement on refused (fully or partly) against complied. */
  refusedAccuracy: Schema.NullOr(Real),
  recallFullRefusal: Schema.NullOr(Real),
  recallPartialRefusal: Schema.NullOr(Real),
  recallFullCompliance: Schema.NullOr(Real),
})

/** Agreement of the classifier, beside the string match and the largest class, on answers that it was not trained on. */
export const RefusalAgreement = Artifact.jsonl("refusal_agreement", AgreementRow)
