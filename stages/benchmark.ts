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

/** A row is of one benchmark, so of its items alone. Names of tasks are those of the worker's `benchmark_tasks.py`. */
const RULES = ["worker/repro_worker/tasks/benchmark.py#_rows", "worker/repro_worker/benchmark_tasks.py#DEFINITIONS"]
const model = { model: "whole", adapter: "whole" } as const

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
  rows: {
    results: {
      rules: RULES,
      from: {
        ...model,
        boolq: { when: { task: "repro_boolq" } },
        boolqClosedBook: { when: { task: "repro_boolq_closed_book" } },
        piqa: { when: { task: "repro_piqa" } },
        openbookqa: { when: { task: "repro_openbookqa" } },
      },
    },
  },
  ...work,
})

/** BoolQ, PIQA and OpenBookQA under their official names, with their data sets from the Hugging Face hub. */
export const officialBenchmark = Stage.worker("official-benchmark", {
  params,
  inputs: { model: Model, adapter: Artifact.optional(Adapter) },
  outputs: { results: BenchmarkScores },
  rows: { results: { rules: RULES, from: model } },
  secrets: HUB_VARIABLES,
  ...work,
})
