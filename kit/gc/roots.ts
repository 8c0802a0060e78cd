/** What a collection keeps: all that the pipelines of the project reach, what their nodes last gave, and pinned results. */
import { errorPlace } from "../error-place.ts"
import { PipelineError } from "../errors.ts"
import type { Node } from "../node.ts"
import type { Pipeline } from "../pipeline.ts"
import { makePlan } from "../plan/plan.ts"
import { loadAllPipelines, loadPipeline, type Project } from "../project.ts"
import type { Scope } from "../store/layout.ts"
import { type Pin, readPins } from "../store/pins.ts"
import type { AskingNode } from "./unnoted.ts"

/** A profile of a pipeline that exists, and its nodes. */
export interface KnownScope extends Scope {
  readonly nodes: ReadonlyMap<string, ReadonlyArray<OutputShape>>
}

interface OutputShape {
  readonly output: string
  readonly extension: string
}

export interface Roots {
  /** Keys whose records stay. */
  readonly keys: ReadonlySet<string>
  readonly pins: ReadonlyArray<Pin>
  readonly scopes: ReadonlyArray<KnownScope>
  readonly asking: ReadonlyArray<AskingNode>
  /** Whether a stage of a name asks models. */
  readonly stages: ReadonlyMap<string, boolean>
}

type Found = { readonly keys: Set<string>; readonly asking: Array<AskingNode>; readonly stages: Map<string, boolean> }

/**
 * Plans every profile of every pipeline in pipelines/, and of one that is named beside. A pipeline that can't be loaded or
 * planned is an error: nobody knows what it reaches.
 */
export const findRoots = async (project: Project, named: string | undefined): Promise<Roots> => {
  const found: Found = { keys: new Set(), asking: [], stages: new Map() }
  const scopes: Array<KnownScope> = []
  for (const pipeline of await loadAll(project, named)) {
    for (const profile of pipeline.profiles) scopes.push(await reach(project, pipeline, profile, found))
  }
  const pins = readPins(project.store)
  for (const { records } of pins) for (const { key } of records) found.keys.add(key)
  return { ...found, pins, scopes }
}

const loadAll = async (project: Project, named: string | undefined): Promise<ReadonlySet<Pipeline>> => {
  try {
    const all = await loadAllPipelines(project.root)
    return new Set(named === undefined ? all : [...all, await loadPipeline(project.root, named)])
  } catch (error) {
    throw unknown("A pipeline can't be loaded, so that nobody knows what it reaches", error)
  }
}

const reach = async (
  project: Project,
  pipeline: Pipeline,
  profile: string,
  { keys, asking, stages }: Found,
): Promise<KnownScope> => {
  try {
    const graph = pipeline.graph(profile)
    const plan = await makePlan(project, graph, { targets: new Set(graph.nodes), forced: new Set() })
    for (const planned of plan.nodes.values()) {
      const { id, stage } = planned.node
      const asks = stage.body.kind === "here" && stage.body.asks
      const head = Object.hasOwn(plan.heads.nodes, id) ? plan.heads.nodes[id]?.key : undefined
      for (const key of [planned.resolved?.key, head]) if (key !== undefined) keys.add(key)
      stages.set(stage.name, asks || (stages.get(stage.name) ?? false))
      if (asks) asking.push({ plan, planned, head })
    }
    return { pipeline: graph.pipeline, profile, nodes: new Map(graph.nodes.map((node) => [node.id, shapes(node)])) }
  } catch (error) {
    throw unknown(`What profile "${profile}" of pipeline "${pipeline.name}" reaches can't be told`, error)
  }
}

const unknown = (what: string, error: unknown): PipelineError => {
  const { message, where } = error as { readonly message: string; readonly where?: string }
  return new PipelineError({
    message: `${what}: ${message}`,
    where: where ?? errorPlace(error) ?? "",
    remedy: "Mend or remove that pipeline first; nothing was removed.",
  })
}

const shapes = ({ stage }: Node): ReadonlyArray<OutputShape> =>
  Object.entries(stage.outputs).map(([output, { extension }]) => ({ output, extension }))
