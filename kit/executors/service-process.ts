/**
 * A service of the worker: a Python process that offers a model on 127.0.0.1 until the run ends. It takes its model and
 * params as one line on stdin, says its address as one line on stdout, and ends when its stdin does, so that it can't
 * outlive its driver.
 */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as readline from "node:readline"
import { WorkerError } from "../errors.ts"

/** What a service process needs. */
export interface ServiceSettings {
  readonly python: string
  /** The Python module to run. */
  readonly module: string
  /** A folder of this process for HOME and temporary files. */
  readonly home: string
  readonly environment: NodeJS.ProcessEnv
  /** Params, and inputs by absolute path. */
  readonly description: object
  /** The node that asked first, for messages. */
  readonly node: string
}

const LOG_LINES = 60
const GRACE = 3_000

/** A service that has said its address. */
export interface RunningService {
  readonly url: string
  readonly alive: () => boolean
  readonly stop: () => Promise<void>
}

/** Starts a service and waits until it listens. */
export const startService = (settings: ServiceSettings): Promise<RunningService> =>
  new Promise((resolve, reject) => {
    fs.mkdirSync(`${settings.home}/tmp`, { recursive: true })
    const log: Array<string> = []
    const child = spawn(settings.python, ["-X", "utf8", "-u", "-m", settings.module], {
      cwd: settings.home,
      env: settings.environment,
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    })
    let ended = false
    const closed = new Promise<void>((done) => child.once("close", () => done()))
    child.once("exit", () => signal(child, "SIGKILL"))
    child.once("close", (code, by) => {
      ended = true
      reject(died(settings, code, by, log))
    })
    child.once("error", (error) => {
      ended = true
      reject(cannotStart(settings, error))
    })
    child.stdin.on("error", () => {})
    readline.createInterface({ input: child.stderr }).on("line", (line) => {
      log.push(line)
      if (log.length > LOG_LINES) log.shift()
    })
    readline.createInterface({ input: child.stdout }).once("line", (line) => {
      const url = address(line)
      if (url === undefined) signal(child, "SIGKILL")
      else resolve({ url, alive: () => !ended, stop: () => stop(child, closed) })
    })
    child.stdin.write(`${JSON.stringify(settings.description)}\n`)
  })

const address = (line: string): string | undefined => {
  try {
    const said = JSON.parse(line) as { readonly event?: string; readonly url?: string }
    return said.event === "listening" ? said.url : undefined
  } catch {
    return undefined
  }
}

const stop = async (child: ChildProcess, closed: Promise<void>): Promise<void> => {
  child.stdin?.end()
  signal(child, "SIGTERM")
  const timer = setTimeout(() => signal(child, "SIGKILL"), GRACE)
  await closed
  clearTimeout(timer)
}

const signal = (child: ChildProcess, name: NodeJS.Signals): void => {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name)
  } catch {
    // it is gone already
  }
}

const died = (
  settings: ServiceSettings,
  code: number | null,
  by: NodeJS.Signals | null,
  log: ReadonlyArray<string>,
): WorkerError =>
  new WorkerError({
    kind: by === "SIGKILL" ? "memory" : "died",
    message: `The service ${settings.module} ended ${by === null ? `with exit code ${code}` : `by signal ${by}`}${log.length === 0 ? "" : `; its last lines:\n${log.slice(-8).join("\n")}`}`,
    where: settings.node,
    remedy: "Look at its last lines; run again when that is mended.",
  })

const cannotStart = (settings: ServiceSettings, error: Error): WorkerError =>
  new WorkerError({
    kind: "spawn",
    message: `The worker's Python can't be started: ${error.message}`,
    where: settings.python,
    remedy: "Run `make setup`, then run again.",
  })
