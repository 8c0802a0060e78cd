/** One line of progress on stderr: drawn anew on a terminal, said again now and then elsewhere. */
import { note } from "./print.ts"

export interface Meter {
  readonly show: (line: string) => void
  readonly stop: () => void
}

/** Milliseconds between two lines where stderr is no terminal. */
const INTERVAL = 15_000

/** The meter that fits what stderr is. */
export const makeMeter = (): Meter => (process.stderr.isTTY ? terminalMeter() : plainMeter())

const terminalMeter = (): Meter => {
  const clear = (): void => void process.stderr.write("\r\u001b[K")
  return {
    show: (line) => {
      clear()
      process.stderr.write(line.slice(0, (process.stderr.columns ?? 80) - 1))
    },
    stop: clear,
  }
}

const plainMeter = (): Meter => {
  let told = performance.now()
  return {
    show: (line) => {
      if (performance.now() - told < INTERVAL) return
      told = performance.now()
      note(line)
    },
    stop: () => {},
  }
}
