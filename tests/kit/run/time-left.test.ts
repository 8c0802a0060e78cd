/** The time that a run still takes, as it is told while the run goes on. */
import { beforeEach, describe, expect, it } from "vitest"
import type { Node } from "../../../kit/node.ts"
import { grid } from "../../../kit/pipeline.ts"
import { Estimates } from "../../../kit/run/estimate.ts"
import type { RunEvent } from "../../../kit/run/events.ts"
import { TimeLeft, tellingTimeLeft } from "../../../kit/run/time-left.ts"
import { count, graphOf, read } from "../support/graph.ts"

const MINUTE = 60_000

let nodes: ReadonlyArray<Node>
let clock: number

beforeEach(() => {
  clock = 0
  nodes = graphOf(() =>
    Object.fromEntries(
      grid({ n: [1, 2, 3, 4] }, ({ n }) => [n, count({ rows: read({}, { amount: n }).rows }, {}).report]),
    ),
  ).nodes
})

/** Past timings: a minute for each `read`, none for `count` unless given. */
const past = (counting?: number): Estimates => {
  const estimates = new Estimates()
  for (const { id, stage } of nodes) {
    const time = stage.name === "read" ? MINUTE : counting
    if (time !== undefined) estimates.remember(id, stage.name, time)
  }
  return estimates
}

const following = (estimates: Estimates, cpu = 1): TimeLeft =>
  new TimeLeft(nodes, estimates, { cpu, memory: 1_000, gpu: 0 }, () => clock)

const done = (node: string, milliseconds: number): RunEvent => ({ type: "done", node, milliseconds, reused: false })

describe("the time that is left", () => {
  it("is that of the past, shared by the machine's slots", () => {
    expect(following(past(MINUTE), 1).left).toEqual({ seconds: 480, unknown: 0 })
    expect(following(past(MINUTE), 2).left).toEqual({ seconds: 240, unknown: 0 })
  })

  it("counts the steps that nothing is known of, until one of their stage ran", () => {
    const time = following(past())
    expect(time.left).toEqual({ seconds: 240, unknown: 4 })
    time.take(done("read/n=1", MINUTE))
    time.take(done("count/n=1", 2 * MINUTE))
    expect(time.left).toEqual({ seconds: 180 + 360, unknown: 0 })
  })

  it("grows when this run is slower than the last", () => {
    const time = following(past(MINUTE))
    for (const n of [1, 2, 3]) time.take(done(`read/n=${n}`, 2 * MINUTE))
    expect(time.left.seconds).toBeGreaterThan(1.9 * 5 * 60)
    expect(time.left.seconds).toBeLessThan(2 * 5 * 60)
  })

  it("shrinks as time passes, follows what a task says of its progress, and never ends before the task does", () => {
    const time = following(past(MINUTE))
    time.take({ type: "start", node: "read/n=1", reasons: [] })
    clock = 30_000
    expect(time.left.seconds).toBe(450)
    time.take({ type: "progress", node: "read/n=1", progress: { step: 1, total: 10, unit: "steps", numbers: {} } })
    expect(time.left.seconds).toBeCloseTo(420 + 0.9 * 60 + 0.1 * 300 - 30)
    clock = 400_000
    expect(time.left.seconds).toBeGreaterThan(420)
  })

  it("leaves out what turned out to be there, failed, or is not run", () => {
    const time = following(past(MINUTE))
    time.take({ type: "done", node: "read/n=1", milliseconds: 0, reused: true })
    time.take({ type: "failed", node: "read/n=2", message: "" })
    time.take({ type: "skipped", node: "count/n=2", because: "read/n=2" })
    expect(time.left).toEqual({ seconds: 300, unknown: 0 })
  })

  it("is told after events, but not after each", () => {
    const told: Array<RunEvent> = []
    const emit = tellingTimeLeft(
      following(past(MINUTE)),
      (event) => told.push(event),
      () => clock,
    )
    emit({ type: "start", node: "read/n=1", reasons: [] })
    clock = 2_500
    emit({ type: "start", node: "read/n=2", reasons: [] })
    emit({ type: "start", node: "read/n=3", reasons: [] })
    expect(told.map(({ type }) => type)).toEqual(["start", "start", "left", "start"])
  })
})
