/**
 * The scheduler: starts each node as soon as what it needs is there and the machine has room for it. A node is claimed
 * just before it starts; one that another driver computes is set aside and looked at again, without holding anything.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import type { StoreError } from "../errors.ts"
import type { Executor } from "../executors/executor.ts"
import { dependencies, type Node } from "../node.ts"
import { isDone, type NodePlan, type Plan } from "../plan/plan.ts"
import { describeReason } from "../plan/reasons.ts"
import { type Resolved, resolve } from "../plan/resolve.ts"
import type { StageCode } from "../plan/stage-code.ts"
import type { Resources } from "../stage.ts"
import type { Claims } from "../store/claims.ts"
import type { StoreLayout } from "../store/layout.ts"
import { findDamage } from "../store/objects.ts"
import { findRecord, type RecordSummary } from "../store/record.ts"
import { announcing } from "../store/uses.ts"
import type { Bring } from "./bring-inputs.ts"
import { Reporter, type RunEvent } from "./events.ts"
import { executeNode, type NodeError } from "./execute-node.ts"
import { ReadyNodes } from "./ready-nodes.ts"
import type { ResourcePool } from "./resources.ts"
import type { Supply } from "./supply.ts"

/** How a run ended for each node that it looked at. */
export interface RunOutcome {
  readonly records: ReadonlyMap<Node, RecordSummary>
  /** Nodes whose work was done now. */
  readonly computed: ReadonlyArray<Node>
  /** Nodes whose work turned out to be there already once their inputs were known. */
  readonly reused: ReadonlyArray<Node>
  readonly failed: ReadonlyMap<Node, NodeError>
  readonly skipped: ReadonlyArray<Node>
}

export interface ScheduleOptions {
  /** Go on with what doesn't depend on a failed node. */
  readonly keepGoing: boolean
  readonly attempts: string
  /** Called after each node that has a result. */
  readonly onRecord: (node: Node, record: RecordSummary) => void
  /** What can be had from elsewhere. */
  readonly supply: Supply
  readonly bring: Bring
  /** Remaining milliseconds below each node, by past timings: the longest path starts first. */
  readonly priority: (node: Node) => number
}

type Message =
  | { readonly type: "done"; readonly node: Node; readonly record: RecordSummary; readonly taken: Resources }
  | { readonly type: "failed"; readonly node: Node; readonly error: NodeError; readonly taken: Resources }
  | { readonly type: "look again"; readonly node: Node }
  | { readonly type: "no answer"; readonly node: Node; readonly error: StoreError }

/** How long to wait before looking again at a key that another driver computes. */
const ELSEWHERE = "150 millis"

/** Runs what a plan says must run. */
export const runPlan = (
  plan: Plan,
  claims: Claims,
  pool: ResourcePool,
  options: ScheduleOptions,
): Effect.Effect<RunOutcome, never, Executor | Reporter> =>
  Effect.scoped(
    Effect.gen(function* () {
      const reporter = yield* Reporter
      const messages = yield* Queue.unbounded<Message>()
      const store = announcing(plan.project.store, claims.uses)
      const schedule = new Schedule(plan, claims, pool, options, reporter.emit)
      const fibers = new Set<Fiber.Fiber<unknown, unknown>>()
      yield* Effect.addFinalizer(() => Fiber.interruptAll(fibers))
      const fork = Effect.fnUntraced(function* (effect: Effect.Effect<unknown, never, Executor | Reporter>) {
        const fiber = yield* Effect.forkChild(effect)
        fibers.add(fiber)
        fiber.addObserver(() => fibers.delete(fiber))
      })
      for (;;) {
        for (const start of schedule.startable()) {
          yield* fork(
            start.kind === "run"
              ? attempt(start, plan, store, schedule, options, messages)
              : start.kind === "ask"
                ? ask(start, plan, options, messages)
                : lookAgain(start.node, messages),
          )
        }
        if (schedule.idle) return schedule.outcome()
        schedule.take(yield* Queue.take(messages))
      }
    }),
  )

const lookAgain = (node: Node, messages: Queue.Queue<Message>) =>
  Effect.sleep(ELSEWHERE).pipe(Effect.andThen(Queue.offer(messages, { type: "look again", node })))

/** Asks a place elsewhere for the record of a key that was not known when the run was planned. */
const ask = (
  { node, resolved }: Start & { readonly kind: "ask" },
  plan: Plan,
  options: ScheduleOptions,
  messages: Queue.Queue<Message>,
) =>
  options.supply.ask(node, resolved, plan.code.get(node.stage) as StageCode, options.attempts).pipe(
    Effect.matchEffect({
      onSuccess: () => Queue.offer(messages, { type: "look again", node }),
      onFailure: (error) => Queue.offer(messages, { type: "no answer", node, error }),
    }),
  )

