/** Which model an input belongs to, read from the labels that its node got in the grid. */
import { StageError } from "../../kit/errors.ts"
import type { LabelledFile } from "../../kit/lib/duckdb.ts"
import type { Labels } from "../../kit/node.ts"

/**
 * A fine-tuned model, or the model before any fine-tuning. A fine-tuned one is told by its number of safety examples, its
 * recipe where several are compared, and its run: the seed of its draw of examples and the seed of its training.
 */
export interface Member {
  readonly key: string
  readonly model: "tuned" | "untuned"
  readonly safety: number | null
  readonly recipe: string | null
  readonly draw: number | null
  readonly seed: number | null
}

/** What is needed of an input file. */
export interface Labelled {
  readonly path: string
  readonly node: string
  readonly labels: Labels
}

/** The member of an input. Throws when its labels name none. */
export const memberOf = (input: Labelled): Member => {
  const { safety, recipe, draw, seed, model } = input.labels
  if (typeof safety === "number") {
    const known = {
      recipe: typeof recipe === "string" ? recipe : null,
      draw: typeof draw === "number" ? draw : null,
      seed: typeof seed === "number" ? seed : null,
    }
    return { key: ["tuned", safety, ...Object.values(known)].join("/"), model: "tuned", safety, ...known }
  }
  if (model === "untuned") return { key: "untuned", model, safety: null, recipe: null, draw: null, seed: null }
  throw StageError.of(
    `The labels of an input tell no model: ${JSON.stringify(input.labels)}`,
    input.node,
    'Make its node inside a grid over "safety", "draw" and "seed", or with the label model = "untuned".',
  )
}

/** Inputs as files for the database. */
export const memberFiles = (inputs: ReadonlyArray<Labelled>): ReadonlyArray<LabelledFile> =>
  inputs.map((input) => ({ path: input.path, member: memberOf(input).key }))

/** The members behind some inputs, each once. */
export const members = (inputs: ReadonlyArray<Labelled>): ReadonlyArray<Member> => [
  ...new Map(inputs.map((input) => memberOf(input)).map((member) => [member.key, member])).values(),
]

/** Safety examples per 100 general ones, in per cent. */
export const shareOf = (safety: number | null, generalAmount: number): number | null =>
  safety === null ? null : Number(((100 * safety) / generalAmount).toFixed(4))

/** Shares that the paper's grid spans, in per cent: 100 to 2,000 of 20,000. */
export const PAPER_SHARES = { least: 0.5, most: 10, abstract: 3 } as const

/** Whether a share lies within the paper's grid. */
export const rangeOf = (share: number | null): "paper" | "extra" | "untuned" => {
  if (share === null) return "untuned"
  return share === 0 || (share >= PAPER_SHARES.least && share <= PAPER_SHARES.most) ? "paper" : "extra"
}
