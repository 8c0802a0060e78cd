/**
 * Why a node runs. Each reason is a small function of what the node is now and what its last record says; a node that
 * runs has at least one.
 */
import { canonicalJson } from "../canonical.ts"
import type { CodeRecord, EnvironmentRecord, InputRecord, StoreRecord } from "../store/record.ts"

export type Reason =
  | { readonly kind: "new" }
  | { readonly kind: "forced" }
  | { readonly kind: "param"; readonly name: string; readonly old: string; readonly now: string }
  | { readonly kind: "input"; readonly name: string; readonly node: string }
  | {
      readonly kind: "input-set"
      readonly name: string
      readonly added: ReadonlyArray<string>
      readonly removed: ReadonlyArray<string>
    }
  | { readonly kind: "code"; readonly declarations: ReadonlyArray<string> }
  | { readonly kind: "environment"; readonly name: string; readonly old: string; readonly now: string }
  | { readonly kind: "output"; readonly name: string; readonly damage: "missing" | "changed" }
  | { readonly kind: "waits"; readonly node: string }

/** A value's leaves by dotted name; lists count as leaves. */
export const flatten = (value: unknown, prefix = ""): ReadonlyArray<readonly [string, unknown]> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[prefix, value]]
  return Object.entries(value).flatMap(([name, inner]) => flatten(inner, prefix === "" ? name : `${prefix}.${name}`))
}

const text = (value: unknown): string => (value === undefined ? "(absent)" : canonicalJson(value))

/** Params that differ, by dotted name, old and new. */
export const changedParams = (now: unknown, last: unknown): ReadonlyArray<Reason> => {
  const [new_, old] = [new Map(flatten(now)), new Map(flatten(last))]
  return [...new Set([...old.keys(), ...new_.keys()])]
    .filter((name) => text(new_.get(name)) !== text(old.get(name)))
    .map((name) => ({ kind: "param", name, old: text(old.get(name)), now: text(new_.get(name)) }))
}

const identity = (input: InputRecord): string => `${canonicalJson(input.labels ?? {})} ${input.output}`

/** Inputs whose content differs, with the node they come from, and inputs that came or went. */
export const changedInputs = (
  now: Readonly<Record<string, ReadonlyArray<InputRecord>>>,
  last: Readonly<Record<string, ReadonlyArray<InputRecord>>>,
): ReadonlyArray<Reason> =>
  [...new Set([...Object.keys(last), ...Object.keys(now)])].flatMap((name) =>
    changedInput(name, now[name] ?? [], last[name] ?? []),
  )

const changedInput = (
  name: string,
  now: ReadonlyArray<InputRecord>,
  last: ReadonlyArray<InputRecord>,
): ReadonlyArray<Reason> => {
  if (now.length === 1 && last.length === 1 && now[0]?.labels === undefined) {
    return now[0]?.digest === last[0]?.digest ? [] : [{ kind: "input", name, node: now[0]?.node ?? "" }]
  }
  const before = new Map(last.map((input) => [identity(input), input]))
  const after = new Map(now.map((input) => [identity(input), input]))
  const added = [...after].filter(([id]) => !before.has(id)).map(([, input]) => input.node)
  const removed = [...before].filter(([id]) => !after.has(id)).map(([, input]) => input.node)
  const changed = [...after].filter(([id, input]) => before.has(id) && before.get(id)?.digest !== input.digest)
  return [
    ...(added.length + removed.length > 0 ? [{ kind: "input-set", name, added, removed } as const] : []),
    ...changed.map(([, input]) => ({ kind: "input", name, node: input.node }) as const),
  ]
}

/** Declarations of the code that were added, removed or changed; a mere change of order is named so. */
export const changedCode = (now: CodeRecord, last: CodeRecord): ReadonlyArray<Reason> => {
  if (now.digest === last.digest) return []
  const names = [...new Set([...Object.keys(last.declarations), ...Object.keys(now.declarations)])]
  const declarations = names.filter((name) => now.declarations[name] !== last.declarations[name]).sort()
  return [{ kind: "code", declarations: declarations.length === 0 ? ["(the order of declarations)"] : declarations }]
}

/** Packages, locks and observed files that differ. */
export const changedEnvironment = (now: EnvironmentRecord, last: EnvironmentRecord): ReadonlyArray<Reason> =>
  [...new Set([...Object.keys(last), ...Object.keys(now)])]
    .filter((name) => now[name] !== last[name])
    .map((name) => ({ kind: "environment", name, old: last[name] ?? "(absent)", now: now[name] ?? "(absent)" }))

/** All that differs between a node now and its last record. */
export const differences = (
  now: {
    readonly params: unknown
    readonly inputs: Readonly<Record<string, ReadonlyArray<InputRecord>>>
    readonly code: CodeRecord
    readonly environment: EnvironmentRecord
  },
  last: StoreRecord,
): ReadonlyArray<Reason> => [
  ...changedParams(now.params, last.params),
  ...changedInputs(now.inputs, last.inputs),
  ...changedCode(now.code, last.code),
  ...changedEnvironment(now.environment, last.environment),
]

const short = (value: string): string => (value.length > 60 ? `${value.slice(0, 57)}…` : value)

/** A reason as a person reads it. */
export const describeReason = (reason: Reason): string => {
  switch (reason.kind) {
    case "new":
      return "new: it never ran with this name"
    case "forced":
      return "forced"
    case "param":
      return `param changed: ${reason.name} ${short(reason.old)} → ${short(reason.now)}`
    case "input":
      return `input changed: ${reason.name} from ${reason.node}`
    case "input-set":
      return `inputs changed: ${reason.name}${list(" +", reason.added)}${list(" −", reason.removed)}`
    case "code":
      return `code changed: ${reason.declarations.join(", ")}`
    case "environment":
      return `environment changed: ${reason.name} ${short(reason.old)} → ${short(reason.now)}`
    case "output":
      return `output ${reason.damage === "missing" ? "missing" : "damaged"}: ${reason.name}`
    case "waits":
      return `waits for ${reason.node}`
  }
}

const list = (sign: string, nodes: ReadonlyArray<string>): string =>
  nodes.length === 0
    ? ""
    : nodes.length > 3
      ? `${sign}${nodes.length} nodes`
      : nodes.map((node) => `${sign}${node}`).join("")
