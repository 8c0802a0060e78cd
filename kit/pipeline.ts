/**
 * Pipelines: what is computed. A pipeline is a name, profiles, and a body that calls stages; plain loops and `grid`
 * make the experiments of a grid, each with labels that become part of node names and columns in SQL.
 */
import { PipelineError } from "./errors.ts"
import { nearest } from "./lib/nearest.ts"
import type { Need } from "./needs.ts"
import type { AnyHandle, Graph, Labels } from "./node.ts"
import { build, withLabels } from "./pipeline-builder.ts"

type Axis = ReadonlyArray<string | number | boolean>
type Point<A extends Readonly<Record<string, Axis>>> = { readonly [K in keyof A]: A[K][number] }

/**
 * Runs `body` once for each combination of the axes' values; every node made inside carries the combination as labels.
 *
 * @example
 * ```ts
 * import { grid } from "./kit/pipeline.ts"
 * declare const train: (amount: number, seed: number) => string
 * const models = grid({ amount: [0, 100], seed: [1, 2] }, ({ amount, seed }) => train(amount, seed))
 * ```
 */
export const grid = <const A extends Readonly<Record<string, Axis>>, B>(
  axes: A,
  body: (point: Point<A>) => B,
): ReadonlyArray<B> => {
  for (const [name, values] of Object.entries(axes)) checkAxis(name, values, Object.keys(axes))
  return combinations(axes).map((point) => withLabels(point, () => body(point as Point<A>)))
}

const checkAxis = (name: string, values: Axis, all: ReadonlyArray<string>): void => {
  if (values.length === 0) {
    throw new PipelineError({
      message: `The grid over ${all.join(" × ")} is empty: its axis "${name}" has no values`,
      where: name,
      remedy: `Give "${name}" at least one value in the profile.`,
    })
  }
  const seen = new Set<Axis[number]>()
  const repeated = values.find((value) => seen.size === seen.add(value).size)
  if (repeated !== undefined) {
    throw new PipelineError({
      message: `The axis "${name}" holds ${JSON.stringify(repeated)} twice: ${JSON.stringify(values)}`,
      where: name,
      remedy: "Drop the repeated value.",
    })
  }
}

const combinations = (axes: Readonly<Record<string, Axis>>): ReadonlyArray<Record<string, string | number | boolean>> =>
  Object.entries(axes).reduce<ReadonlyArray<Record<string, string | number | boolean>>>(
    (points, [name, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  )

/**
 * Runs `body` once; every node made inside carries the labels. It tells calls of a stage apart that are no grid.
 *
 * @example
 * ```ts
 * import { labelled } from "./kit/pipeline.ts"
 * declare const train: () => string
 * const help = labelled({ reward: "help" }, () => train())
 * ```
 */
export const labelled = <B>(labels: Labels, body: () => B): B => withLabels(labels, body)

/** What a pipeline is made of. */
export interface PipelineOptions<Profile> {
  readonly profiles: Readonly<Record<string, Profile>>
  readonly defaultProfile: string
  /** The lock of the worker's packages under a profile, relative to the project's root. */
  readonly workerLock: (profile: Profile) => string
  /** What a profile's stages need beside a CPU and the project's files. */
  readonly needs?: (profile: Profile) => ReadonlyArray<Need>
  /** Calls the stages; gives back the handles that a run is for. */
  readonly body: (profile: Profile, name: string) => Readonly<Record<string, AnyHandle>>
  /** Short tables printed at the end of a run. */
  readonly findings?: ReadonlyArray<Finding>
  /** What `repro data` prints. */
  readonly data?: DataTable
}

/** The table that `repro data` prints: a result of the body that describes the data, and how its rows are shown. */
export interface DataTable {
  /** The name of the result; its node runs when it must. */
  readonly result: string
  /** SQL over the catalog. */
  readonly sql: string
}

/** A table of a few rows, by SQL over the catalog. */
export interface Finding {
  readonly title: string
  readonly sql: string
}

/** A pipeline whose profiles are not looked into. */
export interface Pipeline {
  readonly name: string
  readonly profiles: ReadonlyArray<string>
  readonly defaultProfile: string
  /** The graph under a profile; an unknown one is an error with the nearest name. */
  readonly graph: (profile: string) => Graph
  readonly findings: ReadonlyArray<Finding>
  readonly data: DataTable | undefined
}

const make = <Profile>(name: string, options: PipelineOptions<Profile>): Pipeline => ({
  name,
  profiles: Object.keys(options.profiles),
  defaultProfile: options.defaultProfile,
  findings: options.findings ?? [],
  data: options.data,
  graph: (profileName) => {
    const profile = Object.hasOwn(options.profiles, profileName) ? options.profiles[profileName] : undefined
    if (profile === undefined) throw unknownProfile(name, profileName, Object.keys(options.profiles))
    const { nodes, result } = build(name, () => options.body(profile, profileName))
    const workerLock = options.workerLock(profile)
    const data = options.data === undefined ? undefined : dataResult(name, options.data, result)
    const needs = options.needs?.(profile) ?? []
    return { pipeline: name, profile: profileName, nodes, workerLock, results: Object.values(result), data, needs }
  },
})

const dataResult = (
  pipeline: string,
  { result }: DataTable,
  results: Readonly<Record<string, AnyHandle>>,
): AnyHandle => {
  const handle = Object.hasOwn(results, result) ? results[result] : undefined
  if (handle !== undefined) return handle
  throw new PipelineError({
    message: `Pipeline "${pipeline}" declares its result "${result}" as the description of its data, but has no such result`,
    where: "data",
    remedy: `Name one of its results: ${Object.keys(results).join(", ") || "(none)"}.`,
  })
}

const unknownProfile = (pipeline: string, profile: string, known: ReadonlyArray<string>): PipelineError => {
  const near = nearest(profile, known)
  return new PipelineError({
    message: `Pipeline "${pipeline}" has no profile "${profile}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
    where: profile,
    remedy: `Choose one of: ${known.join(", ")}.`,
  })
}

/** Constructor of pipelines; see `pipelines/quickstart.ts` for the shortest one. */
export const Pipeline = { make }
