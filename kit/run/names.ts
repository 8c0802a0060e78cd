/** Names for people: the heads of a profile and the view, kept up while a run goes on. */
import * as fs from "node:fs"
import { columnsOf } from "../lib/columns.ts"
import type { Graph, Node } from "../node.ts"
import type { Plan } from "../plan/plan.ts"
import { type Head, readHeads, type TypeColumns, writeHeads } from "../store/heads.ts"
import type { StoreRecord } from "../store/record.ts"
import { viewPath, writeView } from "../store/view.ts"

/** Milliseconds between two saves of the heads while a run goes on. */
const HEADS_INTERVAL = 2_000

/** Heads and view of a run. */
export class Names {
  readonly #plan: Plan
  readonly #known: Readonly<Record<string, Head>>
  readonly #added: Record<string, Head> = {}
  #changed: boolean
  #saved = performance.now()

  constructor(plan: Plan) {
    this.#plan = plan
    const known = new Set(plan.graph.nodes.map((node) => node.id))
    this.#known = plan.heads.nodes
    this.#changed = Object.keys(plan.heads.nodes).some((id) => !known.has(id))
  }

  /** A node that was there already: its names are mended where they are gone. */
  keep(node: Node, record: StoreRecord): void {
    const head = this.#known[node.id]
    const same = head?.key === record.key && head.made === record.run.started
    if (!same || !this.#inView(node, record)) this.add(node, record)
  }

  add(node: Node, record: StoreRecord): void {
    const { key, run } = record
    this.#added[node.id] = { key, made: run.started, stage: node.stage.name, labels: node.labels }
    this.#changed = true
    try {
      writeView(this.#plan.project.store, this.#plan.graph, node.id, record)
    } catch {
      // names for people: a read-only or full disk must not fail work that is done
    }
    if (performance.now() - this.#saved > HEADS_INTERVAL) this.trySave()
  }

  #inView(node: Node, record: StoreRecord): boolean {
    const { project, graph } = this.#plan
    return Object.entries(record.outputs).every(([output, { extension }]) =>
      fs.existsSync(viewPath(project.store, graph, node.id, output, extension)),
    )
  }

  trySave(): void {
    try {
      this.save()
    } catch {
      // tried again at the end
    }
  }

  save(): void {
    if (!this.#changed) return
    const { graph, project } = this.#plan
    writeHeads(project.store, {
      format: 1,
      pipeline: graph.pipeline,
      profile: graph.profile,
      nodes: this.#merged(),
      types: typesOfGraph(graph),
    })
    this.#changed = false
    this.#saved = performance.now()
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
  for (const { stage } of graph.nodes) {
    for (const { name, schema, sensitive } of Object.values(stage.outputs)) {
      if (schema !== undefined && !(name in types)) types[name] = { columns: columnsOf(schema), sensitive }
    }
  }
  return types
}
