/** Sets what a model gave for the prompts of some sets beside what a baseline gave for the same prompts. */
import * as Effect from "effect/Effect"
import { StageError } from "../kit/errors.ts"
import type { InputFile } from "../kit/stage.ts"

interface Row {
  readonly id: string
  readonly set: string
}

const promptOf = ({ set, id }: Row): string => `${set} ${id}`

/** The model's rows with the baseline's; fails where a set has none, and where the baseline lacks one. */
export const withBaseline = Effect.fnUntraced(function* <A extends Row>(
  own: InputFile<ReadonlyArray<A>>,
  baseline: InputFile<ReadonlyArray<A>>,
  sets: ReadonlyArray<string>,
) {
  const rows = (yield* own.read).filter(({ set }) => sets.includes(set))
  if (rows.length === 0)
    return yield* Effect.fail(
      StageError.of(`There is nothing of ${sets.join(", ")}`, own.node, "Correct the profile's sets to compare."),
    )
  const others = new Map((yield* baseline.read).map((row) => [promptOf(row), row]))
  return yield* Effect.forEach(rows, (row) => {
    const other = others.get(promptOf(row))
    return other === undefined ? Effect.fail(noPartner(row, baseline.node)) : Effect.succeed([row, other] as const)
  })
})

const noPartner = ({ id }: Row, node: string): StageError =>
  StageError.of(`The baseline has nothing for "${id}"`, node, "Let both models answer the same prompts.")
