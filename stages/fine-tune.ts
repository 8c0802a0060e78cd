/** Fine-tunes a LoRA adapter on a data mix. */
import * as Schema from "effect/Schema"
import { Stage } from "../kit/stage.ts"
import { Adapter, Examples, FineTuneReport, Model } from "./artifacts.ts"
import { Precision } from "./import-model.ts"

const Positive = Schema.Finite.check(Schema.isGreaterThan(0))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const AtLeastOne = Schema.Int.check(Schema.isGreaterThan(0))

/** How a model is fine-tuned. */
export const Recipe = Schema.Struct({
  rank: AtLeastOne,
  alpha: Positive,
  dropout: Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1, exclusiveMaximum: true })),
  /** Names of the modules that get an adapter. */
  targets: Schema.NonEmptyArray(Schema.String),
  learningRate: Positive,
  epochs: AtLeastOne,
  warmupSteps: Count,
  schedule: Schema.Literals(["constant", "linear", "cosine"]),
  /** Rows of one optimiser step. */
  batchSize: AtLeastOne,
  /** Rows of one forward pass; divides the batch size. */
  microBatchSize: AtLeastOne,
  /** Brings rows of like length into one batch, which saves padding; the seed alone decides which. */
  groupByLength: Schema.Boolean,
  /** Tokens from which a row is cut at its end. */
  cutoffTokens: AtLeastOne,
  /** Whether the loss counts the prompt's tokens too. */
  lossOnPrompt: Schema.Boolean,
  /** Rows held out for the validation loss. */
  validationRows: Count,
  /** Steps between two validations; 0 for none. */
  evaluateEverySteps: Count,
  /** Keep the weights of the best validation loss, not the last. */
  keepBest: Schema.Boolean,
  weightDecay: Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)),
})

export const fineTune = Stage.worker("fine-tune", {
  params: Schema.Struct({ recipe: Recipe, dtype: Precision, seed: Schema.Int }),
  inputs: { model: Model, mix: Examples },
  outputs: { adapter: Adapter, report: FineTuneReport },
  resources: { memory: 4000, gpu: 1 },
  task: "finetune",
  entry: "repro_worker.tasks.finetune:run",
})
