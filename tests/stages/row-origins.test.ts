/**
 * What a row of the analysis is said to be made of is true: changing all else leaves the row as it is, and changing what is
 * named moves it.
 */

import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { type Share, shareOf } from "../../kit/provenance/link-rows.ts"
import type { Row, Rows } from "../../kit/provenance/rows.ts"
import type { RowLink, RowOrigins } from "../../kit/row-origins.ts"
import type { InputFile } from "../../kit/stage.ts"
import { analyze } from "../../stages/analyze.ts"
import { analyzeOpinions } from "../../stages/analyze-opinions.ts"
import { BenchmarkScores, HarmScores, ModerationScores, Preferences, Refusals } from "../../stages/artifacts.ts"
import { input, runStage } from "./support/run-stage.ts"
import { OPINION_PARAMS, PARAMS, smallOpinions, smallRun } from "./support/small-run.ts"

type Files = Readonly<Record<string, ReadonlyArray<InputFile<unknown>>>>
type Change = (row: Row) => Row

/** How the rows of an input are moved, so that every number that is made from them moves too. */
const CHANGES: Readonly<Record<string, readonly [type: unknown, change: Change]>> = {
  harmScores: [HarmScores, (row) => ({ ...row, score: Number(row.score) + 1.3 })],
  moderation: [ModerationScores, (row) => ({ ...row, score: 0.77, missing: null })],
  refusals: [Refusals, (row) => ({ ...row, label: row.label === "full_refusal" ? "full_compliance" : "full_refusal" })],
  benchmarks: [BenchmarkScores, (row) => ({ ...row, value: Number(row.value) + 0.17 })],
  preferences: [Preferences, (row) => ({ ...row, preference: row.preference === 2 ? 1 : 2, missing: null })],
}

const rowsIn = (file: InputFile<unknown>): ReadonlyArray<Row> =>
  Effect.runSync(file.read as Effect.Effect<ReadonlyArray<Row>>)
const tableOf = (file: InputFile<unknown>): Rows => {
  const rows = rowsIn(file)
  return { rows, columns: Object.keys(rows[0] ?? {}).map((key) => ({ key, title: key, of: {} })), origins: [] }
}

/** The share of each file of an input in a row, as `repro trace` finds it. */
const sharesIn = (
  files: Files,
  from: Readonly<Record<string, RowLink>>,
  name: string,
  row: Row,
): ReadonlyArray<Share> =>
  (files[name] ?? []).map((file) => {
    const link = from[name]
    if (link === undefined) return "none"
    if (typeof link === "string") throw new Error(`${link} is not looked at here`)
    if (link.through === undefined) return shareOf({ labels: file.labels, table: tableOf(file) }, link, [row])
    const partner = (files[link.through] ?? []).find(
      ({ labels }) => JSON.stringify(labels) === JSON.stringify(file.labels),
    )
    const [share] = partner === undefined ? ["none"] : sharesIn({ [link.through]: [partner] }, from, link.through, row)
    if (partner === undefined || typeof share === "string" || share === undefined) return (share ?? "none") as Share
    const wanted = [...share].map((index) => rowsIn(partner)[index] as Row)
    return shareOf({ labels: {}, table: tableOf(file) }, { columns: link.columns ?? [] }, wanted)
  })

const counts = (share: Share, index: number): boolean => share === "whole" || (share !== "none" && share.has(index))

/** All inputs with the rows changed that a row is, or is not, made of. */
const changed = (files: Files, from: Readonly<Record<string, RowLink>>, row: Row, which: "named" | "others"): Files =>
  Object.fromEntries(
    Object.entries(files).map(([name, all]) => {
      const [type, change] = CHANGES[name] ?? []
      if (change === undefined) return [name, all]
      const shares = sharesIn(files, from, name, row)
      return [
        name,
        all.map((file, at) => {
          const rows = rowsIn(file).map((one, index) =>
            counts(shares[at] as Share, index) === (which === "named") ? change(one) : one,
          )
          return input(type as never, rows as never, file.labels, file.node)
        }),
      ]
    }),
  )

const STAGES = [
  {
    stage: analyze,
    params: PARAMS,
    files: smallRun(),
    outputs: ["harm", "refusals", "exaggerated", "benchmarks", "overview"],
  },
  { stage: analyzeOpinions, params: OPINION_PARAMS, files: smallOpinions(), outputs: ["moderation", "help"] },
] as const

describe.each(STAGES)("$stage.definition.name", ({ stage, params, files, outputs }) => {
  const run = (inputs: Files) =>
    runStage(stage as never, { params, inputs: { ...files, ...inputs } }) as unknown as Promise<
      Record<string, ReadonlyArray<Row>>
    >
  const origins = stage.definition.rows as RowOrigins
  const many = Object.fromEntries(Object.entries(files).filter(([, value]) => Array.isArray(value))) as unknown as Files

  it.each(outputs)("%s: a row moves with what is named and with nothing else", { timeout: 60_000 }, async (output) => {
    const before = (await run(many))[output] ?? []
    expect(before.length).toBeGreaterThan(0)
    const from = origins[output]?.from ?? {}
    for (const [index, row] of before.entries()) {
      if (index % 3 !== 0) continue
      const others = (await run(changed(many, from, row, "others")))[output] ?? []
      expect(others[index], JSON.stringify(row)).toEqual(row)
      const named = (await run(changed(many, from, row, "named")))[output] ?? []
      expect(named[index], JSON.stringify(row)).not.toEqual(row)
    }
  })
})
