/**
 * One warm worker: a Python process that imports its packages once and then runs task folders one after another. It
 * starts with an almost empty environment, prints only protocol lines on stdout, and everything else on stderr.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as readline from "node:readline"
import { setImmediate } from "node:timers/promises"
import { WorkerError } from "../errors.ts"
import { redact } from "./redact.ts"

/** What a worker process needs to know of its project. */
export interface WorkerSettings {
  readonly python: string
  /** The folder that holds the package `repro_worker`. */
  readonly source: string
  /** A folder of this process for HOME and temporary files. */
  readonly home: string
  readonly threads: number
  readonly strict: boolean
  /** Declared variables that are passed on. */
  readonly environment: Readonly<Record<string, string>>
  /** Those of them whose values are kept out of what the process prints. */
  readonly secrets: Readonly<Record<string, string>>
}

/** How a task ended, as the process says. */
type Reply = { readonly event: "ready" | "done" | "failed"; readonly id?: string }

const LOG_LINES = 400

/** Milliseconds between a polite and a hard end. */
const GRACE = 3_000

/**
 * Starts a program in its place with a guard beside it: when the pipe on descriptor 3 closes, since the driver ended
 * however it did, the guard kills the whole process group. Otherwise a task of a killed driver would go on for hours, and
 * write into the checkpoint of the attempt that takes its place.
 */
const GUARDED = `(read -r _ <&3; kill -KILL 0) </dev/null >/dev/null 2>&1 &
exec /usr/bin/env -u PWD -u OLDPWD -u SHLVL -u _ "$@" 3<&-`

/** What a shell exits with when it can't start a program. */
const NOT_STARTED = new Set([126, 127])

/** Turns of the event loop in which a full pipe (64 KiB) is read. */
const DRAIN_TURNS = 3

export class WorkerProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #log: Array<string> = []
  readonly #secrets: Readonly<Record<string, string>>
  #waiting: ((end: Reply | WorkerError) => void) | undefined
  #ended: WorkerError | undefined
  #stopping = false

  constructor(settings: WorkerSettings) {
    this.#secrets = settings.secrets
    fs.mkdirSync(`${settings.home}/tmp`, { recursive: true })
    const serve = [settings.python, "-X", "utf8", "-u", "-m", "repro_worker.serve"]
    this.#child = spawn("/bin/sh", ["-c", GUARDED, "sh", ...serve], {
      cwd: settings.home,
      env: environment(settings),
      stdio: ["pipe", "pipe", "pipe", "pipe"],
      detached: true,
    }) as ChildProcessWithoutNullStreams
    this.#child.on("error", (error) => this.#end(cannotStart(settings, error.message)))
    // What it started must not outlive it: it would keep the pipes open, and the end would not be seen.
    this.#child.on("exit", () => this.#signal("SIGKILL"))
    this.#child.on("close", (code, signal) =>
      this.#end(NOT_STARTED.has(code ?? 0) ? cannotStart(settings, this.#log.join("\n")) : this.#died(code, signal)),
    )
    this.#child.stdin.on("error", () => {})
    readline.createInterface({ input: this.#child.stdout }).on("line", (line) => this.#reply(line))
    readline.createInterface({ input: this.#child.stderr }).on("line", (line) => this.#keep(line))
  }

  get alive(): boolean {
    return this.#ended === undefined
  }

  /** The end of what the process printed since the task began. */
  get log(): string {
    return this.#log.join("\n")
  }

  /** Runs one task folder; fails when the process dies. */
  async run(folder: string): Promise<Reply> {
    this.#log.length = 0
    const reply = await this.#ask(folder)
    // The task's last lines are in their pipe already, but may not have been read: let the event loop do so.
    for (let turn = 0; turn < DRAIN_TURNS; turn++) await setImmediate()
    return reply
  }

  #ask(folder: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended)
      this.#waiting = (end) => (end instanceof WorkerError ? reject(end) : resolve(end))
      this.#child.stdin.write(`${JSON.stringify({ id: folder, folder })}\n`)
    })
  }

  /** Ends the process and all that it started. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#ended !== undefined) return
    const closed = new Promise<void>((resolve) => this.#child.once("close", () => resolve()))
    this.#signal("SIGTERM")
    const timer = setTimeout(() => this.#signal("SIGKILL"), GRACE)
    await closed
    clearTimeout(timer)
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, signal)
    } catch {
      // it is gone already
    }
  }

  #reply(line: string): void {
    let reply: Reply
    try {
      reply = JSON.parse(line) as Reply
    } catch {
      this.#keep(line)
      return
    }
    if (reply.event === "ready") return
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(reply)
  }

  #keep(line: string): void {
    this.#log.push(redact(line, this.#secrets))
    if (this.#log.length > LOG_LINES) this.#log.shift()
  }

  #end(error: WorkerError): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(error)
  }

  #died(code: number | null, signal: NodeJS.Signals | null): WorkerError {
    const tail = this.#log.slice(-8).join("\n")
    const how = signal === null ? `with exit code ${code}` : `by signal ${signal}`
    const memory = signal === "SIGKILL" && !this.#stopping
    return new WorkerError({
      kind: memory ? "memory" : "died",
      message: `The worker ended ${how}${memory ? ", as a system does that is out of memory" : ""}${tail === "" ? "" : `; its last lines:\n${tail}`}`,
      where: "worker process",
      remedy: memory
        ? "Use fewer tasks at once (--jobs 1) or a smaller batch, or a machine with more memory, then run again."
        : "Run again: finished work is kept and training resumes from its checkpoint.",
    })
  }
}

/** The almost empty environment of every process of the worker. */
export const environment = (settings: Omit<WorkerSettings, "python" | "secrets">): NodeJS.ProcessEnv => ({
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

const cannotStart = (settings: WorkerSettings, why: string): WorkerError =>
  new WorkerError({
    kind: "spawn",
    message: `The worker's Python can't be started: ${why}`,
    where: settings.python,
    remedy: "Run `make setup`, then run again.",
  })
