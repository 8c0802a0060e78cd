/** Takes results from elsewhere without running anything: records, then the bytes of the chosen nodes, then their names. */
import * as Effect from "effect/Effect"
import type { StoreError } from "../errors.ts"
import type { Graph, Node } from "../node.ts"
import { isDone } from "../plan/plan.ts"
import type { Project } from "../project.ts"
import { artifactsOf, type TransferListener } from "../share/fetcher.ts"
import { isElsewhere } from "../store/trust.ts"
import { Names } from "./names.ts"
import { finish, naming, planEffect } from "./run.ts"
import type { Supply } from "./supply.ts"
import { asStoreError, withClaims } from "./with-claims.ts"

/** What came of it. */
export interface Taken {
  /** Chosen nodes that are not to be had. */
  readonly absent: ReadonlyArray<Node>
  /** Why some bytes could not be fetched, or names not be written. */
  readonly error: StoreError | undefined
}

/** Takes what `supply` found and the bytes of the chosen nodes. */
export const take = (
  project: Project,
  graph: Graph,
  chosen: ReadonlySet<Node>,
  supply: Supply,
  transfer: TransferListener,
) =>
  withClaims(project, (claims, attempts) =>
    Effect.gen(function* () {
      claims.uses.announce([...supply.adopted.keys()])
      yield* Effect.try({ try: () => supply.keep(attempts), catch: (error) => asStoreError(project, error) })
      const options = { targets: chosen, forced: new Set<Node>(), elsewhere: supply.elsewhere(true) }
      const plan = yield* planEffect(project, graph, options)
      const names = new Names(plan)
      const done = [...plan.nodes.values()].filter(({ decision }) => isDone(decision))
      const records = done.flatMap(({ decision, record }) =>
        decision === "fetch" && record !== undefined ? [record] : [],
      )
      const failed = yield* Effect.tryPromise({
        try: () => supply.bring(claims).fetch(artifactsOf(records), transfer),
        catch: (error) => asStoreError(project, error),
      }).pipe(
        Effect.as(undefined),
        Effect.catch((error) => Effect.succeed(error)),
      )
      for (const { node, record } of done) {
        if (record === undefined) continue
        if (isElsewhere(project.store, record)) names.keepElsewhere(node, record)
        else names.keep(node, record)
      }
      const unnamed = yield* naming(
        plan,
        names,
        attempts,
        Effect.sync(() => finish(plan, names)),
      )
      const absent = [...chosen].filter((node) => !isDone(plan.nodes.get(node)?.decision ?? "waits"))
      return { absent, error: failed ?? unnamed } satisfies Taken as Taken
    }),
  )
