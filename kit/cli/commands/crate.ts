/** `repro crate`: results and how they came about as a Workflow Run RO-Crate. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { describeErrno, UsageError } from "../../errors.ts"
import type { Plan } from "../../plan/plan.ts"
import { select } from "../../plan/select.ts"
import { type Project, pipelineFile } from "../../project.ts"
import { type Crate, codeOf, makeCrate } from "../../provenance/crate/crate.ts"
import { writeCrate } from "../../provenance/crate/write.ts"
import { planEffect } from "../../run/run.ts"
import { findDamage } from "../../store/objects.ts"
import { type StoreRecord, wholeRecord } from "../../store/record.ts"
import { reproCommand } from "../by-hand.ts"
import { open, type Shared } from "../options.ts"
import { note, size } from "../print.ts"

export interface CrateFlags extends Shared {
  readonly folder: string
  readonly selectors: ReadonlyArray<string>
  readonly withData: boolean
}

export const crate = Effect.fnUntraced(function* (flags: CrateFlags) {
  const { project, graph } = yield* open(flags)
  const targets = yield* Effect.try({
    try: () => select(graph, flags.selectors),
    catch: (error) => error as UsageError,
  })
  const bytes = new Set(flags.withData ? targets : graph.results.map(({ node }) => node))
  const plan = yield* planEffect(project, graph, { targets, forced: new Set(), bytes })
  yield* Effect.tryPromise({
    try: async () => {
      const made = crateOf(plan, flags)
      await writeCrate(made, project, path.resolve(flags.folder))
      tell(made, flags)
    },
    catch: (error) => (error instanceof UsageError ? error : unwritable(error, flags.folder)),
  })
})

const unwritable = (error: unknown, folder: string): UsageError => {
  const { message, remedy } = describeErrno(error)
  return new UsageError({ message: `The crate can't be written: ${message}`, where: folder, remedy })
}

const crateOf = (plan: Plan, flags: CrateFlags): Crate => {
  const { graph, project } = plan
  const entries = [...plan.nodes.values()]
  const missing = entries.filter(({ decision }) => ["run", "waits", "fetch"].includes(decision))
  if (missing.length > 0) {
    throw new UsageError({
      message: `${missing.length} of ${entries.length} nodes are not up to date, such as ${missing[0]?.node.id}: the crate would say of results that this code made them, and it did not`,
      where: flags.folder,
      remedy: `Run first: ${reproCommand(project, graph.profile, flags, "run", missing.at(-1)?.node.id ?? "")}`,
    })
  }
  const records = [
    ...new Map(entries.map(({ record }) => [record?.key, wholeRecord(project.store, record)])).values(),
  ].filter((record) => record !== undefined)
  const results = new Set(
    graph.results.flatMap(({ node, output }) => plan.nodes.get(node)?.record?.outputs[output]?.digest ?? []),
  )
  const isThere = (record: StoreRecord, output: string): boolean => {
    const artifact = record.outputs[output]
    return artifact !== undefined && findDamage(project.store, artifact) === undefined
  }
  return makeCrate({
    graph,
    stages: [...new Set(entries.map(({ node }) => node.stage))],
    records,
    project: manifest(project),
    workflow: path.relative(project.root, pipelineFile(project.root, Option.getOrUndefined(flags.pipeline))),
    sources: sourcesOf(project, flags, graph.workerLock, records),
    withBytes: (record, output) =>
      (flags.withData || results.has(record.outputs[output]?.digest ?? "")) && isThere(record, output),
    results: [...results],
  })
}

/** Files of the project without which the code means little. */
const ALWAYS = ["package.json", "package-lock.json", "tsconfig.json", "README.md", "LICENSE", "Makefile", "bin/repro"]

const sourcesOf = (
  { root }: Project,
  flags: CrateFlags,
  lock: string,
  records: ReadonlyArray<StoreRecord>,
): ReadonlyArray<string> => {
  const workflow = path.relative(root, pipelineFile(root, Option.getOrUndefined(flags.pipeline)))
  const code = [...new Set(records.map(({ stage }) => stage))].flatMap((stage) => codeOf(records, stage))
  const isFile = (name: string): boolean => fs.statSync(`${root}/${name}`, { throwIfNoEntry: false })?.isFile() ?? false
  const inside = (name: string): boolean => !path.isAbsolute(name) && !name.startsWith("..")
  return [...new Set([workflow, ...ALWAYS, lock, ...code.sort()])].filter((name) => inside(name) && isFile(name))
}

interface Manifest {
  readonly name?: string
  readonly description?: string
  readonly version?: string
  readonly license?: string
}

const manifest = ({ root }: Project) => {
  const read = JSON.parse(fs.readFileSync(`${root}/package.json`, "utf8")) as Manifest
  const { name = path.basename(root), version = "0.0.0", license } = read
  return { name, version, license, description: read.description ?? `Results of ${name}` }
}

const tell = (made: Crate, flags: CrateFlags): void => {
  const target = path.resolve(flags.folder)
  const bytes = target.endsWith(".zip") ? ` (${size(fs.statSync(target).size)})` : ""
  note(
    `${flags.folder}${bytes}: ${made.runs} ${made.runs === 1 ? "run" : "runs"}, ${made.files.length} files. Its metadata is ro-crate-metadata.json.`,
  )
  if (!flags.withData) note("The bytes of what the pipeline is for are in it; --with-data takes all artifacts along.")
}
