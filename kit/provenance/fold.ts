/**
 * Folds the steps of a lineage that are alike into groups, so that a person reads a grid of a hundred steps as a dozen
 * lines. Steps are alike when they are of one stage, lie on the same axes, and are read by the same groups as the same
 * inputs; a grid's members therefore fold, and what plays another role does not.
 */
import type { Labels } from "../node.ts"
import type { StoreRecord } from "../store/record.ts"
import type { Lineage, Step } from "./lineage.ts"

/** What a group reads from one other group: the names of its inputs and the outputs that they are. */
export interface Branch {
  readonly from: Group
  readonly names: ReadonlySet<string>
  readonly outputs: ReadonlySet<string>
}

/** Steps that are alike. */
export interface Group {
  readonly stage: string
  readonly steps: ReadonlyArray<Step>
  readonly branches: ReadonlyArray<Branch>
  /** Inputs whose record is gone, as `NAME of NODE`. */
  readonly lost: ReadonlyArray<string>
}

/** A group while it is filled. */
interface Growing extends Group {
  readonly number: number
  readonly steps: Array<Step>
  readonly branches: Array<{ readonly from: Growing; readonly names: Set<string>; readonly outputs: Set<string> }>
  readonly lost: Array<string>
}

/** The groups that hold a lineage's roots; all others hang below them. */
export const fold = ({ roots, steps }: Lineage): ReadonlyArray<Group> => {
  const groups = new Map<string, Growing>()
  const readers = new Map<string, Map<string, { group: Growing; names: Set<string>; outputs: Set<string> }>>()
  const asked = new Set(roots.map(({ key }) => key))
  const found: Array<Growing> = []
  for (const step of [...steps.values()].reverse()) {
    const read = readers.get(step.record.key) ?? new Map()
    const id = groupId(step.record, asked.has(step.record.key), [...read.keys()])
    const group = groups.get(id) ?? start(step.record.stage, groups.size)
    groups.set(id, group)
    group.steps.unshift(step)
    if (asked.has(step.record.key) && !found.includes(group)) found.unshift(group)
    for (const { group: reader, names, outputs } of read.values()) connect(reader, group, names, outputs)
    announce(group, step, readers)
  }
  for (const group of groups.values()) sortBranches(group)
  return found
}

/** Branches in the order in which the stage declares its inputs. */
const sortBranches = ({ steps, branches }: Growing): void => {
  const names = Object.keys(steps[0]?.record.inputs ?? {})
  const place = (branch: { readonly names: ReadonlySet<string> }): number =>
    Math.min(...[...branch.names].map((name) => names.indexOf(name)))
  branches.sort((a, b) => place(a) - place(b))
}

const start = (stage: string, number: number): Growing => ({ stage, number, steps: [], branches: [], lost: [] })

const groupId = (record: StoreRecord, root: boolean, readers: ReadonlyArray<string>): string =>
  JSON.stringify([record.pipeline, record.profile, record.stage, Object.keys(record.labels), root, [...readers].sort()])

/** Tells the steps that a step reads from which group reads them, and as what. */
const announce = (
  group: Growing,
  { inputs }: Step,
  readers: Map<string, Map<string, { group: Growing; names: Set<string>; outputs: Set<string> }>>,
): void => {
  for (const { name, input, from } of inputs) {
    if (from === undefined) {
      group.lost.push(`${name} of ${input.node}`)
      continue
    }
    const known = readers.get(from.key) ?? new Map()
    readers.set(from.key, known)
    const id = JSON.stringify([group.number, name])
    const entry = known.get(id) ?? { group, names: new Set([name]), outputs: new Set() }
    entry.outputs.add(input.output)
    known.set(id, entry)
  }
}

const connect = (reader: Growing, from: Growing, names: Iterable<string>, outputs: Iterable<string>): void => {
  const known = reader.branches.find((branch) => branch.from === from)
  const branch = known ?? { from, names: new Set<string>(), outputs: new Set<string>() }
  if (known === undefined) reader.branches.push(branch)
  for (const name of names) branch.names.add(name)
  for (const output of outputs) branch.outputs.add(output)
}

/** Values of an axis that are told. */
const VALUES_SHOWN = 6

/** The labels of several nodes, each axis with its values in order of appearance: `safety 0, 15, 60; seed 1, 2`. */
export const axesText = (labels: ReadonlyArray<Labels>): string => {
  const axes = new Map<string, Set<string>>()
  for (const point of labels) {
    for (const [name, value] of Object.entries(point)) axes.set(name, (axes.get(name) ?? new Set()).add(String(value)))
  }
  return [...axes].map(([name, values]) => `${name} ${shortList([...values], VALUES_SHOWN)}`).join("; ")
}

/** The first of a list, and how many more there are. */
export const shortList = (items: ReadonlyArray<string>, limit: number, separator = ", "): string =>
  items.length <= limit
    ? items.join(separator)
    : `${items.slice(0, limit).join(separator)} and ${items.length - limit} more`
