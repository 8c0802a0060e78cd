/**
 * The paper of a run: the Typst sources of `paper/` with the run's numbers, tables and figures, as a PDF. The sources are
 * imported as text, so an edit of one of them sets the paper anew and reruns nothing else.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { StageError } from "../kit/errors.ts"
import { compilePdf } from "../kit/lib/typst.ts"
import { Stage } from "../kit/stage.ts"
import mainTyp from "../paper/main.typ" with { type: "text" }
import referencesBib from "../paper/references.bib" with { type: "text" }
import tablesTyp from "../paper/tables.typ" with { type: "text" }
import templateTyp from "../paper/template.typ" with { type: "text" }
import { paperContent } from "./analysis/paper-content.ts"
import { FigureSvg, OverlapCounts, PaperPdf, Summary, TableDocument } from "./results.ts"

const PaperParams = Schema.Struct({
  /** What the data of the profile are and where they come from, in sentences. */
  data: Schema.String,
  /** What the paper has and the profile leaves out, each with the reason. */
  notRun: Schema.Array(Schema.Struct({ what: Schema.String, why: Schema.String })),
})
export type PaperParams = typeof PaperParams.Type

/** The paper. Model and profile are those of the summary. */
export const paper = Stage.make("paper", {
  params: PaperParams,
  inputs: {
    summary: Summary,
    overlaps: OverlapCounts,
    figOne: FigureSvg,
    figHarm: FigureSvg,
    figModeration: FigureSvg,
    figHelpful: FigureSvg,
    figExaggerated: FigureSvg,
    figBenchmarks: FigureSvg,
    tabData: TableDocument,
    tabHarm: TableDocument,
    tabModeration: TableDocument,
    tabHelpful: TableDocument,
    tabJudge: TableDocument,
    tabReward: TableDocument,
    tabRefusals: TableDocument,
    tabBenchmarks: TableDocument,
    tabExamples: TableDocument,
    tabReference: TableDocument,
    tabRerun: TableDocument,
    tabRuns: TableDocument,
  },
  outputs: { pdf: PaperPdf },
  seesTrust: true,
  run: ({ params, inputs, scratch, root, onTrust }) =>
    Effect.gen(function* () {
      const tables = yield* Effect.all([
        inputs.tabData.read,
        inputs.tabHarm.read,
        inputs.tabModeration.read,
        inputs.tabHelpful.read,
        inputs.tabJudge.read,
        inputs.tabReward.read,
        inputs.tabRefusals.read,
        inputs.tabBenchmarks.read,
        inputs.tabExamples.read,
        inputs.tabReference.read,
        inputs.tabRerun.read,
        inputs.tabRuns.read,
      ])
      const content = paperContent(yield* inputs.summary.read, yield* inputs.overlaps.read, tables, params, onTrust)
      const files = {
        "main.typ": mainTyp,
        "template.typ": templateTyp,
        "tables.typ": tablesTyp,
        "references.bib": referencesBib,
        "run.json": JSON.stringify(content),
        "figures/fig-1.svg": yield* inputs.figOne.read,
        "figures/fig-harm.svg": yield* inputs.figHarm.read,
        "figures/fig-moderation.svg": yield* inputs.figModeration.read,
        "figures/fig-helpful.svg": yield* inputs.figHelpful.read,
        "figures/fig-exaggerated.svg": yield* inputs.figExaggerated.read,
        "figures/fig-benchmarks.svg": yield* inputs.figBenchmarks.read,
      }
      const pdf = yield* Effect.try({
        try: () => compilePdf({ main: "main.typ", files }, { scratch, root, source: "paper" }),
        catch: (error) =>
          error instanceof StageError
            ? error
            : StageError.of(
                `Typst broke: ${error instanceof Error ? error.message : String(error)}`,
                "paper",
                "Run again.",
              ),
      })
      return { pdf: pdf.bytes }
    }),
})
