/**
 * What goes wrong beside the command: an error that nobody waits for, such as one in a timer that a stage started, or a
 * stage that ends the process. Both end the command as a signal does, so that what was finished stays and nothing is left
 * running, and are told without a stack trace.
 */
import { errorPlace } from "../error-place.ts"
import { StageError } from "../errors.ts"

let ended = false
let first: { readonly error: StageError } | undefined

/** The error that ended this command from beside it. */
export const strayError = (): StageError | undefined => first?.error

/** From now on, the command tells its own end. */
export const commandEnded = (): void => {
  ended = true
}

const stray = (error: unknown): StageError =>
  StageError.of(
    `Something failed that nobody waited for: ${error instanceof Error ? error.message : String(error)}`,
    errorPlace(error) ?? "",
    "If a stage started it, let the stage's effect wait for it (`Effect.tryPromise`, `Effect.callback`), then run again: finished work is kept.",
  )

/** Watches for both; `tell` writes a line for the person. */
export const watchForStrays = (tell: (error: StageError) => void): void => {
  process.on("uncaughtException", (error) => {
    if (ended) {
      tell(stray(error))
      process.exit(1)
    }
    if (first !== undefined) return
    first = { error: stray(error) }
    process.kill(process.pid, "SIGINT")
  })
  process.on("exit", (code) => {
    if (ended || first !== undefined) return
    tell(
      StageError.of(
        `The process was ended from inside with code ${code}, before the command was through`,
        "",
        "A stage must not call `process.exit`: let its effect fail instead (`Effect.fail(StageError.of(…))`), then run again.",
      ),
    )
    if (code === 0) process.exitCode = 1
  })
}
