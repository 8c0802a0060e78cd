/**
 * The retrospective half of a crate: what was run, on what, with what result (Provenance Run Crate 0.5): an action for each
 * record, the control that started it, and the run as a whole.
 */
import type { Graph } from "../../node.ts"
import { flatten } from "../../plan/differences.ts"
import type { StoredArtifact, StoreRecord } from "../../store/record.ts"
import { isOnTrust } from "../../store/trust.ts"
import { PROFILE_PARAMETER, parameterId, stepId, toolId } from "./describe-workflow.ts"
import { type EntityGraph, fragment, ref, refs } from "./entities.ts"

/** Adds an artifact where it is first needed and gives its id. */
export type AddArtifact = (record: StoreRecord, output: string, artifact: StoredArtifact) => string

/** An instant as the profile's examples write it. */
const instant = (milliseconds: number): string => new Date(milliseconds).toISOString().replace("Z", "+00:00")

const startOf = ({ run }: StoreRecord): string => instant(Date.parse(run.started))
const endOf = ({ run }: StoreRecord): string => instant(Date.parse(run.started) + run.milliseconds)

/** When the first of some records began and the last ended. */
export const spanOf = (records: ReadonlyArray<StoreRecord>): { readonly start: string; readonly end: string } => ({
  start: records.map(startOf).sort()[0] ?? "",
  end: records.map(endOf).sort().at(-1) ?? "",
})

const runId = (record: StoreRecord): string => fragment("run", record.key)

/** What is told of the runs. */
export interface Runs {
  readonly graph: Graph
  readonly records: ReadonlyArray<StoreRecord>
  /** Digests of what the pipeline is for. */
  readonly results: ReadonlyArray<string>
  /** The kit's version is the project's. */
  readonly project: { readonly version: string }
}

/** Adds the actions and gives their ids. */
export const describeRuns = (
  entities: EntityGraph,
  { graph, records, results, project }: Runs,
  workflow: string,
  addArtifact: AddArtifact,
): ReadonlyArray<string> => {
  const artifacts = new Map<string, string>()
  for (const record of records)
    for (const [output, artifact] of Object.entries(record.outputs)) {
      const id = addArtifact(record, output, artifact)
      if (!artifacts.has(artifact.digest)) artifacts.set(artifact.digest, id)
    }
  for (const record of records) describeRun(entities, record, artifacts)
  entities.add({ "@id": "#engine", "@type": "SoftwareApplication", name: "repro", version: project.version })
  const controls = records.map((record) => {
    const id = fragment("control", record.key)
    entities.add({
      "@id": id,
      "@type": "ControlAction",
      name: `start ${record.node}`,
      instrument: ref(stepId(record.stage)),
      object: ref(runId(record)),
    })
    return id
  })
  entities.add({
    "@id": "#profile",
    "@type": "PropertyValue",
    name: "profile",
    value: graph.profile,
    exampleOfWork: ref(PROFILE_PARAMETER),
  })
  const { start, end } = spanOf(records)
  entities.add({
    "@id": "#workflow-run",
    "@type": "CreateAction",
    name: `${graph.pipeline}, profile ${graph.profile}`,
    description: `All ${records.length} pieces of work, some of which may have been done in earlier runs`,
    instrument: ref(workflow),
    object: [ref("#profile")],
    result: refs(results.flatMap((digest) => artifacts.get(digest) ?? [])),
    startTime: start,
    endTime: end,
    actionStatus: "http://schema.org/CompletedActionStatus",
  })
  entities.add({
    "@id": "#orchestration",
    "@type": "OrganizeAction",
    name: "the scheduler's run",
    instrument: ref("#engine"),
    object: refs(controls),
    result: ref("#workflow-run"),
    startTime: start,
    endTime: end,
  })
  return ["#workflow-run", "#orchestration", ...records.map(runId)]
}

const describeRun = (entities: EntityGraph, record: StoreRecord, artifacts: ReadonlyMap<string, string>): void => {
  const { stage, run, params, inputs, outputs } = record
  const settings = flatten(params)
    .filter(([name]) => name !== "")
    .map(([name, value]) => addValue(entities, ["param", stage, name], name, value, parameterId(stage, "param", name)))
  const read = Object.values(inputs).flatMap((list) => list.flatMap(({ digest }) => artifacts.get(digest) ?? []))
  const environment = { ...record.environment, ...run.versions }
  const machine = Object.entries(run.machine).map(([name, value]) => `${name} ${value}`)
  const trust = isOnTrust(record) ? ` Taken from ${record.pulled?.from}, not computed here.` : ""
  entities.add({
    "@id": runId(record),
    "@type": "CreateAction",
    name: record.node,
    description: `On ${machine.join(", ")}; attempt ${run.attempt}; code ${record.code.digest}.${trust}`,
    instrument: ref(toolId(stage)),
    object: refs([...read, ...settings]),
    result: refs(Object.values(outputs).flatMap(({ digest }) => artifacts.get(digest) ?? [])),
    environment: refs(
      Object.entries(environment).map(([name, value]) =>
        addValue(entities, ["environment", name], name, value, undefined),
      ),
    ),
    startTime: startOf(record),
    endTime: endOf(record),
    actionStatus: "http://schema.org/CompletedActionStatus",
  })
}

/** Adds a value under its name, once for all that share it, and gives its id. */
const addValue = (
  entities: EntityGraph,
  place: ReadonlyArray<string>,
  name: string,
  value: unknown,
  parameter: string | undefined,
): string => {
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return entities.add({
    "@id": fragment("value", ...place, text),
    "@type": "PropertyValue",
    name,
    value: typeof value === "number" || typeof value === "boolean" ? value : text,
    ...(parameter === undefined ? {} : { exampleOfWork: ref(parameter) }),
  })["@id"]
}
