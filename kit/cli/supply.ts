/** What commands share that take from elsewhere: the place, and which bytes a person wants here. */

import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { StoreError, UsageError } from "../errors.ts"
import { dependencies, type Graph, type Node } from "../node.ts"
import type { Pipeline } from "../pipeline.ts"
import type { NodePlan, Plan } from "../plan/plan.ts"
import type { Project } from "../project.ts"
import { Supply } from "../run/supply.ts"
import { withClaims } from "../run/with-claims.ts"
import { artifactsOf } from "../share/fetcher.ts"
import { openRemote } from "../share/open-remote.ts"
import type { Remote } from "../share/remote.ts"
import { isElsewhere, isOnTrust } from "../store/trust.ts"
import type { SupplyFlags } from "./options.ts"
import { TransferProgress } from "./transfer-progress.ts"

/** A signal that is given when the command ends or is stopped. */
export const withSignal = <A, E, R>(use: (signal: AbortSignal) => Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => new AbortController()),
    (controller) => use(controller.signal),
    (controller) => Effect.sync(() => controller.abort(new Error("it was stopped"))),
  )

/** A step of sharing, with its errors as the kit's. */
export const sharing = <A>(step: () => Promise<A>): Effect.Effect<A, StoreError | UsageError> =>
  Effect.tryPromise({
    try: step,
    catch: (error) =>
      error instanceof StoreError || error instanceof UsageError
        ? error
        : new StoreError({
            message: error instanceof Error ? error.message : String(error),
            where: "",
            remedy: "Run the same command again: what arrived is kept.",
          }),
  })

/** The place that a person named. */
export const openPlace = (
  place: string,
  write: boolean,
  signal: AbortSignal,
): Effect.Effect<Remote, StoreError | UsageError> => sharing(() => openRemote(place, { write, signal }))

/** What can be taken from elsewhere while a command runs. */
export const withSupply = <A, E, R>(
  project: Project,
  flags: SupplyFlags,
  use: (supply: Supply) => Effect.Effect<A, E, R>,
): Effect.Effect<A, E | StoreError | UsageError, R> =>
  withSignal((signal) =>
    Effect.gen(function* () {
      if (flags.noFetch && Option.isSome(flags.from)) return yield* Effect.fail(contradiction)
      const named = Option.isSome(flags.from) ? yield* openPlace(flags.from.value, false, signal) : undefined
      return yield* use(new Supply(project, named, !flags.noFetch, signal))
    }),
  )

const contradiction = new UsageError({
  message: "--from and --no-fetch contradict each other",
  where: "",
  remedy: "Give one of them.",
})

/** The nodes whose bytes are wanted here: what was selected, or else the results and what the findings are asked of. */
export const bytesWanted = (
  { findings }: Pipeline,
  graph: Graph,
  selectors: ReadonlyArray<string>,
  targets: ReadonlySet<Node>,
): ReadonlySet<Node> => {
  if (selectors.length > 0) return targets
  const words = new Set(findings.flatMap(({ sql }) => sql.match(/\w+/gu) ?? []))
  const asked = graph.nodes.filter(({ stage }) => Object.values(stage.outputs).some(({ name }) => words.has(name)))
  return new Set([...graph.results.map(({ node }) => node), ...asked])
}

/** Brings what a rerun of some nodes reads and compares, where bytes of it are elsewhere. */
export const bringForRerun = (
  plan: Plan,
  entries: ReadonlyArray<NodePlan>,
): Effect.Effect<void, StoreError | UsageError> => {
  const { project } = plan
  const nodes = new Set(entries.flatMap(({ node }) => [node, ...dependencies(node)]))
  const records = [...nodes].flatMap((node) => plan.nodes.get(node)?.record ?? [])
  const absent = records.filter((record) => isOnTrust(record) && isElsewhere(project.store, record))
  if (absent.length === 0) return Effect.void
  const progress = new TransferProgress("fetching")
  return withSupply(project, { from: Option.none(), noFetch: false }, (supply) =>
    withClaims(project, (claims) => sharing(() => supply.bring(claims).fetch(artifactsOf(absent), progress))),
  ).pipe(Effect.ensuring(Effect.sync(progress.stop)))
}