const attempt = (
  start: Start & { readonly kind: "run" },
  plan: Plan,
  into: StoreLayout,
  schedule: Schedule,
  options: ScheduleOptions,
  messages: Queue.Queue<Message>,
) => {
  const { node, resolved, taken } = start
  return executeNode({
    project: plan.project,
    pipeline: plan.graph.pipeline,
    profile: plan.graph.profile,
    node,
    resolved,
    code: plan.code.get(node.stage) as StageCode,
    recordOf: schedule.recordOf,
    into,
    attempts: options.attempts,
    verified: schedule.verified,
    record: true,
    fresh: schedule.isForced(node),
    bring: options.bring,
  }).pipe(
    Effect.matchCauseEffect({
      onSuccess: (record) => Queue.offer(messages, { type: "done", node, record, taken }),
      onFailure: (cause) => {
        const error = Cause.findErrorOption(cause)
        return error._tag === "Some"
          ? Queue.offer(messages, { type: "failed", node, error: error.value, taken })
          : Effect.failCause(cause as Cause.Cause<never>)
      },
    }),
  )
}

type Start =
  | { readonly kind: "run"; readonly node: Node; readonly resolved: Resolved; readonly taken: Resources }
  | { readonly kind: "elsewhere"; readonly node: Node }
  | { readonly kind: "ask"; readonly node: Node; readonly resolved: Resolved }

class Schedule {
  readonly verified = new Map<string, Promise<boolean>>()
  readonly #plan: Plan
  readonly #claims: Claims
  readonly #pool: ResourcePool
  readonly #options: ScheduleOptions
  readonly #emit: (event: RunEvent) => void
  readonly #records = new Map<Node, RecordSummary>()
  readonly #resolved = new Map<Node, Resolved>()
  readonly #missing = new Map<Node, number>()
  readonly #dependents = new Map<Node, Array<Node>>()
  readonly #announced = new Set<Node>()
  readonly #computed: Array<Node> = []
  readonly #reused: Array<Node> = []
  readonly #failed = new Map<Node, NodeError>()
  readonly #skipped = new Set<Node>()
  /** Keys that this run computes now: several nodes may mean the same work. */
  readonly #active = new Set<string>()
  /** Keys that this run computed. */
  readonly #made = new Set<string>()
  /** Keys that were asked for elsewhere. */
  readonly #asked = new Set<string>()
  readonly #ready: ReadyNodes
  /** CPU slots that every node asks for: with fewer, there is nothing to look for. */
  readonly #leastCpu: number
  #running = 0
  #aside = 0

  constructor(
    plan: Plan,
    claims: Claims,
    pool: ResourcePool,
    options: ScheduleOptions,
    emit: (event: RunEvent) => void,
  ) {
    this.#plan = plan
    this.#claims = claims
    this.#pool = pool
    this.#options = options
    this.#emit = emit
    this.#ready = new ReadyNodes(options.priority)
    this.#leastCpu = Math.min(...new Set(plan.graph.nodes.map(({ stage }) => stage.resources.cpu)))
    for (const entry of plan.nodes.values()) this.#admit(entry)
  }

  recordOf = (node: Node): RecordSummary => this.#records.get(node) as RecordSummary

  get idle(): boolean {
    return this.#running === 0 && this.#aside === 0 && (this.#ready.nodes.length === 0 || this.#stopped)
  }

