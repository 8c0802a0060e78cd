/**
 * What a row is said to be made of is true: changing all else leaves the row as it is, and changing what is named moves it.
 */
import { describe, expect, it } from "vitest"
import type { Row } from "../../kit/provenance/rows.ts"
import type { RowOrigins } from "../../kit/row-origins.ts"
import { analyze } from "../../stages/analyze.ts"
import { analyzeOpinions } from "../../stages/analyze-opinions.ts"
import { BenchmarkScores, HarmScores, ModerationScores, Preferences, Refusals } from "../../stages/artifacts.ts"
import { compareModels } from "../../stages/compare-models.ts"
import { type Changes, changed, type Files, tableOf } from "./support/moved-rows.ts"
import { runStage } from "./support/run-stage.ts"
import { OPINION_PARAMS, PARAMS, smallOpinions, smallRun } from "./support/small-run.ts"

const MEASURED: Changes = {
  harmScores: [HarmScores, (row) => ({ ...row, score: Number(row.score) + 1.3 })],
  moderation: [ModerationScores, (row) => ({ ...row, score: 0.77, missing: null })],
  refusals: [Refusals, (row) => ({ ...row, label: row.label === "full_refusal" ? "full_compliance" : "full_refusal" })],
  benchmarks: [BenchmarkScores, (row) => ({ ...row, value: Number(row.value) + 0.17 })],
  preferences: [Preferences, (row) => ({ ...row, preference: row.preference === 2 ? 1 : 2, missing: null })],
}

/** Inputs of which a stage takes many. */
const many = (files: object): Files => Object.fromEntries(Object.entries(files).filter(([, of]) => Array.isArray(of)))

const tuned = () => {
  const { answers, harmScores, refusals } = smallRun(({ safety }) => safety !== undefined)
  return { answers, harmScores, refusals }
}

const STAGES = [
  {
    stage: analyze,
    params: PARAMS,
    files: smallRun(),
    outputs: ["harm", "refusals", "exaggerated", "benchmarks", "overview"],
    measures: { overview: ["harm", "harmful", "refusedUnsafe", "refusedSafe", "exaggerated"] },
  },
  {
    stage: analyzeOpinions,
    params: OPINION_PARAMS,
    files: smallOpinions(),
    outputs: ["moderation", "help"],
    measures: {},
  },
  {
    stage: compareModels,
    params: { lookalikes: ["look-alikes"], generalAmount: 100 },
    files: tuned(),
    outputs: ["models"],
    measures: { models: ["harm", "refusedUnsafe", "separation"] },
  },
] as const

describe.each(STAGES)("$stage.definition.name", ({ stage, params, files, outputs, measures }) => {
  const run = (inputs: Files) =>
    runStage(stage as never, { params, inputs: { ...files, ...inputs } }) as unknown as Promise<
      Record<string, ReadonlyArray<Row>>
    >
  const origins = stage.definition.rows as RowOrigins
  const inputs = many(files)

  it.each(outputs)("%s: a row moves with what is named and with nothing else", { timeout: 60_000 }, async (output) => {
    const before = (await run(inputs))[output] ?? []
    expect(before.length).toBeGreaterThan(0)
    const from = origins[output]?.from ?? {}
    for (const [index, row] of before.entries()) {
      if (index % 3 !== 0) continue
      const wanted = { rows: new Set([index]), table: tableOf(before), columns: undefined }
      const others = (await run(changed(MEASURED, inputs, from, wanted, "others")))[output] ?? []
      expect(others[index], JSON.stringify(row)).toEqual(row)
      const named = (await run(changed(MEASURED, inputs, from, wanted, "named")))[output] ?? []
      expect(named[index], JSON.stringify(row)).not.toEqual(row)
    }
  })

  const cells = Object.entries(measures).flatMap(([output, columns]) =>
    columns.map((column: string) => ({ output, column })),
  )
  it.each(cells)("$output: $column of a row moves with what is named for it and with nothing else", async (cell) => {
    const { output, column } = cell
    const before = (await run(inputs))[output] ?? []
    const from = origins[output]?.from ?? {}
    const index = before.findIndex(({ safety }) => safety === 5)
    const value = before[index]?.[column]
    expect(value).toBeTruthy()
    const wanted = { rows: new Set([index]), table: tableOf(before), columns: new Set([column]) }
    const others = (await run(changed(MEASURED, inputs, from, wanted, "others")))[output] ?? []
    expect(others[index]?.[column]).toEqual(value)
    const named = (await run(changed(MEASURED, inputs, from, wanted, "named")))[output] ?? []
    expect(named[index]?.[column]).not.toEqual(value)
  })
})
