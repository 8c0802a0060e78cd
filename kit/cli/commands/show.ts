/** `repro show`: everything that is known of a node, and how to run its work by hand. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../../errors.ts"
import type { Node } from "../../node.ts"
import type { NodePlan, Plan } from "../../plan/plan.ts"
import { describeReason } from "../../plan/reasons.ts"
import { selectOne } from "../../plan/select.ts"
import type { WiredInputs } from "../../run/read-input.ts"
import { planEffect } from "../../run/run.ts"
import { layTask } from "../../run/task-folder.ts"
import { wireInputs } from "../../run/wire-inputs.ts"
import { failureFolder, objectPath, statePath } from "../../store/layout.ts"
import { type StoredArtifact, type StoreRecord, wholeRecord } from "../../store/record.ts"
import { viewPath } from "../../store/view.ts"
import { reproCommand, taskCommand } from "../by-hand.ts"
import { open, type Shared } from "../options.ts"
import { duration, out, printable, size } from "../print.ts"
import { trustText } from "../trust-text.ts"

export interface ShowFlags extends Shared {
  readonly node: string
  readonly prepare: Option.Option<string>
}

export const show = Effect.fnUntraced(function* (flags: ShowFlags) {
  const { project, graph } = yield* open(flags)
  const node = yield* Effect.try({ try: () => selectOne(graph, flags.node), catch: (error) => error as UsageError })
  const plan = yield* planEffect(project, graph, { targets: new Set([node]), forced: new Set(), bytes: new Set() })
  const entry = plan.nodes.get(node) as NodePlan
  if (Option.isSome(flags.prepare)) {
    const folder = flags.prepare.value
    yield* Effect.try({ try: () => prepare(plan, entry, folder, flags), catch: (error) => asUsage(error, folder) })
    return
  }
  describe(plan, entry, flags)
})

const asUsage = (error: unknown, folder: string): UsageError =>
  error instanceof UsageError
    ? error
    : new UsageError({
        message: (error as Error).message,
        where: folder,
        remedy: "Choose an empty folder that can be written to.",
      })

const heading = (title: string): void => out(`\n${title}`)

const describe = (plan: Plan, entry: NodePlan, flags: ShowFlags): void => {
  const { node, record } = entry
  out(`${node.id}\n  stage   ${node.stage.name} (${path.relative(plan.project.root, node.stage.file)})`)
  out(
    `  state   ${entry.decision === "cached" ? "up to date" : entry.decision === "elsewhere" ? "done; its bytes are elsewhere" : entry.reasons.map((reason) => describeReason(reason)).join("; ")}`,
  )
  const trust = trustText(plan, entry)
  if (trust !== undefined) out(`  trust   ${trust}`)
  if (entry.resolved !== undefined) out(`  key     ${entry.resolved.key}`)
  heading("params")
  out(indent(JSON.stringify(node.params, null, 2)))
  heading("inputs")
  out(indent(inputLines(entry).join("\n") || "none"))
  heading("outputs")
  out(indent(outputLines(plan, node, record).join("\n")))
  const whole = wholeRecord(plan.project.store, record)
  if (whole !== undefined) describeRun(plan, whole)
  const failure = entry.resolved === undefined ? undefined : failureText(plan, entry.resolved.key)
  if (failure !== undefined) {
    heading("last failure")
    out(indent(failure))
  }
  heading("by hand")
  out(indent(byHand(plan, entry, flags)))
}

const indent = (text: string): string =>
  text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n")

const inputLines = ({ node, resolved }: NodePlan): ReadonlyArray<string> =>
  Object.entries(node.wires).flatMap(([name, wire]) => {
    const handles = wire.kind === "many" ? wire.handles : wire.kind === "one" ? [wire.handle] : []
    return handles.map((handle) => {
      const digest = resolved?.inputs[name]?.find(
        (input) => input.node === handle.node.id && input.output === handle.output,
      )?.digest
      return `${name.padEnd(12)} ${handle.output} of ${handle.node.id}${digest === undefined ? "" : `  ${digest.slice(0, 12)}`}`
    })
  })

const outputLines = (plan: Plan, node: Node, record: NodePlan["record"]): ReadonlyArray<string> =>
  Object.entries(node.stage.outputs).map(([name, type]) => {
    const place = path.relative(process.cwd(), viewPath(plan.project.store, plan.graph, node.id, name, type.extension))
    const artifact: StoredArtifact | undefined = record?.outputs[name]
    if (artifact === undefined) return `${name.padEnd(12)} ${type.name} (not made yet)`
    return `${name.padEnd(12)} ${type.name}, ${size(artifact.bytes)}, ${artifact.digest.slice(0, 12)}  ${place}`
  })

const describeRun = (plan: Plan, record: StoreRecord): void => {
  const { run } = record
  heading("run")
  const machine = Object.entries(run.machine)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")
  const metrics = Object.entries(run.metrics).map(([name, value]) => `${name} ${Number(value.toPrecision(6))}`)
  out(
    indent(
      [`started ${run.started}, took ${duration(run.milliseconds / 1000)}`, `on ${machine}`, ...metrics].join("\n"),
    ),
  )
  const log = readLog(plan, run.log)
  if (log === "") return
  heading("log (its end)")
  out(indent(log.split("\n").slice(-20).map(printable).join("\n")))
}

const readLog = (plan: Plan, digest: string): string => readText(objectPath(plan.project.store, digest))

/** A file's text, empty where there is none. */
const readText = (file: string): string => {
  try {
    return fs.readFileSync(file, "utf8").trim()
  } catch {
    return ""
  }
}

