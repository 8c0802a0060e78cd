/**
 * What differs between a node now and its last record. Each part of a key has a function of its own here, so that no
 * change of a key is without a name.
 */
import { canonicalJson } from "../canonical.ts"
import { IMPORTS, RECIPE_NAME } from "../code/types.ts"
import type { Node } from "../node.ts"
import type { CodeRecord, EnvironmentRecord, InputRecord, StoreRecord } from "../store/record.ts"
import { VARIABLE } from "../variables.ts"
import type { Reason } from "./reasons.ts"

/** A value's leaves by dotted name; lists count as leaves. */
export const flatten = (value: unknown, prefix = ""): ReadonlyArray<readonly [string, unknown]> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[prefix, value]]
  return Object.entries(value).flatMap(([name, inner]) => flatten(inner, prefix === "" ? name : `${prefix}.${name}`))
}

const text = (value: unknown): string => (value === undefined ? "(absent)" : canonicalJson(value))

const namesOf = (...records: ReadonlyArray<object>): ReadonlyArray<string> => [...new Set(records.flatMap(Object.keys))]

/** Params that differ, by dotted name, old and new. */
export const changedParams = (now: unknown, last: unknown): ReadonlyArray<Reason> => {
  const [new_, old] = [new Map(flatten(now)), new Map(flatten(last))]
  return [...new Set([...old.keys(), ...new_.keys()])]
    .filter((name) => text(new_.get(name)) !== text(old.get(name)))
    .map((name) => ({ kind: "param", name, old: text(old.get(name)), now: text(new_.get(name)) }))
}

type Inputs = Readonly<Record<string, ReadonlyArray<InputRecord>>>

/** Inputs whose content differs, with the node they come from, and inputs that came or went. */
export const changedInputs = (now: Inputs, last: Inputs): ReadonlyArray<Reason> =>
  namesOf(last, now).flatMap((name) => changedInput(name, now[name] ?? [], last[name] ?? []))

const changedInput = (
  name: string,
  now: ReadonlyArray<InputRecord>,
  last: ReadonlyArray<InputRecord>,
): ReadonlyArray<Reason> => {
  const [new_, old] = [now[0], last[0]]
  const single = now.length === 1 && last.length === 1 && new_?.labels === undefined && old?.labels === undefined
  if (single) return new_ === undefined || old === undefined ? [] : changedContent(name, new_, old)
  const before = new Map(last.map((input) => [identity(input), input]))
  const after = new Map(now.map((input) => [identity(input), input]))
  const added = [...after].filter(([id]) => !before.has(id)).map(([, input]) => input.node)
  const removed = [...before].filter(([id]) => !after.has(id)).map(([, input]) => input.node)
  return [
    ...(added.length + removed.length > 0 ? [{ kind: "input-set", name, added, removed } as const] : []),
    ...[...after].flatMap(([id, input]) => {
      const earlier = before.get(id)
      return earlier === undefined ? [] : changedContent(name, input, earlier)
    }),
  ]
}

/** One of many is the same one while its labels and the output that it came from are. */
const identity = (input: InputRecord): string => `${canonicalJson(input.labels ?? {})} ${input.output}`

const changedContent = (name: string, now: InputRecord, last: InputRecord): ReadonlyArray<Reason> =>
  now.digest === last.digest ? [] : [{ kind: "input", name, node: now.node, old: last.digest, now: now.digest }]

/**
 * Declarations of the code that were added, removed or changed, or none where only their order did. Imports speak only
 * where nothing else does, for a declaration that uses another import has changed itself; a recipe speaks alone.
 */
export const changedCode = (now: CodeRecord, last: CodeRecord): ReadonlyArray<Reason> => {
  if (now.digest === last.digest) return []
  const names = namesOf(last.declarations, now.declarations)
  const changed = names.filter((name) => now.declarations[name] !== last.declarations[name]).sort()
  if (changed.includes(RECIPE_NAME)) return [{ kind: "code", declarations: ["how the kit counts code"] }]
  const own = changed.filter((name) => !name.startsWith(IMPORTS))
  return [{ kind: "code", declarations: own.length > 0 ? own : changed }]
}

/** The worker's lock as a whole, and what a stage observes of the world, as they are called in a record's environment. */
export const WORKER_LOCK = "worker lock"
export const OBSERVED = "observed file"

/** What of an input rests on pulled records, as it is called in a record's environment. */
export const TRUST = "on trust: "

/** What sort of thing a name in a record's environment is. */
export const environmentPart = (name: string): "lock" | "observed" | "variable" | "trust" | "package" => {
  if (name === WORKER_LOCK) return "lock"
  if (name === OBSERVED) return "observed"
  if (name.startsWith(VARIABLE)) return "variable"
  return name.startsWith(TRUST) ? "trust" : "package"
}

/** Packages, variables and observed files that differ; a lock only where no package of it does. */
export const changedEnvironment = (now: EnvironmentRecord, last: EnvironmentRecord): ReadonlyArray<Reason> => {
  const changed = namesOf(last, now)
    .filter((name) => now[name] !== last[name])
    .map(
      (name) => ({ kind: "environment", part: environmentPart(name), name, old: last[name], now: now[name] }) as const,
    )
  const named = changed.some(({ part }) => part === "package")
  return changed.filter(({ part }) => !named || part !== "lock")
}

/** The kit's way of making keys and of running stages. */
export const changedEngine = (now: number, last: number): ReadonlyArray<Reason> =>
  now === last ? [] : [{ kind: "engine", old: last, now }]

/** The worker's task that a stage stands for. */
export const changedTask = (now: string | undefined, last: string | undefined): ReadonlyArray<Reason> =>
  now === undefined || last === undefined || now === last ? [] : [{ kind: "task", old: last, now }]

type Formats = Readonly<Record<string, { readonly format: string; readonly extension: string }>>

/** Outputs that were added, removed, or are stored in another way. */
export const changedOutputs = (now: Formats, last: Formats): ReadonlyArray<Reason> => {
  const told = (formats: Formats, name: string): string | undefined => {
    const found = formats[name]
    return found === undefined ? undefined : `${found.format}${found.extension === "" ? "" : ` ${found.extension}`}`
  }
  return namesOf(last, now)
    .filter((name) => told(now, name) !== told(last, name))
    .map((name) => ({ kind: "output-type", name, old: told(last, name), now: told(now, name) }))
}

/** What a node is now, as far as it is known; its inputs are not while others must run first. */
export interface Present {
  readonly engine: number
  readonly node: Node
  readonly code: CodeRecord
  readonly environment: EnvironmentRecord
  readonly inputs?: Inputs | undefined
}

/** The task that a worker stage stands for. */
export const taskOf = ({ stage }: Node): string | undefined =>
  stage.body.kind === "worker" ? stage.body.task : undefined

/** All that differs between a node now and its last record. */
export const differences = (now: Present, last: StoreRecord): ReadonlyArray<Reason> => [
  ...changedEngine(now.engine, last.engine ?? 1),
  ...changedTask(taskOf(now.node), last.task),
  ...changedParams(now.node.params, last.params),
  ...(now.inputs === undefined ? [] : changedInputs(now.inputs, last.inputs)),
  ...changedCode(now.code, last.code),
  ...changedEnvironment(now.environment, last.environment),
  ...changedOutputs(now.node.stage.outputs, last.outputs),
]
