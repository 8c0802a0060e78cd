/** What this machine has for tasks, and what is in use: CPU slots, memory, accelerators. */
import * as os from "node:os"
import type { Resources } from "../stage.ts"

const MEBIBYTE = 1024 * 1024

/** Share of the memory that tasks may use together. */
const MEMORY_SHARE = 0.85

/** What a run may use: as many CPU slots as jobs, most of the memory, and any accelerators that the executor has. */
export const capacity = (jobs: number, gpus: number): Resources => ({
  cpu: jobs,
  memory: Math.floor((os.totalmem() / MEBIBYTE) * MEMORY_SHARE),
  gpu: gpus,
})

/** Hands out resources; a task that asks for more than there is gets all of it, alone. */
export class ResourcePool {
  readonly #total: Resources
  #free: Resources

  constructor(total: Resources) {
    this.#total = total
    this.#free = total
  }

  /** Takes what a task asks for, if it is free now. */
  take(wanted: Resources): Resources | undefined {
    const asked: Resources = {
      cpu: Math.min(wanted.cpu, this.#total.cpu),
      memory: Math.min(wanted.memory, this.#total.memory),
      gpu: Math.min(wanted.gpu, this.#total.gpu),
    }
    const fits = asked.cpu <= this.#free.cpu && asked.memory <= this.#free.memory && asked.gpu <= this.#free.gpu
    if (!fits) return undefined
    this.#free = combine(this.#free, asked, -1)
    return asked
  }

  /** Whether a CPU slot is free. */
  get hasSlot(): boolean {
    return this.#free.cpu > 0
  }

  /** Whether so many CPU slots are free, or all that there are. */
  hasCpu(wanted: number): boolean {
    return Math.min(wanted, this.#total.cpu) <= this.#free.cpu
  }

  give(taken: Resources): void {
    this.#free = combine(this.#free, taken, 1)
  }
}

const combine = (a: Resources, b: Resources, sign: 1 | -1): Resources => ({
  cpu: a.cpu + sign * b.cpu,
  memory: a.memory + sign * b.memory,
  gpu: a.gpu + sign * b.gpu,
})