  get #stopped(): boolean {
    return this.#failed.size > 0 && !this.#options.keepGoing
  }

  #admit({ node, decision, record, after = [] }: NodePlan): void {
    if (isDone(decision)) {
      this.#records.set(node, record as RecordSummary)
      return
    }
    const before = new Set([...dependencies(node), ...after])
    const open = [...before].filter((dependency) => !this.#records.has(dependency))
    this.#missing.set(node, open.length)
    for (const dependency of open) {
      const list = this.#dependents.get(dependency)
      if (list === undefined) this.#dependents.set(dependency, [node])
      else list.push(node)
    }
    if (open.length === 0) this.#ready.add(node)
  }

  /** What can begin now: nodes with room on the machine, or a wait for another driver. */
  startable(): ReadonlyArray<Start> {
    const starts: Array<Start> = []
    for (let index = 0; index < this.#ready.nodes.length && !this.#stopped && this.#pool.hasCpu(this.#leastCpu); ) {
      const found = this.#begin(this.#ready.nodes[index] as Node)
      if (found === "no room") {
        index++
        continue
      }
      this.#ready.remove(index)
      if (found !== "finished") starts.push(found)
    }
    return starts
  }

  #begin(node: Node): Start | "no room" | "finished" {
    const taken = this.#pool.take(node.stage.resources)
    if (taken === undefined) return "no room"
    const resolved = this.#resolve(node)
    const found = this.#begun(node, resolved)
    if (found !== undefined) {
      this.#pool.give(taken)
      return found
    }
    if (!this.#claims.claim(resolved.key)) {
      this.#pool.give(taken)
      this.#aside++
      if (!this.#announced.has(node)) this.#emit({ type: "elsewhere", node: node.id })
      this.#announced.add(node)
      return { kind: "elsewhere", node }
    }
    if (this.#reuse(node, resolved)) {
      this.#pool.give(taken)
      this.#claims.release(resolved.key)
      return "finished"
    }
    this.#running++
    this.#active.add(resolved.key)
    const reasons = (this.#plan.nodes.get(node)?.reasons ?? []).map((reason) => describeReason(reason))
    this.#emit({ type: "start", node: node.id, reasons })
    return { kind: "run", node, resolved, taken }
  }

  /** What makes running a node needless, or not possible yet. */
  #begun(node: Node, resolved: Resolved): Start | "no room" | "finished" | undefined {
    this.#claims.uses.announce([resolved.key])
    if (this.#active.has(resolved.key)) return "no room"
    if (this.#reuse(node, resolved)) return "finished"
    return this.#mustAsk(node, resolved) ? { kind: "ask", node, resolved } : undefined
  }

  #resolve(node: Node): Resolved {
    const known = this.#resolved.get(node)
    if (known !== undefined) return known
    const code = this.#plan.code.get(node.stage) as StageCode
    const resolved = resolve(node, code, this.#plan.project.root, this.recordOf)
    this.#resolved.set(node, resolved)
    return resolved
  }

  /** Whether a key that became known in this run is to be asked for elsewhere; once for each key. */
  #mustAsk(node: Node, { key }: Resolved): boolean {
    const waited = this.#plan.nodes.get(node)?.decision === "waits"
    if (!waited || !this.#options.supply.canAsk || this.isForced(node) || this.#asked.has(key)) return false
    this.#asked.add(key)
    this.#aside++
    return true
  }

  /** Takes the result that the store has for the key, unless the node is forced and this run didn't make it. */
  #reuse(node: Node, resolved: Resolved): boolean {
    if (this.isForced(node) && !this.#made.has(resolved.key)) return false
    const record = findRecord(this.#plan.project.store, resolved.key)
    if (record === undefined || (record.unanswered !== undefined && !this.#made.has(resolved.key))) return false
    const damaged = Object.values(record.outputs).some((artifact) => findDamage(this.#plan.project.store, artifact))
    if (damaged && !this.#mayFetch(node, record)) return false
    this.#reused.push(node)
    this.#settle(node, record, 0, true)
    return true
  }

  isForced(node: Node): boolean {
    return this.#plan.nodes.get(node)?.reasons.some(({ kind }) => kind === "forced") ?? false
  }

  /** Whether damaged outputs of a record do no harm: not those that the plan found to be nowhere else. */
  #mayFetch(node: Node, record: RecordSummary): boolean {
    return this.#plan.nodes.get(node)?.decision === "waits" && this.#options.supply.mayHave(record)
  }

  take(message: Message): void {
    if (message.type === "look again") {
      this.#aside--
      this.#ready.add(message.node)
      return
    }
    if (message.type === "no answer") {
      this.#aside--
      this.#fail(message.node, message.error)
      return
    }
    this.#running--
    this.#pool.give(message.taken)
    const { key } = this.#resolve(message.node)
    this.#active.delete(key)
    this.#claims.release(key)
    if (message.type === "failed") {
      this.#fail(message.node, message.error)
      return
    }
    this.#computed.push(message.node)
    this.#made.add(key)
    this.#settle(message.node, message.record, message.record.run.milliseconds, false)
  }

  #settle(node: Node, record: RecordSummary, milliseconds: number, reused: boolean): void {
    this.#records.set(node, record)
    this.#options.onRecord(node, record)
    this.#emit({ type: "done", node: node.id, milliseconds, reused })
    for (const dependent of this.#dependents.get(node) ?? []) {
      const left = (this.#missing.get(dependent) ?? 0) - 1
      this.#missing.set(dependent, left)
      if (left === 0 && !this.#skipped.has(dependent)) this.#ready.add(dependent)
    }
  }

  #fail(node: Node, error: NodeError): void {
    this.#failed.set(node, error)
    this.#emit({ type: "failed", node: node.id, message: error.message })
    const todo = [...(this.#dependents.get(node) ?? [])]
    for (let below = todo.pop(); below !== undefined; below = todo.pop()) {
      if (this.#skipped.has(below)) continue
      this.#skipped.add(below)
      this.#emit({ type: "skipped", node: below.id, because: node.id })
      todo.push(...(this.#dependents.get(below) ?? []))
    }
  }

  outcome(): RunOutcome {
    const skipped = [...this.#missing.keys()].filter((node) => !this.#records.has(node) && !this.#failed.has(node))
    return { records: this.#records, computed: this.#computed, reused: this.#reused, failed: this.#failed, skipped }
  }
}
