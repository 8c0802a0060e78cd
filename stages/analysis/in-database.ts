/** A database in memory with a run's rows in it, for as long as an analysis takes. */
import * as Effect from "effect/Effect"
import { StageError } from "../../kit/errors.ts"
import { type Database, withDatabase } from "../../kit/lib/duckdb.ts"
import { loadInputs, type RowInputs } from "./load.ts"

/** Loads the inputs and lets `use` ask about them. `stage` is where an error is told to be. */
export const inDatabase = <A>(
  stage: string,
  inputs: RowInputs,
  use: (database: Database) => Promise<A>,
): Effect.Effect<A, StageError> =>
  Effect.tryPromise({
    try: () =>
      withDatabase(async (database) => {
        await loadInputs(database, inputs)
        return use(database)
      }),
    catch: (error) => (error instanceof StageError ? error : databaseError(stage, error)),
  })

const databaseError = (stage: string, error: unknown): StageError =>
  StageError.of(
    `DuckDB could not analyse the results: ${error instanceof Error ? error.message : String(error)}`,
    stage,
    "Look at the input that the message names; its rows must be the JSON Lines that its kind declares.",
  )
