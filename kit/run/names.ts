/**
 * Names for people: the heads of a profile and the view, kept up while a run goes on. A disk that takes no names never
 * fails work that is done; what could not be written is tried again at the end and then told.
 */
import { columnsOf } from "../lib/columns.ts"
import type { Graph, Node } from "../node.ts"
import type { Plan } from "../plan/plan.ts"
import { type Head, readHeads, type TypeColumns, writeHeads } from "../store/heads.ts"
import type { Lock } from "../store/lock.ts"
import type { RecordSummary } from "../store/record.ts"
import { isElsewhere, isOnTrust } from "../store/trust.ts"
import { clearView, viewIsWhole, writeView } from "../store/view.ts"

/** Milliseconds between two saves of the heads while a run goes on, and how many times what a save takes. */
const HEADS_INTERVAL = 2_000
const HEADS_SHARE = 30

/** Where names are written: under a lock that all drivers of the profile share, by way of a folder of this driver. */
export interface NamesPlace {
  readonly lock: Lock
  readonly scratch: string
}

/** Heads and view of a run. */
export class Names {
  readonly #plan: Plan
  readonly #known: Readonly<Record<string, Head>>
  readonly #added: Record<string, Head> = {}
  /** What the view does not show yet. */
  readonly #unseen = new Map<Node, RecordSummary>()
  #place: NamesPlace | undefined
  #changed: boolean
  #saveAt = performance.now() + HEADS_INTERVAL

  constructor(plan: Plan) {
    this.#plan = plan
    const known = new Set(plan.graph.nodes.map((node) => node.id))
    this.#known = plan.heads.nodes
    this.#changed = Object.keys(plan.heads.nodes).some((id) => !known.has(id))
  }

  /** Whether something is to be written. */
  get pending(): boolean {
    return this.#changed || this.#unseen.size > 0
  }

  /** A node that was there already: its names are mended where they are gone or were edited. */
  keep(node: Node, record: RecordSummary): void {
    const head = this.#known[node.id]
    const same = head?.key === record.key && head.made === record.run.started
    if (!same) this.#name(node, record)
    if (!same || !viewIsWhole(this.#plan.project.store, this.#plan.graph, node.id, record)) {
      this.#unseen.set(node, record)
    }
  }

  /** A node that is done but whose bytes are elsewhere: the view shows nothing of it. */
  keepElsewhere(node: Node, record: RecordSummary): void {
    const head = this.#known[node.id]
    if (head?.key === record.key && head.made === record.run.started) return
    this.#name(node, record)
    this.#unseen.set(node, record)
  }

  /** From now on, names are written as they come. */
  begin(place: NamesPlace): void {
    this.#place = place
    for (const [node, record] of this.#unseen) this.#tryView(node, record)
  }

  /** A node that has a new result. */
  add(node: Node, record: RecordSummary): void {
    this.#name(node, record)
    this.#tryView(node, record)
    if (performance.now() > this.#saveAt) this.trySave()
  }

  #name(node: Node, { key, run }: RecordSummary): void {
    this.#added[node.id] = { key, made: run.started, stage: node.stage.name, labels: node.labels }
    this.#changed = true
  }

  #tryView(node: Node, record: RecordSummary): void {
    this.#unseen.set(node, record)
    try {
      this.#view(node, record)
    } catch {
      // tried again at the end
    }
  }

  #view(node: Node, record: RecordSummary): void {
    const { graph, project } = this.#plan
    const place = this.#place
    if (place === undefined) return
    const elsewhere = isOnTrust(record) && isElsewhere(project.store, record)
    place.lock.hold(() =>
      elsewhere
        ? clearView(project.store, graph, node.id, record)
        : writeView(project.store, graph, node.id, record, place.scratch),
    )
    this.#unseen.delete(node)
  }

  /** Saves the heads as well as the disk lets it. */
  trySave(): void {
    try {
      this.#save()
    } catch {
      // tried again at the end
    }
  }

  /** Writes all that is not written yet; throws the error of the file system where it can't. */
  finish(): void {
    this.#save()
    for (const [node, record] of this.#unseen) this.#view(node, record)
    this.#trySummaries()
  }

  /** A short cut for the next plan, which does without it where the disk does not take it. */
  #trySummaries(): void {
    const place = this.#place
    if (place === undefined) return
    try {
      const keys = this.#plan.graph.nodes.flatMap(({ id }) => (this.#added[id] ?? this.#known[id])?.key ?? [])
      place.lock.hold(() => this.#plan.summaries.save(keys, place.scratch))
    } catch {
      // the next plan reads the records themselves
    }
  }

  #save(): void {
    const place = this.#place
    if (!this.#changed || place === undefined) return
    const begun = performance.now()
    const { graph, project } = this.#plan
    place.lock.hold(() =>
      writeHeads(
        project.store,
        {
          format: 1,
          pipeline: graph.pipeline,
          profile: graph.profile,
          nodes: this.#merged(),
          types: typesOfGraph(graph),
        },
        place.scratch,
      ),
    )
    this.#changed = false
    const now = performance.now()
    this.#saveAt = now + Math.max(HEADS_INTERVAL, (now - begun) * HEADS_SHARE)
  }

  /** What this run added over what is there now, since another run may have added names meanwhile; in the graph's order. */
  #merged(): Readonly<Record<string, Head>> {
    const { graph, project } = this.#plan
    const all = { ...readHeads(project.store, graph.pipeline, graph.profile).nodes, ...this.#added }
    return Object.fromEntries(graph.nodes.flatMap(({ id }) => (Object.hasOwn(all, id) ? [[id, all[id] as Head]] : [])))
  }
}

/** How SQL sees every artifact type that a graph makes. */
const typesOfGraph = (graph: Graph): Readonly<Record<string, TypeColumns>> => {
  const types: Record<string, TypeColumns> = {}
  for (const stage of new Set(graph.nodes.map((node) => node.stage))) {
    for (const { name, schema, sensitive } of Object.values(stage.outputs)) {
      if (schema !== undefined && !(name in types)) types[name] = { columns: columnsOf(schema), sensitive }
    }
  }
  return types
}
