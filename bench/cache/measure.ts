/** Measures commands as whole processes. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import { cache, pythonOf } from "../../scripts/lib/paths.ts"

/** Seconds after which a command is stopped: its time is then only known to be longer. */
export const LIMIT = 180

/** What a command took. */
export interface Measured {
  /** Undefined where it was stopped at the limit. */
  readonly seconds: number | undefined
  /** User and system time. */
  readonly cpu: number
  /** Peak memory of its largest process, in MiB. */
  readonly peak: number
}

/** A command with the folder in which it runs. */
export interface Command {
  readonly folder: string
  readonly command: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
  /** Done before each run, beside the clock. */
  readonly prepare?: () => void
}

const SCRIPT = `${import.meta.dirname}/timed.py`

/** The bench's own folder; what is measured lies below it. REPRO_BENCH_FOLDER names another, on a disk that is to be measured. */
export const benchFolder = process.env.REPRO_BENCH_FOLDER ?? `${cache}/bench`

/** Runs a command once. Throws, with the end of what it printed, where it fails. */
export const measure = ({ folder, command, environment = {}, prepare }: Command, limit = LIMIT): Measured => {
  prepare?.()
  const log = `${benchFolder}/output.log`
  const args = ["-I", SCRIPT, String(limit), log, ...command]
  const env = { ...process.env, ...environment }
  const result = spawnSync(pythonOf("uv-tool"), args, { cwd: folder, encoding: "utf8", env })
  const told = result.status === 0 ? (JSON.parse(result.stdout) as Measured & { readonly code: number }) : undefined
  if (told === undefined || (told.seconds !== null && told.code !== 0)) {
    throw new Error(
      `${command.join(" ")} failed in ${folder}:\n${result.stderr}${fs.readFileSync(log, "utf8").slice(-2000)}`,
    )
  }
  return { ...told, seconds: told.seconds ?? undefined }
}

/** Seconds above which one run tells enough. */
const SLOW = 20

/**
 * Medians over several runs of some commands, in turns, so that they share the machine's moods. The first turn doesn't count,
 * but for a slow command, which is run once.
 */
export const inTurns = (commands: ReadonlyArray<Command>, turns: number): ReadonlyArray<Measured> => {
  const found = commands.map((): Array<Measured> => [])
  for (let turn = 0; turn <= turns; turn++) {
    for (const [index, command] of commands.entries()) {
      const last = found[index]?.at(-1)
      if (last !== undefined && (last.seconds ?? SLOW) >= SLOW) continue
      const measured = measure(command)
      if (turn > 0 || (measured.seconds ?? SLOW) >= SLOW) found[index]?.push(measured)
    }
  }
  return found.map(median)
}

const median = (list: ReadonlyArray<Measured>): Measured =>
  [...list].sort((a, b) => (a.seconds ?? Infinity) - (b.seconds ?? Infinity))[Math.floor(list.length / 2)] as Measured
