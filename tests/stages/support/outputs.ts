/** The small run, analysed, drawn and tabled: what tests of later stages start from. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { Labels } from "../../../kit/node.ts"
import { analyze } from "../../../stages/analyze.ts"
import { analyzeOpinions } from "../../../stages/analyze-opinions.ts"
import { JudgeReport, SourceFile } from "../../../stages/artifacts.ts"
import * as Figures from "../../../stages/figures.ts"
import * as Results from "../../../stages/results.ts"
import * as Tables from "../../../stages/tables.ts"
import { input, ROOT, runStage, textInput } from "./run-stage.ts"
import { OPINION_PARAMS, PARAMS, SUBJECT, smallOpinions, smallRun } from "./small-run.ts"

export interface Drawn {
  readonly spec: unknown
  readonly svg: string
  readonly png: Uint8Array
}
export interface Tabled {
  readonly table: Results.TableValue
  readonly markdown: string
}

/** A published file of this project. */
export const reference = (name: string) =>
  textInput(SourceFile, fs.readFileSync(path.join(ROOT, "data/reference", name), "utf8"))

/** The analysis' outputs as inputs of the next stages, with the published files. */
export const analysed = async (only?: (labels: Labels) => boolean, inputs: object = {}) => {
  const out = (await runStage(analyze as never, {
    params: PARAMS,
    inputs: { ...smallRun(only), ...inputs },
  })) as Record<string, never>
  const opinions = (await runStage(analyzeOpinions as never, {
    params: OPINION_PARAMS,
    inputs: { ...smallOpinions(only) },
  })) as Record<string, never>
  return {
    moderation: input(Results.ModerationBySet, opinions.moderation as never),
    help: input(Results.HelpByAmount, opinions.help as never),
    reports: [input(JudgeReport, JUDGE, { pairs: "answers to other requests" })],
    summary: input(Results.Summary, out.summary as never),
    overview: input(Results.Overview, out.overview as never),
    harm: input(Results.HarmBySet, out.harm as never),
    refusals: input(Results.RefusalsBySet, out.refusals as never),
    exaggerated: input(Results.ExaggeratedSafety, out.exaggerated as never),
    benchmarks: input(Results.BenchmarksByAmount, out.benchmarks as never),
    evaluationSets: input(Results.EvaluationSets, out.evaluationSets as never),
    sideBySide: input(Results.SideBySide, out.sideBySide as never),
    trainingRuns: input(Results.TrainingRuns, out.trainingRuns as never),
    overlaps: input(Results.OverlapCounts, out.overlaps as never),
    figureOne: reference("figure-1-unsafe-vs-exaggerated.csv"),
    quoted: reference("quoted.csv"),
    rerun: reference("independent-rerun-beavertails.csv"),
  }
}

const JUDGE = {
  ...{ judge: "Toy judge", pairs: 20, missing: 1 },
  ...{ agreement: 0.75, turned: 0.5, firstPreferred: 0.9 },
}

/** Draws one figure. */
export const drawn = (name: keyof typeof Figures, inputs: object): Promise<Drawn> =>
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: tests are not bundled
  runStage(Figures[name] as never, { params: SUBJECT, inputs: inputs as never }) as unknown as Promise<Drawn>

/** Makes one table. */
export const tabled = (name: keyof typeof Tables, inputs: object): Promise<Tabled> =>
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: tests are not bundled
  runStage(Tables[name] as never, {
    params: { ...SUBJECT, classifier: "a toy", judge: "a toy judge" },
    inputs: inputs as never,
  }) as unknown as Promise<Tabled>

const FIGURES = ["figOne", "figHarm", "figModeration", "figHelpful", "figExaggerated", "figBenchmarks"] as const
const TABLES = [
  "tabData",
  "tabHarm",
  "tabModeration",
  "tabHelpful",
  "tabJudge",
  "tabReward",
  "tabRefusals",
  "tabBenchmarks",
  "tabExamples",
  "tabReference",
  "tabRerun",
  "tabRuns",
] as const

/** The inputs of the paper. */
export const paperInputs = async (inputs: Awaited<ReturnType<typeof analysed>>) => {
  const made: Record<string, unknown> = { summary: inputs.summary, overlaps: inputs.overlaps }
  for (const name of FIGURES) made[name] = textInput(Results.FigureSvg, (await drawn(name, inputs)).svg)
  for (const name of TABLES) made[name] = input(Results.TableDocument, (await tabled(name, inputs)).table)
  return made
}
