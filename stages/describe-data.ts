/** Describes the data of a profile: each set's size, lengths, topics, what was dropped of it, and a sample fit to be shown. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
import { benchmarkSets, exampleSet, labelledSet, preferredSet, promptSets, ratedSet } from "./analysis/data-sets.ts"
import {
  BoolqItems,
  ClosedBookItems,
  Examples,
  OpenbookqaItems,
  Overlaps,
  PiqaItems,
  PreferencePairs,
  Prompts,
  RatedPairs,
} from "./artifacts.ts"
import { readAll, readOptional } from "./read-inputs.ts"
import { LabelledAnswers } from "./refusal/artifacts.ts"
import { DataSets } from "./results.ts"

/** Training sets are named by the label `set` of their nodes, evaluation sets by their rows. */
export const describeData = Stage.make("describe-data", {
  params: Schema.Struct({}),
  inputs: {
    /** As they are read, before anything is dropped. */
    examples: Artifact.many(Examples),
    rated: Artifact.optional(RatedPairs),
    preferred: Artifact.optional(PreferencePairs),
    labelled: Artifact.optional(LabelledAnswers),
    prompts: Artifact.many(Prompts),
    /** The prompts that are asked. */
    asked: Prompts,
    boolq: Artifact.optional(BoolqItems),
    boolqClosedBook: Artifact.optional(ClosedBookItems),
    piqa: Artifact.optional(PiqaItems),
    openbookqa: Artifact.optional(OpenbookqaItems),
    overlaps: Artifact.many(Overlaps),
  },
  outputs: { sets: DataSets },
  run: Effect.fnUntraced(function* ({ inputs }) {
    const overlaps = yield* readAll(inputs.overlaps)
    const examples = yield* Effect.forEach(inputs.examples, (file) =>
      Effect.map(file.read, (rows) => exampleSet(String(file.labels.set ?? file.node), rows, overlaps)),
    )
    const [rated, preferred] = [yield* readOptional(inputs.rated), yield* readOptional(inputs.preferred)]
    const labelled = yield* readOptional(inputs.labelled)
    const prompts = yield* readAll(inputs.prompts)
    const benchmarks = benchmarkSets({
      boolq: yield* readOptional(inputs.boolq),
      boolqClosedBook: yield* readOptional(inputs.boolqClosedBook),
      piqa: yield* readOptional(inputs.piqa),
      openbookqa: yield* readOptional(inputs.openbookqa),
    })
    const sets = [
      ...examples,
      ...(rated === undefined ? [] : [ratedSet(rated, overlaps)]),
      ...(preferred === undefined ? [] : [preferredSet(preferred, overlaps)]),
      ...(labelled === undefined ? [] : [labelledSet(labelled)]),
      ...promptSets(prompts, yield* inputs.asked.read),
      ...benchmarks,
    ]
    return { sets }
  }),
})
