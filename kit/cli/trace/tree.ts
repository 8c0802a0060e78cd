/**
 * A lineage as a tree on a terminal: what was asked for on top, below it what it was made from, down to the sources. A
 * group of steps that several read from is drawn once; further mentions say "above".
 */
import { axesText, type Branch, fold, type Group, shortList } from "../../provenance/fold.ts"
import type { Lineage } from "../../provenance/lineage.ts"
import type { Narrowed } from "../../provenance/narrow.ts"
import type { StoreLayout } from "../../store/layout.ts"
import type { StoreRecord } from "../../store/record.ts"
import { isOnTrust } from "../../store/trust.ts"
import { duration } from "../print.ts"
import { artifactsText } from "./artifacts.ts"
import { commonFacts, type Fact, factsOf, instant } from "./facts.ts"
import { rowFacts, shareText } from "./row-facts.ts"

export interface TreeOptions {
  /** Levels below what was asked for. */
  readonly depth: number
  /** Where a root's output lies for people. */
  readonly place: (record: StoreRecord, output: string) => string
  /** Results whose numbers a root without rows shows. */
  readonly numbers: (record: StoreRecord) => ReadonlyArray<string>
  /** Columns of the terminal; lines are cut there, so that the tree stays one. */
  readonly width: number | undefined
  /** The one output that was asked for. */
  readonly output: string | undefined
  /** Rows that are followed, when some were asked for. */
  readonly narrowed: Narrowed | undefined
  /** Columns of a type of artifact that are not shown; undefined where nobody knows. */
  readonly hidden: (type: string) => ReadonlySet<string> | undefined
}

const recordsOf = ({ steps }: Group): ReadonlyArray<StoreRecord> => steps.map(({ record }) => record)

/** Columns of a line of names, short enough for most terminals. */
const LINE = 64

/** A list over as many lines as it needs. */
const inLines = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.reduce<ReadonlyArray<string>>((lines, name) => {
    const last = lines.at(-1)
    if (last === undefined) return [name]
    return last.length + name.length < LINE
      ? [...lines.slice(0, -1), `${last}, ${name}`]
      : [...lines.slice(0, -1), `${last},`, name]
  }, [])

/** Lost inputs that are told. */
const LOST_SHOWN = 4

/** A group's name: its node, or its stage with the values of the grid. */
const title = (group: Group): string => {
  const [first] = group.steps
  const records = recordsOf(group)
  if (first === undefined) return group.stage
  const name =
    records.length === 1
      ? first.record.node
      : `${group.stage} × ${records.length}  (${axesText(records.map(({ labels }) => labels))})`
  const trusted = records.filter(isOnTrust)
  if (trusted.length === 0) return name
  const from = shortList([...new Set(trusted.flatMap(({ pulled }) => pulled?.from ?? []))], 2)
  return `${name}  [${trusted.length === records.length ? "" : `${trusted.length} `}on trust, from ${from}]`
}

class Tree {
  readonly #store: StoreLayout
  readonly #options: TreeOptions
  readonly #shown = new Set<Group>()
  readonly lines: Array<string> = []

  constructor(store: StoreLayout, options: TreeOptions) {
    this.#store = store
    this.#options = options
  }

  root(group: Group): void {
    this.#shown.add(group)
    this.lines.push(title(group))
    const { output } = this.#options
    this.#body(group, "", 0, output === undefined ? Object.keys(group.steps[0]?.record.outputs ?? {}) : [output])
  }

  #body(group: Group, indent: string, level: number, outputs: ReadonlyArray<string>): void {
    const { branches, lost } = group
    const stem = `${indent}${branches.length + lost.length > 0 ? "│" : " "} `
    const facts = [
      ...this.#gave(group, outputs, level),
      ...this.#rows(group, outputs),
      ...factsOf(recordsOf(group), outputs),
      ...(level === 0 ? this.#numbers(group) : []),
    ]
    for (const [name, text] of facts) this.lines.push(`${stem}${name.padEnd(8)} ${text}`)
    for (const [index, branch] of branches.entries()) {
      const last = index === branches.length - 1 && lost.length === 0
      this.#branch(branch, indent, last, level + 1)
    }
    if (lost.length > 0) this.lines.push(`${indent}└─ ${shortList(lost, LOST_SHOWN)}  (the record is gone)`)
  }

  #numbers({ steps: [first, ...others] }: Group): ReadonlyArray<Fact> {
    const names = first === undefined || others.length > 0 ? [] : this.#options.numbers(first.record)
    if (names.length === 0) return []
    const lines = inLines(names).map((line): Fact => ["", line])
    return [["numbers", "of these results; ask one of them with --row and --column:"], ...lines]
  }

  #gave(group: Group, outputs: ReadonlyArray<string>, level: number): ReadonlyArray<Fact> {
    const records = recordsOf(group)
    const source = level > 0 && records.every(({ inputs }) => Object.values(inputs).flat().length === 0)
    return outputs.map((output, index) => {
      const text = artifactsText(this.#store, records, output)
      const place =
        level === 0 && records.length === 1 ? `, ${this.#options.place(records[0] as StoreRecord, output)}` : ""
      const share = shareText(this.#options.narrowed, records, output)
      return [index === 0 ? (source ? "source" : "gave") : "", `${output}: ${share}${text}${place}`]
    })
  }

  #rows(group: Group, outputs: ReadonlyArray<string>): ReadonlyArray<Fact> {
    const { narrowed, hidden } = this.#options
    return narrowed === undefined ? [] : outputs.flatMap((name) => rowFacts(narrowed, group.steps, name, hidden))
  }

  #branch(branch: Branch, indent: string, last: boolean, level: number): void {
    const mention = `${indent}${last ? "└─" : "├─"} ${[...branch.names].join(", ")} ← ${title(branch.from)}`
    const inner = `${indent}${last ? "   " : "│  "}`
    if (this.#shown.has(branch.from)) {
      this.lines.push(`${mention}  (above)`)
    } else if (level > this.#options.depth) {
      this.lines.push(`${mention}  (deeper: --depth ${level})`)
    } else {
      this.#shown.add(branch.from)
      this.lines.push(mention)
      this.#body(branch.from, inner, level, [...branch.outputs])
    }
  }
}

/** The whole text for a lineage. */
export const treeText = (store: StoreLayout, lineage: Lineage, options: TreeOptions): string => {
  const tree = new Tree(store, options)
  for (const root of fold(lineage)) tree.root(root)
  const { width } = options
  const cut = (line: string): string =>
    width !== undefined && line.length > width ? `${line.slice(0, width - 1)}…` : line
  return [...tree.lines, "", ...summary(lineage)].map(cut).join("\n")
}

const summary = ({ steps }: Lineage): ReadonlyArray<string> => {
  const records = [...steps.values()].map(({ record }) => record)
  const sources = [...steps.values()].filter(({ record }) => Object.values(record.inputs).flat().length === 0).length
  const started = records.map(({ run }) => run.started).sort()
  const seconds = records.reduce((sum, { run }) => sum + run.milliseconds / 1000, 0)
  const trusted = records.filter(isOnTrust).length
  return [
    `${count(records.length, "step")} from ${count(sources, "source")}, ${duration(seconds)} of work, ${instant(started[0] ?? "")} to ${instant(started.at(-1) ?? "")}`,
    ...(trusted === 0 ? [] : [`${count(trusted, "step")} on trust: pulled, and not computed here`]),
    ...commonFacts(records).map(([name, text]) => `${name.padEnd(8)} ${text}`),
  ]
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`
