/** Progress of bytes that travel, on stderr: how much of how much, how fast, and the time left. */
import type { TransferListener } from "../share/fetcher.ts"
import { duration, note, size } from "./print.ts"

const FRAME = 200
const INTERVAL = 10_000

/** A listener that must be stopped when the transfer ends. */
export class TransferProgress implements TransferListener {
  readonly #verb: string
  readonly #terminal = process.stderr.isTTY === true
  #begun = performance.now()
  #told = performance.now()
  #all = 0
  #files = 0
  #came = 0
  #drawn = false

  constructor(verb: string) {
    this.#verb = verb
  }

  total = (bytes: number, files: number): void => {
    if (this.#all === 0) this.#begun = this.#told = performance.now()
    this.#all += bytes
    this.#files += files
    if (files > 0) note(`${this.#verb} ${files} file${files === 1 ? "" : "s"}, ${size(bytes)}`)
  }

  bytes = (bytes: number): void => {
    this.#came += bytes
    if (performance.now() - this.#told < (this.#terminal ? FRAME : INTERVAL)) return
    this.#told = performance.now()
    if (this.#terminal) {
      process.stderr.write(`\r\u001b[K  ${this.#line}`)
      this.#drawn = true
    } else note(`  ${this.#line}`)
  }

  stop = (): void => {
    if (this.#drawn) process.stderr.write("\r\u001b[K")
    this.#drawn = false
  }

  get #line(): string {
    const seconds = (performance.now() - this.#begun) / 1000
    const speed = this.#came / seconds
    const left = speed > 0 ? `, about ${duration(Math.max(0, this.#all - this.#came) / speed)} left` : ""
    return `${size(this.#came)} of ${size(this.#all)}, ${size(Math.round(speed))}/s${left}`
  }
}
