/** Benchmarks a model with lm-evaluation-harness: on items that are wired, or by its official tasks and their data sets. */
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import {
  Adapter,
  BenchmarkScores,
  BoolqItems,
  ClosedBookItems,
  Model,
  OpenbookqaItems,
  PiqaItems,
} from "./artifacts.ts"
import { HUB_VARIABLES, Precision } from "./import-model.ts"

const AtLeastOne = Schema.Int.check(Schema.isGreaterThan(0))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

const params = Schema.Struct({
  shots: Count,
  /** At most so many items of each task (0: all). */
  limit: Count,
  batchSize: AtLeastOne,
  maxTokens: AtLeastOne,
  dtype: Precision,
  /** The harness's own tasks and data sets, which need the hub: see `officialBenchmark`. */
  official: Schema.optionalKey(Schema.Boolean),
})

const work = {
  resources: { memory: 3000, gpu: 1 },
  task: "benchmark",
  entry: "repro_worker.tasks.benchmark:run",
} as const

/** The form of the official tasks on the items that are wired. */
export const benchmark = Stage.worker("benchmark", {
  params,
  inputs: {
    model: Model,
    adapter: Artifact.optional(Adapter),
    boolq: Artifact.optional(BoolqItems),
    boolqClosedBook: Artifact.optional(ClosedBookItems),
    piqa: Artifact.optional(PiqaItems),
    openbookqa: Artifact.optional(OpenbookqaItems),
  },
  outputs: { results: BenchmarkScores },
  ...work,
})

/** BoolQ, PIQA and OpenBookQA under their official names, with their data sets from the Hugging Face hub. */
export const officialBenchmark = Stage.worker("official-benchmark", {
  params,
  inputs: { model: Model, adapter: Artifact.optional(Adapter) },
  outputs: { results: BenchmarkScores },
  secrets: HUB_VARIABLES,
  ...work,
})
