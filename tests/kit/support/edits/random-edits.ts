/** Random edits: one, or a few at once, drawn from a seed. */
import { type Random, seededRandom } from "../../../../kit/lib/random.ts"
import { type Edit, type Harmless, START, type State } from "./state.ts"

const NODES = [1, 2].flatMap((n) => ["write", "shout", "measure", "act"].map((stage) => `${stage}/words=${n}`))

/** Few values, so that a walk comes back to states that it was in before. */
const VALUES: { readonly [Field in Exclude<keyof State, "harmless">]: ReadonlyArray<State[Field]> } = {
  word: ["word", "bird", "longer"],
  helper: [0, 1, 2],
  npm: ["1.0.0", "1.0.1"],
  mark: ["!", "?", "!!"],
  mode: [undefined, "", "twice"],
  data: ["some data", "some data \n", "other data"],
  pyHelper: [0, 1, 2],
  pyConstant: ["<", ">"],
  pyLocal: [0, 1],
  locked: ["1.0", "1.1"],
  lockHash: ["aa", "bb"],
  engine: [1, 2],
}

const pick = <A>(random: Random, list: ReadonlyArray<A>): A => list[Math.floor(random() * list.length)] as A

const other = <A>(random: Random, list: ReadonlyArray<A>, now: A): A =>
  pick(
    random,
    list.filter((value) => value !== now),
  )

const change = (random: Random, state: State): Edit => {
  const field = pick(random, Object.keys(VALUES) as ReadonlyArray<keyof typeof VALUES>)
  return { kind: "change", field, value: other<unknown>(random, VALUES[field], state[field]) }
}

const harmless = (random: Random, state: State): Edit => {
  const field = pick(random, Object.keys(START.harmless) as ReadonlyArray<keyof Harmless>)
  const now = state.harmless[field]
  if (typeof now === "boolean") return { kind: "harmless", field, value: !now }
  return { kind: "harmless", field, value: typeof now === "string" ? other(random, ["1.0.0", "2.0.0"], now) : now + 1 }
}

const single = (random: Random, state: State): Edit => {
  const draw = random()
  if (draw < 0.45) return change(random, state)
  if (draw < 0.75) return harmless(random, state)
  const node = pick(random, ["read", "gather", ...NODES])
  if (draw < 0.85) return { kind: "damage", node, how: pick(random, ["delete", "overwrite"] as const) }
  if (draw < 0.93) return { kind: "lose", node, how: pick(random, ["delete", "cut"] as const) }
  return { kind: "force", node }
}

/** Endless edits from a seed: for a state, what happens before the next run. */
export const editsOf = (seed: string | number): ((state: State) => ReadonlyArray<Edit>) => {
  const random = seededRandom(seed)
  return (state) => Array.from({ length: pick(random, [1, 1, 1, 2, 3]) }, () => single(random, state))
}

/** Every edit of a single field once, in turn. */
export const eachEdit = (): ReadonlyArray<Edit> => {
  const fields = Object.keys(VALUES) as ReadonlyArray<keyof typeof VALUES>
  const harmlessFields = Object.keys(START.harmless) as ReadonlyArray<keyof Harmless>
  return [
    ...fields.map((field): Edit => ({ kind: "change", field, value: VALUES[field].at(1) })),
    ...harmlessFields.map((field): Edit => {
      const now = START.harmless[field]
      return { kind: "harmless", field, value: typeof now === "boolean" ? true : typeof now === "string" ? "2.0.0" : 1 }
    }),
  ]
}
