/** `repro doctor`: what this machine lacks, each with what to do about it. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as system from "../../doctor/file-system.ts"
import { type Finding, missing, ok } from "../../doctor/finding.ts"
import * as machine from "../../doctor/machine.ts"
import { findNeeds } from "../../doctor/needs.ts"
import * as software from "../../doctor/software.ts"
import { errorPlace } from "../../error-place.ts"
import type { Need } from "../../needs.ts"
import { findRoot, loadPipeline, openProject, type Project } from "../../project.ts"
import { chosenStore, type Shared } from "../options.ts"
import { out, outExactly, textTable } from "../print.ts"

export interface DoctorFlags extends Shared {
  readonly format: "text" | "json"
}

export const doctor = Effect.fnUntraced(function* (flags: DoctorFlags) {
  const findings = yield* Effect.promise(() => examine(flags))
  if (flags.format === "json") outExactly(JSON.stringify(findings, null, 2))
  else tell(findings)
  if (findings.some(({ state }) => state === "missing")) process.exitCode = 1
})

const examine = async (flags: DoctorFlags): Promise<ReadonlyArray<Finding>> => {
  const project = openProject(findRoot(process.cwd()), chosenStore(flags))
  const { finding, lock, worker, needs } = await pipelineOf(project, flags)
  return [
    software.node(),
    software.nodePackages(project),
    finding,
    software.systemPython(worker),
    software.uv(project, worker),
    ...(lock === undefined ? [] : [software.workerPackages(project, lock, worker)]),
    await software.typst(),
    software.fonts(project),
    software.deno(project),
    machine.cores(),
    machine.memory(),
    machine.gpu(),
    machine.clock(project),
    machine.mirror(),
    ...(await findNeeds(needs, true)),
    system.format(project.store),
    system.room(project.store),
    ...system.abilities(project.store),
  ]
}

interface PipelineFinding {
  readonly finding: Finding
  /** The worker's lock that the profile declares. */
  readonly lock: string | undefined
  /** Whether any stage is a task of the worker. */
  readonly worker: boolean
  readonly needs: ReadonlyArray<Need>
}

const pipelineOf = async (project: Project, flags: DoctorFlags): Promise<PipelineFinding> => {
  try {
    const pipeline = await loadPipeline(project.root, Option.getOrUndefined(flags.pipeline))
    const graph = pipeline.graph(Option.getOrElse(flags.profile, () => pipeline.defaultProfile))
    const worker = graph.nodes.some(({ stage }) => stage.body.kind === "worker")
    const finding = ok("pipeline", `${graph.pipeline}, profile ${graph.profile}, ${graph.nodes.length} nodes`)
    return { finding, lock: graph.workerLock, worker, needs: graph.needs ?? [] }
  } catch (error) {
    const { message, remedy } = error as { readonly message: string; readonly remedy?: string }
    const [place, first] = [errorPlace(error), message.split("\n")[0] ?? ""]
    const told = place === undefined ? first : `${first} (${place})`
    const finding = missing("pipeline", told, remedy ?? "Correct that file, or the pipeline's where none is named.")
    return { finding, lock: undefined, worker: false, needs: [] }
  }
}

const STATES = { ok: "ok", note: "note", missing: "MISSING" }

const tell = (findings: ReadonlyArray<Finding>): void => {
  out(
    textTable(
      ["", "what", "found"],
      findings.map(({ name, state, found }) => [STATES[state], name, found]),
      120,
    ),
  )
  for (const state of ["missing", "note"] as const) {
    for (const finding of findings.filter((one) => one.state === state && one.remedy !== ""))
      out(`${STATES[state]}  ${finding.name}: ${finding.remedy}`)
  }
  const count = findings.filter(({ state }) => state === "missing").length
  out(
    count === 0 ? "Nothing that is needed is missing." : `${count} ${count === 1 ? "thing is" : "things are"} missing.`,
  )
}
