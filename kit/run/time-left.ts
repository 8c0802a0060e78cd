/**
 * The time that a run still takes, told anew as it goes on: past timings at the pace of this run, what running tasks say
 * of their progress, and the order in which the rest can run on this machine. Nodes that nothing like ever ran before
 * count nothing, and are counted: then the time is a lower bound, and is told as one.
 */
import type { Node } from "../node.ts"
import type { Resources } from "../stage.ts"
import type { Estimates } from "./estimate.ts"
import type { RunEvent } from "./events.ts"
import { makespan } from "./makespan.ts"

/** An estimate. */
export interface Left {
  readonly seconds: number
  /** Nodes that nothing is known of: with any, `seconds` is a lower bound. */
  readonly unknown: number
}

/** Share of a task that must be done before its own progress counts. */
const TELLING = 0.02

/** A task that takes longer than it should is taken to need this share of what it took. */
const OVERDUE = 0.1

interface Running {
  readonly since: number
  /** Share that is done, and when that was told. */
  fraction: number
  told: number
}

/** Follows a run by its events. `now` gives milliseconds. */
export class TimeLeft {
  readonly #byId: ReadonlyMap<string, Node>
  readonly #left: Set<Node>
  readonly #running = new Map<Node, Running>()
  readonly #estimates: Estimates
  readonly #capacity: Resources
  readonly #now: () => number

  constructor(nodes: ReadonlyArray<Node>, estimates: Estimates, capacity: Resources, now: () => number) {
    this.#byId = new Map(nodes.map((node) => [node.id, node]))
    this.#left = new Set(nodes)
    this.#estimates = estimates
    this.#capacity = capacity
    this.#now = now
  }

  take(event: RunEvent): void {
    const node = "node" in event ? this.#byId.get(event.node) : undefined
    if (node === undefined) return
    if (event.type === "start") this.#running.set(node, { since: this.#now(), fraction: 0, told: 0 })
    if (event.type === "progress") {
      const running = this.#running.get(node)
      const { step, total } = event.progress
      if (running !== undefined && total > 0) [running.fraction, running.told] = [step / total, this.#now()]
    }
    if (event.type === "done" && !event.reused) this.#estimates.learn(node, event.milliseconds)
    if (event.type === "done" || event.type === "failed" || event.type === "skipped") {
      this.#left.delete(node)
      this.#running.delete(node)
    }
  }

  get left(): Left {
    const nodes = [...this.#left]
    let unknown = 0
    const times = new Map(
      nodes.map((node) => {
        const time = this.#remaining(node)
        if (time === undefined) unknown++
        return [node, time ?? 0]
      }),
    )
    const remaining = (node: Node): number => times.get(node) ?? 0
    const running = new Set(this.#running.keys())
    const milliseconds = makespan({ nodes, running, remaining, capacity: this.#capacity })
    return { seconds: milliseconds / 1000, unknown }
  }

  #remaining(node: Node): number | undefined {
    const expected = this.#estimates.of(node)
    const running = this.#running.get(node)
    if (running === undefined) return expected
    const elapsed = this.#now() - running.since
    const total = projected(running, expected)
    return total === undefined ? undefined : Math.max(total - elapsed, elapsed * OVERDUE)
  }
}

/** A running task's whole time: what is expected and what its progress says, the latter by the share that is done. */
const projected = ({ since, fraction, told }: Running, expected: number | undefined): number | undefined => {
  if (fraction < TELLING) return expected
  const own = (told - since) / Math.min(1, fraction)
  return expected === undefined ? own : (1 - fraction) * expected + fraction * own
}

/** Milliseconds between two estimates that are told. */
const INTERVAL = 2_000

/** Passes events on, and tells the time that is left after them, now and then. */
export const tellingTimeLeft = (
  timeLeft: TimeLeft,
  emit: (event: RunEvent) => void,
  now: () => number,
): ((event: RunEvent) => void) => {
  let told = now()
  return (event) => {
    timeLeft.take(event)
    emit(event)
    if (now() - told < INTERVAL) return
    told = now()
    emit({ type: "left", ...timeLeft.left })
  }
}
