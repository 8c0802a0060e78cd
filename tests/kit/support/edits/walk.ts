/** A walk through edits of the small project: after each, the plan, the run and the rule must say the same. */
import { expect } from "vitest"
import { EditedProject, type Round, type Told } from "./project.ts"
import { type Expected, Memory, nodesOf, type RuleNode } from "./rule.ts"
import { type Edit, edited, START, type State } from "./state.ts"

export class Walk {
  readonly #project = new EditedProject(START)
  readonly #memory = new Memory()
  #state: State = START
  #steps = 0

  get state(): State {
    return this.#state
  }

  get steps(): number {
    return this.#steps
  }

  /** Makes the edits, plans, runs, and compares. By the command line on every fourth step, where nothing is forced. */
  step(edits: ReadonlyArray<Edit>, label: string): void {
    const forced = edits.flatMap((edit) => (edit.kind === "force" ? [edit.node] : []))
    for (const edit of edits) {
      this.#state = edited(this.#state, edit)
      if (edit.kind === "damage") this.#memory.damage(edit.node)
      if (edit.kind === "lose") this.#memory.lose(edit.node)
      this.#project.harm(edit)
    }
    this.#project.write(this.#state)
    const nodes = nodesOf(this.#state)
    const rule = this.#memory.next(nodes, new Set(forced))
    const round = this.#project.round(forced, forced.length === 0 && this.#steps++ % 4 === 3)
    const told = `${label}: after ${JSON.stringify(edits)}`
    expect(summary(round), told).toEqual(expectedSummary(nodes, rule))
    for (const { id, value } of nodes) expect(this.#project.value(id), `${told}: what ${id} gave`).toEqual(value)
  }
}

/** What was planned and done, in one shape for both sides. */
interface Summary {
  readonly decisions: Readonly<Record<string, string>>
  readonly reasons: Readonly<Record<string, ReadonlyArray<string>>>
  readonly ran: ReadonlyArray<string>
  /** Nodes that run though the plan said that they were cached, or don't though it said that they would. */
  readonly surprises: ReadonlyArray<string>
}

const summary = ({ plan, ran }: Round): Summary => ({
  decisions: Object.fromEntries(plan.map(({ node, decision }) => [node, decision])),
  reasons: Object.fromEntries(plan.map((told) => [told.node, ownReasons(told)])),
  ran: [...ran].sort(),
  surprises: plan
    .filter(({ node, decision }) => (decision === "run") !== ran.includes(node) && decision !== "waits")
    .map(({ node }) => node),
})

const expectedSummary = (nodes: ReadonlyArray<RuleNode>, rule: ReadonlyMap<string, Expected>): Summary => {
  const entries = nodes.map(({ id }) => [id, rule.get(id) as Expected] as const)
  return {
    decisions: Object.fromEntries(entries.map(([id, { decision }]) => [id, decision])),
    reasons: Object.fromEntries(entries.map(([id, { reasons }]) => [id, [...reasons].sort()])),
    ran: entries
      .filter(([, { runs }]) => runs)
      .map(([id]) => id)
      .sort(),
    surprises: [],
  }
}

/** The reasons as the rule words them: without values, without what is waited for. */
const ownReasons = ({ reasons }: Told): ReadonlyArray<string> =>
  reasons
    .flatMap((reason): ReadonlyArray<string> => {
      if (reason.kind === "waits") return []
      if (reason.kind === "code") return reason.declarations.map((place) => `code changed: ${place}`)
      if (reason.kind === "input") return [`input changed from ${reason.node}`]
      if (reason.kind === "param") return [`param changed: ${reason.name}`]
      if (reason.kind === "environment") return [`environment changed: ${reason.name}`]
      if (reason.kind === "engine") return ["the kit changed: engine format"]
      if (reason.kind === "lost") return ["record missing"]
      return [reason.kind]
    })
    .sort()
