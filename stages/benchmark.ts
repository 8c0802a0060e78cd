/** Benchmarks a model with lm-evaluation-harness on local tasks. */
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
import { Precision } from "./import-model.ts"

const AtLeastOne = Schema.Int.check(Schema.isGreaterThan(0))
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

export const benchmark = Stage.worker("benchmark", {
  params: Schema.Struct({
    shots: Count,
    /** At most so many items of each task (0: all). */
    limit: Count,
    batchSize: AtLeastOne,
    maxTokens: AtLeastOne,
    dtype: Precision,
    /** The harness's own tasks and data, which need the network, in place of the items that are wired. */
    official: Schema.optionalKey(Schema.Boolean),
  }),
  inputs: {
    model: Model,
    adapter: Artifact.optional(Adapter),
    boolq: Artifact.optional(BoolqItems),
    boolqClosedBook: Artifact.optional(ClosedBookItems),
    piqa: Artifact.optional(PiqaItems),
    openbookqa: Artifact.optional(OpenbookqaItems),
  },
  outputs: { results: BenchmarkScores },
  resources: { memory: 3000 },
  task: "benchmark",
  entry: "repro_worker.tasks.benchmark:run",
})
