/** Why a node runs, as data and as a person reads it. A node that runs has at least one reason. */

type Change<Value> = { readonly old: Value; readonly now: Value }

export type Reason =
  | { readonly kind: "new" }
  /** `twin`: the node that was named, where this one does the same work and comes first. */
  | { readonly kind: "forced"; readonly twin?: string }
  /** It ran before, but the store has no record of that any more. */
  | { readonly kind: "lost" }
  | ({ readonly kind: "param"; readonly name: string } & Change<string>)
  | ({ readonly kind: "input"; readonly name: string; readonly node: string } & Change<string>)
  | {
      readonly kind: "input-set"
      readonly name: string
      readonly added: ReadonlyArray<string>
      readonly removed: ReadonlyArray<string>
    }
  /** No declarations: only their order changed. */
  | { readonly kind: "code"; readonly declarations: ReadonlyArray<string> }
  | ({
      readonly kind: "environment"
      readonly part: "package" | "lock" | "variable" | "observed" | "trust"
      readonly name: string
    } & Change<string | undefined>)
  | ({ readonly kind: "engine" } & Change<number>)
  | ({ readonly kind: "task" } & Change<string>)
  | ({ readonly kind: "output-type"; readonly name: string } & Change<string | undefined>)
  | { readonly kind: "output"; readonly name: string; readonly damage: "missing" | "changed"; readonly digest: string }
  /** Another node that runs first should give the same bytes as those that are missing. */
  | { readonly kind: "restored"; readonly node: string }
  /** Another node does the same work first. */
  | { readonly kind: "same"; readonly node: string }
  /** `only`: nothing else speaks for running it, so that it runs only if that node's output comes out changed. */
  | { readonly kind: "waits"; readonly node: string; readonly only: boolean }
  | { readonly kind: "unanswered"; readonly count: number; readonly of: number; readonly why: string }
  /** Its key differs, but nothing that records hold does: the record is that of another version of the kit. */
  | { readonly kind: "unnamed" }

const short = (value: string): string => (value.length > 60 ? `${value.slice(0, 57)}…` : value)

const change = ({ old, now }: Change<string | undefined>): string =>
  `${short(old ?? "(absent)")} → ${short(now ?? "(absent)")}`

/** How reasons are told. */
export interface Telling {
  /** How a node is called. */
  readonly place?: (node: string) => string
  /** All names, where else the first of many stand for the rest. */
  readonly all?: boolean
}

const few = (names: ReadonlyArray<string>, all: boolean): string =>
  names.length > 6 && !all ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ")

/** A reason as a person reads it. */
export const describeReason = (reason: Reason, { place = (node) => node, all = false }: Telling = {}): string => {
  switch (reason.kind) {
    case "new":
      return "new: it never ran with this name"
    case "forced":
      return reason.twin === undefined ? "forced" : `forced: the same work as ${place(reason.twin)}`
    case "lost":
      return "record missing or damaged: it ran before, but the store no longer says what came out"
    case "param":
      return `param changed: ${reason.name} ${change(reason)}`
    case "input":
      return `input changed: ${reason.name} from ${place(reason.node)}`
    case "input-set":
      return `inputs changed: ${reason.name}${list(" +", reason.added, all)}${list(" −", reason.removed, all)}`
    case "code":
      return `code changed: ${reason.declarations.length === 0 ? "the order of declarations" : few(reason.declarations, all)}`
    case "environment":
      return `environment changed: ${describeEnvironment(reason)}`
    case "engine":
      return `the kit changed: engine format ${reason.old} → ${reason.now}`
    case "task":
      return `task changed: ${change(reason)}`
    case "output-type":
      return `output declared otherwise: ${reason.name} ${change(reason)}`
    case "output":
      return `output ${reason.damage === "missing" ? "missing" : "damaged"}: ${reason.name}`
    case "unanswered":
      return `${reason.count} of ${reason.of} items got no answer last time (${short(reason.why)})`
    case "restored":
      return `${place(reason.node)} may bring it back`
    case "same":
      return `the same work as ${place(reason.node)}, taken from there`
    case "waits":
      return `waits for ${place(reason.node)}${reason.only ? ", runs if its output changes" : ""}`
    case "unnamed":
      return "key changed: the last result was made by another version of the kit"
  }
}

const describeEnvironment = (reason: Reason & { readonly kind: "environment" }): string => {
  const { part, name, old, now } = reason
  if (part === "lock")
    return `${name}, in hashes or markers alone ${change({ old: old?.slice(0, 8), now: now?.slice(0, 8) })}`
  if (part === "trust") return `${name} ${change({ old: old ?? "nothing pulled", now: now ?? "nothing pulled" })}`
  if (part !== "variable") return `${name} ${change(reason)}`
  const told = (value: string | undefined): string => (value === undefined ? "(unset)" : JSON.stringify(value))
  return `${name} ${change({ old: told(old), now: told(now) })}`
}

const list = (sign: string, nodes: ReadonlyArray<string>, all: boolean): string =>
  nodes.length === 0
    ? ""
    : nodes.length > 3 && !all
      ? `${sign}${nodes.length} nodes`
      : nodes.map((node) => `${sign}${node}`).join("")
