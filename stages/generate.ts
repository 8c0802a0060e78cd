/** Answers all prompts with a model, fine-tuned or not. */
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { Adapter, Answers, Model, Prompts } from "./artifacts.ts"
import { Precision } from "./import-model.ts"

const AtLeastOne = Schema.Int.check(Schema.isGreaterThan(0))

/** How answers are decoded; never by sampling. */
export const Decoding = Schema.Struct({
  strategy: Schema.Literals(["greedy", "beam"]),
  /** 1 when greedy. */
  beams: AtLeastOne,
  maxNewTokens: AtLeastOne,
})

export const generate = Stage.worker("generate", {
  params: Schema.Struct({ decoding: Decoding, batchSize: AtLeastOne, dtype: Precision }),
  inputs: { model: Model, adapter: Artifact.optional(Adapter), prompts: Prompts },
  outputs: { answers: Answers },
  rows: { answers: { rules: [], from: { model: "whole", adapter: "whole", prompts: { columns: ["set", "id"] } } } },
  resources: { memory: 2500, gpu: 1 },
  task: "generate",
  entry: "repro_worker.tasks.generate:run",
})
