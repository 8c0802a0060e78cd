/**
 * A process of the worker's Python: alone in its process group with all that it starts, in an almost empty environment,
 * and ended with its driver however that ends. Tasks and services differ in what they say, not in how they live.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process"
import * as fs from "node:fs"
import * as readline from "node:readline"
import { WorkerError } from "../errors.ts"
import { neverStarted, signalGroup, spawnGuarded } from "../lib/guarded.ts"
import { redact } from "./redact.ts"

/** What such a process needs to know of its project. */
export interface PythonSettings {
  readonly python: string
  /** The folder that holds the package `repro_worker`. */
  readonly source: string
  /** A folder of this process for HOME and temporary files. */
  readonly home: string
  readonly threads: number
  readonly strict: boolean
  /** Variables that are passed on. */
  readonly environment: Readonly<Record<string, string>>
  /** Those of them whose values are kept out of what the process prints. */
  readonly secrets: Readonly<Record<string, string>>
}

/** How a process ended. */
export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const LOG_LINES = 400

/** Milliseconds between a polite and a hard end. */
const GRACE = 3_000

export class PythonProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #settings: PythonSettings
  readonly #log: Array<string> = []
  readonly #closed: Promise<void>
  #stopping = false

  /** Runs a module. `on.line` hears each line of its stdout, `on.end` once how it ended, with an error where it never began. */
  constructor(
    settings: PythonSettings,
    module: string,
    on: { readonly line: (line: string) => void; readonly end: (ending: Ending | WorkerError) => void },
  ) {
    this.#settings = settings
    fs.mkdirSync(`${settings.home}/tmp`, { recursive: true })
    const program = [settings.python, "-X", "utf8", "-u", "-m", module]
    const child = spawnGuarded(program, { cwd: settings.home, env: environment(settings) })
    this.#child = child
    this.#closed = new Promise((resolve) => child.once("close", () => resolve()))
    child.on("error", (error) => on.end(cannotStart(settings, error.message)))
    child.on("close", (code, signal) => on.end(neverStarted(code) ? cannotStart(settings, this.log) : { code, signal }))
    readline.createInterface({ input: child.stdout }).on("line", on.line)
    readline.createInterface({ input: child.stderr }).on("line", (line) => this.keep(line))
  }

  /** The end of what the process printed since the log was cleared. */
  get log(): string {
    return this.#log.join("\n")
  }

  /** Its last few lines, after a colon, for a message. */
  get lastLines(): string {
    const tail = this.#log.slice(-8).join("\n")
    return tail === "" ? "" : `; its last lines:\n${tail}`
  }

  /** Whether its end was asked for. */
  get stopping(): boolean {
    return this.#stopping
  }

  clearLog(): void {
    this.#log.length = 0
  }

  /** Adds a line to the log. */
  keep(line: string): void {
    this.#log.push(redact(line, this.#settings.secrets))
    if (this.#log.length > LOG_LINES) this.#log.shift()
  }

  /** Writes a line of JSON to its stdin. */
  say(value: object): void {
    this.#child.stdin.write(`${JSON.stringify(value)}\n`)
  }

  kill(): void {
    this.#signal("SIGKILL")
  }

  /** Ends the process and all that it started, and waits for it. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#signal("SIGTERM")
    const timer = setTimeout(() => this.kill(), GRACE)
    await this.#closed
    clearTimeout(timer)
  }

  #signal(signal: NodeJS.Signals): void {
    signalGroup(this.#child, signal)
  }
}

const environment = (settings: PythonSettings): NodeJS.ProcessEnv => ({
  PATH: "/usr/local/bin:/usr/bin:/bin",
  LANG: "C.UTF-8",
  HOME: settings.home,
  TMPDIR: `${settings.home}/tmp`,
  PYTHONPATH: settings.source,
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONHASHSEED: "0",
  PYTHONNOUSERSITE: "1",
  REPRO_THREADS: String(settings.threads),
  OMP_NUM_THREADS: String(settings.threads),
  OMP_WAIT_POLICY: "PASSIVE",
  TOKENIZERS_PARALLELISM: "false",
  HF_HOME: `${settings.home}/huggingface`,
  HF_HUB_DISABLE_TELEMETRY: "1",
  ...(settings.strict ? { REPRO_STRICT: "1" } : {}),
  ...settings.environment,
})

const cannotStart = (settings: PythonSettings, why: string): WorkerError =>
  new WorkerError({
    kind: "spawn",
    message: `The worker's Python can't be started: ${why}`,
    where: settings.python,
    remedy: "Run `make setup`, then run again.",
  })
