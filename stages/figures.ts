/**
 * The figures: each is a Vega-Lite specification with its data, drawn as SVG and as PNG. A specification is kept beside
 * the pictures so that a reader can redraw or restyle a figure without this project.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { TopLevelSpec } from "vega-lite"
import { Artifact } from "../kit/artifact.ts"
import { StageError } from "../kit/errors.ts"
import { draw } from "../kit/lib/vega.ts"
import { Stage } from "../kit/stage.ts"
import { qualitySentences } from "./analysis/reward-quality.ts"
import { benchmarkFigure } from "./figures/benchmarks.ts"
import { effectFigure } from "./figures/effect.ts"
import { exaggeratedFigure } from "./figures/exaggerated.ts"
import { figureOne } from "./figures/figure-one.ts"
import { harmFigure, moderationFigure } from "./figures/harm.ts"
import { helpFigure } from "./figures/opinions.ts"
import { readOptional } from "./read-inputs.ts"
import {
  BenchmarksByAmount,
  ComparedModels,
  ExaggeratedSafety,
  FigurePng,
  FigureSpec,
  FigureSvg,
  HarmBySet,
  HelpByAmount,
  ModerationBySet,
  Overview,
  RefusalsBySet,
  Summary,
} from "./results.ts"

const FigureParams = Schema.Struct({ profile: Schema.String, model: Schema.String })
export type FigureParams = typeof FigureParams.Type

const outputs = { spec: FigureSpec, svg: FigureSvg, png: FigurePng } as const

const drawn = (id: string, spec: TopLevelSpec, root: string) =>
  Effect.map(
    Effect.tryPromise({
      try: () => draw(spec, root),
      catch: (error) =>
        StageError.of(
          `The figure ${id} could not be drawn: ${error instanceof Error ? error.message : String(error)}`,
          `stages/figures (${id})`,
          "Correct the specification; if a font is missing, run `make setup`.",
        ),
    }),
    (picture) => ({ spec: spec as unknown, ...picture }),
  )

const SCORES = "stages/figures/harm.ts#scoreFigure"

/** The trade-off at a glance, after the paper's Figure 1. */
export const figOne = Stage.make("fig-1", {
  params: FigureParams,
  inputs: { summary: Summary, overview: Overview },
  outputs,
  rows: {
    spec: {
      rules: ["stages/figures/figure-one.ts#panel"],
      from: { overview: { columns: ["model", "safety"], columnIn: "measure" } },
    },
  },
  run: ({ params, inputs, root }) =>
    Effect.gen(function* () {
      const [summary, overview] = [yield* inputs.summary.read, yield* inputs.overview.read]
      return yield* drawn("fig-1", figureOne(summary, overview, params), root)
    }),
})

/** Harm by evaluation set and number of safety examples. */
export const figHarm = Stage.make("fig-harm", {
  params: FigureParams,
  inputs: { harm: HarmBySet, summary: Artifact.optional(Summary) },
  outputs,
  rows: { spec: { rules: [SCORES], from: { harm: { columns: ["set", "unsafe", "model", "safety"] } } } },
  run: ({ params, inputs, root }) =>
    Effect.gen(function* () {
      const summary = yield* readOptional(inputs.summary)
      const quality = summary && qualitySentences(summary)
      return yield* drawn("fig-harm", harmFigure(yield* inputs.harm.read, params, quality), root)
    }),
})

/** Moderation scores by evaluation set and number of safety examples. */
export const figModeration = Stage.make("fig-moderation", {
  params: FigureParams,
  inputs: { moderation: ModerationBySet },
  outputs,
  rows: { spec: { rules: [SCORES], from: { moderation: { columns: ["set", "unsafe", "model", "safety"] } } } },
  run: ({ params, inputs, root }) =>
    Effect.flatMap(inputs.moderation.read, (rows) => drawn("fig-moderation", moderationFigure(rows, params), root)),
})

/** Win rates by number of safety examples. */
export const figHelpful = Stage.make("fig-helpful", {
  params: FigureParams,
  inputs: { help: HelpByAmount },
  outputs,
  rows: {
    spec: {
      rules: ["stages/figures/opinions.ts#helpFigure"],
      from: { help: { columns: ["rater", "model", "safety"] } },
    },
  },
  run: ({ params, inputs, root }) =>
    Effect.flatMap(inputs.help.read, (rows) => drawn("fig-helpful", helpFigure(rows, params), root)),
})

/** Exaggerated safety by number of safety examples, and by type of prompt. */
export const figExaggerated = Stage.make("fig-exaggerated", {
  params: FigureParams,
  inputs: { exaggerated: ExaggeratedSafety, refusals: RefusalsBySet },
  outputs,
  rows: {
    spec: {
      rules: ["stages/figures/exaggerated.ts#byAmount", "stages/figures/exaggerated.ts#byType"],
      from: {
        exaggerated: { columns: ["type", "model", "safety"] },
        refusals: { columns: ["set", "unsafe", "model", "safety"] },
      },
    },
  },
  run: ({ params, inputs, root }) =>
    Effect.gen(function* () {
      const [exaggerated, refusals] = [yield* inputs.exaggerated.read, yield* inputs.refusals.read]
      return yield* drawn("fig-exaggerated", exaggeratedFigure(exaggerated, refusals, params), root)
    }),
})

/** Benchmark accuracy by number of safety examples. */
export const figBenchmarks = Stage.make("fig-benchmarks", {
  params: FigureParams,
  inputs: { benchmarks: BenchmarksByAmount },
  outputs,
  rows: {
    spec: {
      rules: ["stages/figures/benchmarks.ts#benchmarkFigure"],
      from: { benchmarks: { columns: ["task", "metric", "model", "safety"] } },
    },
  },
  run: ({ params, inputs, root }) =>
    Effect.flatMap(inputs.benchmarks.read, (rows) => drawn("fig-benchmarks", benchmarkFigure(rows, params), root)),
})

/** Refusals by number of safety examples, over all sets. */
export const figEffect = Stage.make("fig-effect", {
  params: FigureParams,
  inputs: { models: ComparedModels },
  outputs,
  rows: {
    spec: {
      rules: ["stages/figures/effect.ts#effectFigure"],
      from: { models: { columns: ["recipe", "safety"], columnIn: "measure" } },
    },
  },
  run: ({ params, inputs, root }) =>
    Effect.flatMap(inputs.models.read, (rows) => drawn("fig-effect", effectFigure(rows, params), root)),
})
