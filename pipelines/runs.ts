/**
 * Runs: how often each model of a grid is made. A run has a seed that draws its examples and another one that trains on
 * them. No two runs share either, so that they are independent of each other: the intervals of the analysis count runs.
 */
import { PipelineError } from "../kit/errors.ts"
import { labelled } from "../kit/pipeline.ts"
import type { Profile } from "./profiles/profile.ts"

/** The seed that draws the examples of a mix, and the seed of a fine-tuning on it. */
export interface Run {
  readonly draw: number
  readonly seed: number
}

/**
 * Makes a mix for each draw and a model for each training seed on it. Nodes of the mix get the label `draw`, those of the
 * model `seed` as well. Throws a PipelineError when two runs share a draw or a seed.
 */
export const inRuns = <Mix, Model>(
  runs: ReadonlyArray<Run>,
  mix: (draw: number) => Mix,
  model: (mix: Mix, seed: number) => Model,
): ReadonlyArray<Model> => {
  refuseShared(runs, "draw")
  refuseShared(runs, "seed")
  return runs.map(({ draw, seed }) =>
    labelled({ draw }, () => {
      const mixed = mix(draw)
      return labelled({ seed }, () => model(mixed, seed))
    }),
  )
}

/** The params of a mix under a profile. */
export const mixOf = (
  { generalAmount: general, generalMayLack }: Pick<Profile, "generalAmount" | "generalMayLack">,
  safety: number,
  drawSeed: number,
) => ({ general, safety, drawSeed, ...(generalMayLack === undefined ? {} : { generalMayLack }) })

const refuseShared = (runs: ReadonlyArray<Run>, kind: keyof Run): void => {
  const values = runs.map((run) => run[kind])
  const shared = values.find((value, index) => values.indexOf(value) !== index)
  if (shared === undefined) return
  throw new PipelineError({
    message: `Two runs of the profile share the ${kind} ${shared}, so they would not be independent`,
    where: "runs",
    remedy: `Give each run a ${kind} of its own.`,
  })
}
