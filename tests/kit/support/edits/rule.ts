/**
 * The rule, apart from the kit: what each node gives, what its work rests on, and therefore which nodes must run. The
 * outputs are computed here a second time, so that a node below one whose output came out the same is known to stay.
 */
import type { State } from "./state.ts"

/** What a node's work rests on, by the words with which the kit names a change of it. */
export type Basis = Readonly<Record<string, string>>

export interface RuleNode {
  readonly id: string
  readonly reads: ReadonlyArray<string>
  readonly basis: Basis
  /** What its output file says. */
  readonly value: Readonly<Record<string, unknown>>
}

const quoted = (value: string | undefined): string => (value === undefined ? "(unset)" : JSON.stringify(value))

/** The nodes that a state means, each after those that it reads, in the graph's order. */
export const nodesOf = (state: State): ReadonlyArray<RuleNode> => {
  const words = state.harmless.gridOrder ? [2, 1] : [1, 2]
  const nodes: Array<RuleNode> = []
  const engine = { "the kit changed: engine format": `${state.engine}` }
  const add = (id: string, reads: ReadonlyArray<string>, basis: Basis, value: RuleNode["value"]): void => {
    nodes.push({ id, reads, basis: { ...engine, ...basis }, value })
  }
  add("read", [], { "environment changed: observed file": state.data }, { text: state.data.trim() })
  for (const n of words) addRow(state, n, add)
  const of = (kind: string) => nodes.filter(({ id }) => id.startsWith(kind))
  const lengths = of("measure").reduce((sum, { value }) => sum + (value.length as number), 0)
  const acts = of("act").reduce((sum, { value }) => sum + (value.act as string).length, 0)
  const reads = [...of("measure"), ...of("act")].map(({ id }) => id)
  add("gather", reads, {}, { sum: lengths + acts })
  return nodes
}

const addRow = (
  state: State,
  n: number,
  add: (id: string, reads: ReadonlyArray<string>, basis: Basis, value: RuleNode["value"]) => void,
): void => {
  const separator = state.helper === 1 ? "-" : " "
  const written = `${Array.from({ length: n }, () => state.word).join(separator)}.`
  const shouted = written.toUpperCase() + state.mark
  const acted = state.pyHelper === 0 ? [...shouted].reverse().join("") : shouted.toLowerCase()
  add(
    `write/words=${n}`,
    [],
    {
      "code changed: stages/helpers.ts#WORD": state.word,
      "code changed: stages/helpers.ts#repeat": `${state.helper}`,
      "environment changed: tiny-words": state.npm,
    },
    { text: written },
  )
  add(
    `shout/words=${n}`,
    [`write/words=${n}`],
    { "param changed: mark": JSON.stringify(state.mark) },
    { text: shouted },
  )
  add(
    `measure/words=${n}`,
    [`shout/words=${n}`],
    { "environment changed: variable LENGTH_MODE": quoted(state.mode) },
    { words: n, length: shouted.length * (state.mode === "twice" ? 2 : 1) },
  )
  add(
    `act/words=${n}`,
    [`shout/words=${n}`, "read"],
    {
      "code changed: worker/repro_worker/tasks.py#MARK": state.pyConstant,
      "code changed: worker/repro_worker/tasks.py#act": `${state.pyLocal}`,
      "code changed: worker/repro_worker/helpers.py#turn": `${state.pyHelper}`,
      "environment changed: fake": state.locked,
      "environment changed: worker lock": state.lockHash,
    },
    { act: acted + state.pyConstant + state.data.trim() },
  )
}

/** What is known of the store: work that was done, what each node last rested on, which bytes and records are gone. */
export class Memory {
  readonly #done = new Map<string, string>()
  readonly #last = new Map<string, { readonly key: string; readonly basis: Basis }>()
  readonly #damaged = new Set<string>()
  readonly #lost = new Set<string>()

  damage(node: string): void {
    const content = this.#done.get(this.#last.get(node)?.key ?? "")
    if (content !== undefined) this.#damaged.add(content)
  }

  lose(node: string): void {
    const key = this.#last.get(node)?.key
    if (key === undefined) return
    this.#done.delete(key)
    this.#lost.add(key)
  }

  /** What the kit must find and do in the next run; the memory then is that of after it. */
  next(nodes: ReadonlyArray<RuleNode>, forced: ReadonlySet<string>): ReadonlyMap<string, Expected> {
    const contents = new Map<string, string>()
    const found = new Map<string, Expected>()
    for (const node of nodes) {
      const content = JSON.stringify(node.value)
      const inputs = node.reads.map((id) => [id, contents.get(id) as string] as const)
      const key = JSON.stringify([node.id, node.basis, [...inputs].sort()])
      found.set(node.id, this.#expect(node, key, content, new Map(inputs), forced, found))
      contents.set(node.id, content)
      this.#damaged.delete(content)
      this.#done.set(key, content)
      this.#last.set(node.id, { key, basis: { ...node.basis, ...inputReasons(inputs) } })
    }
    return found
  }

  #expect(
    node: RuleNode,
    key: string,
    content: string,
    inputs: ReadonlyMap<string, string>,
    forced: ReadonlySet<string>,
    others: ReadonlyMap<string, Expected>,
  ): Expected {
    const runs = forced.has(node.id) || !this.#done.has(key) || this.#damaged.has(content)
    const waits = node.reads.filter((id) => others.get(id)?.decision !== "cached")
    const last = this.#last.get(node.id)
    const own = this.#changes(node.basis, last)
    const read = this.#changes(inputReasons([...inputs]), last)
    const force = forced.has(node.id) ? ["forced"] : []
    if (waits.length > 0) return { decision: "waits", runs, reasons: [...force, ...own] }
    if (!runs) return { decision: "cached", runs, reasons: [] }
    if (force.length > 0) return { decision: "run", runs, reasons: force }
    if (this.#done.has(key)) return { decision: "run", runs, reasons: ["output"] }
    return { decision: "run", runs, reasons: own[0] === "new" || own[0] === "record missing" ? own : [...own, ...read] }
  }

  #changes(basis: Basis, last: { readonly key: string; readonly basis: Basis } | undefined): ReadonlyArray<string> {
    if (last === undefined) return ["new"]
    if (this.#lost.has(last.key) && !this.#done.has(last.key)) return ["record missing"]
    const changed = Object.keys(basis).filter((name) => basis[name] !== last.basis[name])
    const fake = changed.includes("environment changed: fake")
    return changed.filter((name) => !fake || name !== "environment changed: worker lock")
  }
}

const inputReasons = (inputs: ReadonlyArray<readonly [id: string, content: string]>): Basis =>
  Object.fromEntries(inputs.map(([id, content]) => [`input changed from ${id}`, content]))

/** What the plan must say of a node, and whether the run must do its work. */
export interface Expected {
  readonly decision: "run" | "waits" | "cached"
  readonly runs: boolean
  /** How each reason begins; what a node waits for is left out. */
  readonly reasons: ReadonlyArray<string>
}
