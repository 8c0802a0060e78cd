/**
 * Plans and runs the project in the current folder in one process, with the public functions of the project's own copy
 * of the kit: `node drive.ts NODE…` forces the nodes that it names. Prints the plan as JSON lines of node, decision, reasons.
 */
import * as Effect from "effect/Effect"

const root = process.cwd()
const forcedNames = new Set(process.argv.slice(2))

/** Modules of the kit by their place in it. */
type Modules = {
  "project.ts": typeof import("../../../../kit/project.ts")
  "run/run.ts": typeof import("../../../../kit/run/run.ts")
  "cli/run-layer.ts": typeof import("../../../../kit/cli/run-layer.ts")
  "plan/reasons.ts": typeof import("../../../../kit/plan/reasons.ts")
}
const load = <Place extends keyof Modules>(place: Place): Promise<Modules[Place]> =>
  import(`${encodeURI(`file://${root}`)}/kit/${place}`)

const { loadPipeline, openProject } = await load("project.ts")
const { run } = await load("run/run.ts")
const { runLayer } = await load("cli/run-layer.ts")
const { describeReason } = await load("plan/reasons.ts")

const project = openProject(root, undefined)
const graph = (await loadPipeline(root, undefined)).graph("small")
const options = {
  targets: new Set(graph.nodes),
  forced: new Set(graph.nodes.filter(({ id }) => forcedNames.has(id))),
  jobs: 2,
  gpus: () => 0,
  keepGoing: false,
}
const { plan, outcome } = await Effect.runPromise(
  run(project, graph, options).pipe(Effect.provide(runLayer(project, () => {}))),
)
for (const [node, error] of outcome?.failed ?? []) process.stderr.write(`${node.id}: ${error.message}\n`)
const told = [...plan.nodes.values()].map(({ node, decision, reasons }) => ({
  node: node.id,
  decision,
  reasons: reasons.map((reason) => ({ ...reason, text: describeReason(reason, { all: true }) })),
}))
process.stdout.write(JSON.stringify(told))
