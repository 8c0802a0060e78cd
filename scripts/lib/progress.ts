/**
 * What the scripts say while they work: one line an event on stderr, with the seconds since the script began.
 * stdout stays free for results.
 */
import process from "node:process"

const began = performance.now()

/** Seconds since the script began. */
export const elapsed = (): number => (performance.now() - began) / 1000

/** Prints one progress line, `[  1.2 s] text`, on stderr. */
export const say = (text: string): void => {
  process.stderr.write(`[${elapsed().toFixed(1).padStart(6)} s] ${text}\n`)
}

/** A failure whose message is meant for a person: what failed, where, and what to do next. */
export class Complaint extends Error {
  override readonly name = "Complaint"
}

/**
 * Runs a script's body. A `Complaint` is printed as it is, without a stack trace; any other error is a fault of ours
 * and keeps its trace. Either way the exit code is 1.
 */
export const main = async (name: string, body: () => Promise<void>): Promise<void> => {
  try {
    await body()
  } catch (error) {
    process.stderr.write(error instanceof Complaint ? `${name}: ${error.message}\n` : `${name}: ${trace(error)}\n`)
    process.exitCode = 1
  }
}

const trace = (error: unknown): string => (error instanceof Error && error.stack ? error.stack : String(error))
