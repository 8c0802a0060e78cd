/**
 * Progress of a run on stderr. On a terminal: a block that is drawn anew, with what runs, how much is done, and the time
 * left. Elsewhere: one plain line for each start, end and now and then a step between.
 */
import type { TaskProgress } from "../executors/executor.ts"
import type { RunEvent } from "../run/events.ts"
import { duration, note, printable } from "./print.ts"

/** A reporter that must be stopped when the run ends. */
export interface Progress {
  readonly emit: (event: RunEvent) => void
  readonly stop: () => void
}

/** The reporter that fits what stderr is. */
export const makeProgress = (): Progress => (process.stderr.isTTY ? new TerminalProgress() : new PlainProgress())

/** Loss and speed, where a task reports them. */
const numbers = (progress: TaskProgress): string =>
  Object.entries(progress.numbers)
    .filter(([name]) => name === "loss" || name === "tokensPerSecond")
    .map(([name, value]) => (name === "loss" ? `loss ${value.toFixed(3)}` : `${Math.round(value)} tokens/s`))
    .join(", ")

const describe = (progress: TaskProgress): string => {
  const extra = numbers(progress)
  return `${progress.step}/${progress.total} ${progress.unit}${extra === "" ? "" : `, ${extra}`}`
}

/** Counts that both reporters show. */
class Tally {
  total = 0
  cached = 0
  done = 0
  failed = 0
  skipped = 0
  #left: { readonly seconds: number; readonly unknown: number; readonly told: number } | undefined

  take(event: RunEvent): void {
    if (event.type === "plan") [this.total, this.cached] = [event.nodes, event.cached]
    if (event.type === "left") this.#left = { ...event, told: performance.now() }
    if (event.type === "done") this.done++
    if (event.type === "failed") this.failed++
    if (event.type === "skipped") this.skipped++
  }

  get finished(): number {
    return this.cached + this.done
  }

  /** The time that is left, as of now; a lower bound where nothing is known of some steps. */
  get #time(): string {
    if (this.#left === undefined || this.finished === this.total) return ""
    const { seconds, unknown, told } = this.#left
    const now = Math.max(0, seconds - (performance.now() - told) / 1000)
    if (unknown === 0) return `, about ${duration(now)} left`
    const steps = `${unknown} ${unknown === 1 ? "step" : "steps"} never timed`
    return now < 1 ? `, ${steps}` : `, at least ${duration(now)} left (${steps})`
  }

  get summary(): string {
    const cached = this.cached > 0 ? ` (${this.cached} cached)` : ""
    return `${this.finished}/${this.total} done${cached}${this.#time}`
  }
}

const INTERVAL = 15_000

/** Plain lines. */
class PlainProgress implements Progress {
  readonly #tally = new Tally()
  readonly #told = new Map<string, number>()

  emit = (event: RunEvent): void => {
    this.#tally.take(event)
    const line = this.#line(event)
    if (line !== undefined) note(line)
  }

  stop = (): void => {}

  #line(event: RunEvent): string | undefined {
    const name = "node" in event ? printable(event.node) : ""
    switch (event.type) {
      case "start":
        this.#told.set(event.node, performance.now())
        return `start   ${name}${event.reasons.length === 0 ? "" : `  (${event.reasons[0]})`}`
      case "progress": {
        const last = this.#told.get(event.node) ?? 0
        if (performance.now() - last < INTERVAL) return undefined
        this.#told.set(event.node, performance.now())
        return `        ${name}: ${describe(event.progress)}`
      }
      case "done":
        return `${event.reused ? "reuse   " : "done    "}${name}${event.reused ? "" : ` in ${duration(event.milliseconds / 1000)}`}  [${this.#tally.summary}]`
      case "elsewhere":
        return `wait    ${name}: another run computes it`
      case "retry":
        return `retry   ${name} in ${duration(event.pause)}: ${event.message}`
      case "failed":
        return `failed  ${name}: ${event.message}`
      default:
        return undefined
    }
  }
}

const FRAME = 120
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

/** Characters that a node's name has in the block, at least. */
const SHORTEST_NAME = 8

/** A name cut so that what is told of its node has room on the line. */
const shortened = (name: string, room: number): string => {
  const [characters, most] = [[...name], Math.max(SHORTEST_NAME, room)]
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : name
}

/** The terminal itself cuts lines of the block, since it alone knows how wide it shows each character. */
const [WRAP_OFF, WRAP_ON] = ["\u001b[?7l", "\u001b[?7h"]

/** A block at the bottom of the terminal. */
class TerminalProgress implements Progress {
  readonly #tally = new Tally()
  readonly #running = new Map<string, { readonly since: number; progress: TaskProgress | undefined }>()
  readonly #timer: NodeJS.Timeout
  #drawn = 0
  #frame = 0

  constructor() {
    this.#timer = setInterval(() => this.#draw(), FRAME)
  }

  emit = (event: RunEvent): void => {
    this.#tally.take(event)
    if (event.type === "start") this.#running.set(event.node, { since: performance.now(), progress: undefined })
    if (event.type === "progress") {
      const running = this.#running.get(event.node)
      if (running !== undefined) running.progress = event.progress
    }
    if (event.type === "done" || event.type === "failed") this.#running.delete(event.node)
    if (event.type === "done" && !event.reused)
      this.#above(`✓ ${printable(event.node)}  ${duration(event.milliseconds / 1000)}`)
    if (event.type === "failed") this.#above(`✗ ${printable(event.node)}: ${event.message}`)
    if (event.type === "retry") this.#above(`↻ ${printable(event.node)} in ${duration(event.pause)}: ${event.message}`)
    if (event.type === "elsewhere") this.#above(`… ${printable(event.node)}: another run computes it`)
  }

  stop = (): void => {
    clearInterval(this.#timer)
    this.#clear()
  }

  #clear(): void {
    if (this.#drawn > 0) process.stderr.write(`\u001b[${this.#drawn}A\u001b[J`)
    this.#drawn = 0
  }

  #above(line: string): void {
    this.#clear()
    note(line)
    this.#draw()
  }

  #draw(): void {
    this.#clear()
    if (this.#running.size === 0) return
    this.#frame++
    // A terminal that doesn't know its size says 0.
    const width = process.stderr.columns || 80
    const room = Math.max(0, (process.stderr.rows || 24) - 4)
    const spin = SPINNER[this.#frame % SPINNER.length]
    const lines = [...this.#running].slice(0, room).map(([node, { since, progress }]) => {
      const passed = duration((performance.now() - since) / 1000)
      const told = progress === undefined ? passed : `${describe(progress)}  ${passed}`
      return `${spin} ${shortened(printable(node), width - told.length - 4)}  ${told}`
    })
    if (room > 0 && this.#running.size > room) lines.push(`  and ${this.#running.size - room} more`)
    lines.push(`  ${this.#tally.summary}`)
    const cut = lines.map((line) => [...line].slice(0, width).join(""))
    process.stderr.write(`${WRAP_OFF}${cut.join("\n")}${WRAP_ON}\n`)
    this.#drawn = lines.length
  }
}
