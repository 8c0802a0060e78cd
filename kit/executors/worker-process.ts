/**
 * One warm worker: a Python process that imports its packages once and then runs task folders one after another. It
 * prints only protocol lines on stdout, and everything else on stderr.
 */
import { setImmediate } from "node:timers/promises"
import { WorkerError } from "../errors.ts"
import { type Ending, PythonProcess, type PythonSettings } from "./python-process.ts"

/** How a task ended, as the process says. */
type Reply = { readonly event: "ready" | "done" | "failed"; readonly id?: string }

/** Turns of the event loop in which a full pipe (64 KiB) is read. */
const DRAIN_TURNS = 3

/** What was printed before a reply is in its pipe already, but may not have been read: the event loop is let do so. */
const drained = async (): Promise<void> => {
  for (let turn = 0; turn < DRAIN_TURNS; turn++) await setImmediate()
}

export class WorkerProcess {
  readonly #process: PythonProcess
  readonly #ready = Promise.withResolvers<void>()
  #waiting: ((end: Reply | WorkerError) => void) | undefined
  #ended: WorkerError | undefined

  constructor(settings: PythonSettings) {
    this.#process = new PythonProcess(settings, "repro_worker.serve", {
      line: (line) => this.#reply(line),
      end: (ending) => this.#end(ending instanceof WorkerError ? ending : this.#died(ending)),
    })
  }

  get alive(): boolean {
    return this.#ended === undefined
  }

  /** The end of what the process printed since the task began. */
  get log(): string {
    return this.#process.log
  }

  /** Runs one task folder; fails when the process dies. What a start prints is not of the task: a warm process prints none. */
  async run(folder: string): Promise<Reply> {
    await this.#ready.promise
    await drained()
    if (this.alive) this.#process.clearLog()
    const reply = await this.#ask(folder)
    await drained()
    return reply
  }

  #ask(folder: string): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended)
      this.#waiting = (end) => (end instanceof WorkerError ? reject(end) : resolve(end))
      this.#process.say({ id: folder, folder })
    })
  }

  /** Ends the process and all that it started. */
  async stop(): Promise<void> {
    if (this.alive) await this.#process.stop()
  }

  #reply(line: string): void {
    let reply: Reply
    try {
      reply = JSON.parse(line) as Reply
    } catch {
      this.#process.keep(line)
      return
    }
    if (reply.event === "ready") this.#ready.resolve()
    else this.#answer(reply)
  }

  #end(error: WorkerError): void {
    if (this.#ended !== undefined) return
    this.#ended = error
    this.#ready.resolve()
    this.#answer(error)
  }

  #answer(end: Reply | WorkerError): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(end)
  }

  #died({ code, signal }: Ending): WorkerError {
    const how = signal === null ? `with exit code ${code}` : `by signal ${signal}`
    const memory = signal === "SIGKILL" && !this.#process.stopping
    return new WorkerError({
      kind: memory ? "memory" : "died",
      message: `The worker ended ${how}${memory ? ", as a system does that is out of memory" : ""}${this.#process.lastLines}`,
      where: "worker process",
      remedy: memory
        ? "Use fewer tasks at once (--jobs 1) or a smaller batch, or a machine with more memory, then run again."
        : "Run again: finished work is kept and training resumes from its checkpoint.",
    })
  }
}
