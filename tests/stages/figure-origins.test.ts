/** What a point of a figure is said to be made of is true: it moves with the rows that are named and with nothing else. */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { documentRows, type Row, type Rows } from "../../kit/provenance/rows.ts"
import type { RowOrigins } from "../../kit/row-origins.ts"
import { compareModels } from "../../stages/compare-models.ts"
import { benchmarkFigure } from "../../stages/figures/benchmarks.ts"
import { effectFigure } from "../../stages/figures/effect.ts"
import { exaggeratedFigure } from "../../stages/figures/exaggerated.ts"
import { figureOne } from "../../stages/figures/figure-one.ts"
import { harmFigure, moderationFigure } from "../../stages/figures/harm.ts"
import { helpFigure } from "../../stages/figures/opinions.ts"
import * as Figures from "../../stages/figures.ts"
import * as Results from "../../stages/results.ts"
import { type Changes, changed, type Files } from "./support/moved-rows.ts"
import { analysed } from "./support/outputs.ts"
import { input, runStage } from "./support/run-stage.ts"
import { SUBJECT, smallRun } from "./support/small-run.ts"

const shifted = (row: Row, names: ReadonlyArray<string>): Row => ({
  ...row,
  ...Object.fromEntries(names.flatMap((name) => (typeof row[name] === "number" ? [[name, row[name] / 2 + 0.21]] : []))),
})

const MEASURED = { value: 0.41, low: 0.31, high: 0.51 }
const measures = (row: Row, columns: ReadonlySet<string> | undefined): Row => {
  const moved = Object.entries(row).flatMap(([name, value]) =>
    typeof value === "object" && value !== null && (columns?.has(name) ?? true)
      ? [[name, { ...value, ...MEASURED }]]
      : [],
  )
  return { ...row, ...Object.fromEntries(moved) }
}

const CHANGES: Changes = {
  harm: [Results.HarmBySet, (row) => shifted(row, ["mean", "low", "high"])],
  moderation: [Results.ModerationBySet, (row) => shifted(row, ["mean", "low", "high"])],
  help: [Results.HelpByAmount, (row) => shifted(row, ["winRate", "low", "high"])],
  refusals: [Results.RefusalsBySet, (row) => shifted(row, ["refused", "low", "high"])],
  exaggerated: [Results.ExaggeratedSafety, (row) => shifted(row, ["refused", "low", "high"])],
  benchmarks: [Results.BenchmarksByAmount, (row) => shifted(row, ["mean", "standardError"])],
  overview: [Results.Overview, measures],
  models: [Results.ComparedModels, measures],
}

const { models } = (await runStage(compareModels as never, {
  params: { lookalikes: ["look-alikes"], generalAmount: 100 },
  inputs: smallRun(({ safety }) => safety !== undefined),
})) as { models: never }
const all = { ...(await analysed()), models: input(Results.ComparedModels, models) }
const summary = Effect.runSync(all.summary.read as Effect.Effect<Results.SummaryValue>)

type Draw = (inputs: Readonly<Record<string, never>>) => unknown

/** Each figure, with what it draws: the specification alone, since drawing takes long. */
const FIGURES: Readonly<Record<string, readonly [inputs: ReadonlyArray<string>, points: number, draw: Draw]>> = {
  figOne: [["overview"], 6, ({ overview }) => figureOne(summary, overview as never, SUBJECT)],
  figHarm: [["harm"], 8, ({ harm }) => harmFigure(harm as never, SUBJECT)],
  figModeration: [["moderation"], 8, ({ moderation }) => moderationFigure(moderation as never, SUBJECT)],
  figHelpful: [["help"], 2, ({ help }) => helpFigure(help as never, SUBJECT)],
  figExaggerated: [
    ["exaggerated", "refusals"],
    16,
    ({ exaggerated, refusals }) => exaggeratedFigure(exaggerated as never, refusals as never, SUBJECT),
  ],
  figBenchmarks: [["benchmarks"], 4, ({ benchmarks }) => benchmarkFigure(benchmarks as never, SUBJECT)],
  figEffect: [["models"], 9, ({ models }) => effectFigure(models as never, SUBJECT)],
}

it.each(Object.entries(FIGURES))("a point of %s moves with what is named and with nothing else", (name, figure) => {
  const [from, points, spec] = figure
  const files = Object.fromEntries(from.map((one) => [one, [all[one as keyof typeof all]]])) as unknown as Files
  const draw = (moved: Files): Rows => {
    const read = Object.entries(moved).map(([one, [file]]) => [one, Effect.runSync(file?.read as never)])
    return documentRows(JSON.parse(JSON.stringify(spec(Object.fromEntries(read))))) as Rows
  }
  const table = draw(files)
  expect(table.rows).toHaveLength(points)
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: tests are not bundled
  const rows = Figures[name as "figOne"].definition.rows as RowOrigins
  for (const [index, row] of table.rows.entries()) {
    const wanted = { rows: new Set([index]), table, columns: undefined }
    const change = (which: "named" | "others") => draw(changed(CHANGES, files, rows.spec?.from ?? {}, wanted, which))
    expect(change("others").rows[index], JSON.stringify(row)).toEqual(row)
    expect(change("named").rows[index], JSON.stringify(row)).not.toEqual(row)
  }
})
