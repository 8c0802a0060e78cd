/** Fills the analysis database: a table for each kind of input, the models behind them, and the views over both. */
import { StageError } from "../../kit/errors.ts"
import type { Database } from "../../kit/lib/duckdb.ts"
import { Answers, BenchmarkScores, HarmScores, Overlaps, Refusals } from "../artifacts.ts"
import checksSql from "../sql/checks.sql" with { type: "text" }
import gradedSql from "../sql/graded.sql" with { type: "text" }
import { type Labelled, memberFiles, members } from "./members.ts"

/** The inputs that become tables. */
export interface RowInputs {
  readonly answers: ReadonlyArray<Labelled>
  readonly harmScores: ReadonlyArray<Labelled>
  readonly refusals: ReadonlyArray<Labelled>
  readonly benchmarks: ReadonlyArray<Labelled>
  readonly overlaps: ReadonlyArray<Labelled>
}

/** Loads the inputs and checks that scores and labels fit the answers. Throws a StageError that names the row. */
export const loadInputs = async (database: Database, inputs: RowInputs): Promise<void> => {
  await database.run(
    "CREATE TABLE members (member VARCHAR, model VARCHAR, safety BIGINT, recipe VARCHAR, draw BIGINT, seed BIGINT)",
  )
  for (const { key, ...member } of members([...inputs.answers, ...inputs.benchmarks])) {
    await database.run("INSERT INTO members VALUES ($key, $model, $safety, $recipe, $draw, $seed)", {
      key,
      ...member,
    })
  }
  await database.load("answers", rowSchema(Answers), memberFiles(inputs.answers))
  await database.load("harm_scores", rowSchema(HarmScores), memberFiles(inputs.harmScores))
  await database.load("refusals", rowSchema(Refusals), memberFiles(inputs.refusals))
  await database.load("benchmark_scores", rowSchema(BenchmarkScores), memberFiles(inputs.benchmarks))
  const overlaps = inputs.overlaps.map((input) => ({ path: input.path, member: input.node }))
  await database.load("overlaps", rowSchema(Overlaps), overlaps)
  await check(database)
  await database.run(gradedSql)
}

const rowSchema = (type: { readonly name: string; readonly schema: unknown }) => {
  if (type.schema === undefined) throw new TypeError(`"${type.name}" has no rows`)
  return type.schema as Parameters<Database["load"]>[1]
}

const check = async (database: Database): Promise<void> => {
  const [found] = await database.query(checksSql)
  if (found === undefined) return
  throw StageError.of(
    `In ${found.table}, the prompt "${found.id}" of the set "${found.set}" ${found.problem} for the model ${found.member}`,
    "analyze",
    "Wire each model's answers once, and with them the scores and labels that were made from these answers.",
  )
}