/** What is kept of the last failure of the same work. */
const failureText = (plan: Plan, key: string): string | undefined => {
  const folder = failureFolder(plan.project.store, key)
  try {
    const { time, error } = JSON.parse(fs.readFileSync(`${folder}/failure.json`, "utf8")) as {
      time: string
      error: string
    }
    const log = readText(`${folder}/log.txt`)
    const told = log === "" ? [] : ["log (its end):", ...log.split("\n").slice(-20).map(printable)]
    const kept = `kept in ${path.relative(process.cwd(), folder)}`
    return [time, ...error.split("\n").slice(0, 12).map(printable), ...told, kept].join("\n")
  } catch {
    return undefined
  }
}

/** How to run the work again: as the kit would, and the task of a worker alone, as it failed or laid out anew. */
const byHand = ({ project, graph }: Plan, { node, resolved }: NodePlan, flags: ShowFlags): string => {
  const command = (verb: string): string => reproCommand(project, graph.profile, flags, verb, node.id)
  if (node.stage.body.kind === "here") return command("stage")
  const kept = resolved === undefined ? "" : failureFolder(project.store, resolved.key)
  const again = fs.existsSync(`${kept}/task.json`)
    ? ["or run its task alone, as it failed:", `  ${taskCommand(project, kept)}`]
    : []
  return [
    command("stage"),
    ...again,
    "or lay out its task and run that alone:",
    `  ${command("show")} --prepare FOLDER`,
  ].join("\n")
}

/** Lays out a worker task and prints the command that runs it. */
const prepare = (plan: Plan, { node, resolved }: NodePlan, folder: string, flags: ShowFlags): void => {
  const { body } = node.stage
  const command = (verb: string): string => reproCommand(plan.project, plan.graph.profile, flags, verb, node.id)
  if (body.kind !== "worker" || resolved === undefined) {
    throw new UsageError({
      message:
        body.kind === "worker"
          ? `The inputs of ${node.id} are not there yet`
          : `${node.id} runs inside the kit, not as a task`,
      where: node.id,
      remedy: body.kind === "worker" ? `Run \`${command("run")}\` first.` : `Use \`${command("stage")}\`.`,
    })
  }
  fs.mkdirSync(folder, { recursive: true })
  if (fs.readdirSync(folder).length > 0) {
    throw new UsageError({ message: "The folder is not empty", where: folder, remedy: "Choose an empty folder." })
  }
  const wired = wireInputs(node, resolved, (dependency) => plan.nodes.get(dependency)?.record) as WiredInputs
  layTask(plan.project.store, node, body.task, statePath(plan.project.store, resolved.key), wired, path.resolve(folder))
  out(taskCommand(plan.project, folder))
}
