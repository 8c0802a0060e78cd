/** `repro gc`: shows what nothing reaches and how much it takes; removes it when asked. */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { describeErrno, PipelineError, StoreError, UsageError } from "../../errors.ts"
import { type CollectOptions, collectGarbage, type Garbage, surveyGarbage } from "../../gc/collect.ts"
import type { LeftoverKind } from "../../gc/leftovers.ts"
import type { Project } from "../../project.ts"
import { withClaims } from "../../run/with-claims.ts"
import { openProjectOf, type Shared } from "../options.ts"
import { out, outExactly, size, textTable } from "../print.ts"

export interface GcFlags extends Pick<Shared, "store" | "pipeline"> {
  readonly delete: boolean
  readonly days: number
  readonly format: "text" | "json"
}

export const gc = Effect.fnUntraced(function* (flags: GcFlags) {
  const project = yield* openProjectOf(flags)
  const options = { days: flags.days, now: Date.now(), pipeline: Option.getOrUndefined(flags.pipeline) }
  const garbage = yield* flags.delete
    ? withClaims(project, (claims, attempts) =>
        attempt(project, () => collectGarbage(project, claims, attempts, options)),
      )
    : attempt(project, () => surveyGarbage(project, options))
  if (flags.format === "json") outExactly(JSON.stringify(asData(project, garbage), null, 2))
  else tell(garbage, options, flags.delete)
})

const attempt = <A>(project: Project, action: () => Promise<A>) =>
  Effect.tryPromise({
    try: action,
    catch: (error) => {
      if (error instanceof PipelineError || error instanceof StoreError || error instanceof UsageError) return error
      return new StoreError({ ...describeErrno(error), where: project.store.root })
    },
  })

const total = (list: ReadonlyArray<{ readonly bytes: number }>): number =>
  list.reduce((sum, { bytes }) => sum + bytes, 0)

const KINDS: Readonly<Record<LeftoverKind, string>> = {
  attempt: "attempts of runs that died",
  failure: "kept failures",
  state: "states of tasks that were stopped",
  incoming: "half of what was on its way here",
  temporary: "temporary files",
  names: "names in heads and view",
  strange: "files that are no objects",
  answer: "kept answers that nothing asks for",
  unnoted: "kept answers without a note that nothing asks for",
}

/** The most nodes that are named. */
const SHOWN = 20

const tell = (garbage: Garbage, options: CollectOptions, removed: boolean): void => {
  tellGarbage(garbage, options, removed)
  const { untold } = garbage
  if (untold === undefined) return
  const { count, bytes, reason } = untold
  const what = count === 1 ? "A kept answer has" : `${count} kept answers have`
  out(
    `${what} no note of who asked (${size(bytes)}) and ${count === 1 ? "stays" : "stay"}: ${reason}. When that has run again it can be told.`,
  )
}

const tellGarbage = ({ records, objects, leftovers }: Garbage, { days }: CollectOptions, removed: boolean): void => {
  const all = [...records, ...objects, ...leftovers]
  if (all.length === 0) {
    out("Nothing to remove: pipelines, names or pins reach all that there is.")
    return
  }
  const kinds = (Object.keys(KINDS) as ReadonlyArray<LeftoverKind>).map((kind) => [
    `${KINDS[kind]}${["failure", "state", "incoming"].includes(kind) ? ` (older than ${days} days)` : ""}`,
    leftovers.filter((found) => found.kind === kind),
  ]) as ReadonlyArray<readonly [string, ReadonlyArray<{ readonly bytes: number }>]>
  const rows = ([["records of results", records], ["objects", objects], ...kinds] as typeof kinds)
    .filter(([, list]) => list.length > 0)
    .map(([what, list]) => [what, list.length, size(total(list))])
  tellRecords(records)
  out(textTable(["what", "how many", "size"], rows))
  out(
    removed
      ? `Removed ${size(total(all))}.`
      : `${size(total(all))} would go; \`repro gc --delete\` removes them. \`repro pin NAME\` keeps a profile's results.`,
  )
}

const tellRecords = (records: Garbage["records"]): void => {
  const counts = new Map<string, number>()
  for (const { record } of records) {
    const name = record === undefined ? "(not readable)" : `${record.pipeline}, ${record.profile}: ${record.stage}`
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
  if (rows.length === 0) return
  out(textTable(["results that no pipeline reaches", "how many"], rows.slice(0, SHOWN)))
  out(rows.length > SHOWN ? `and ${rows.length - SHOWN} more stages\n` : "")
}

const asData = ({ store }: Project, { records, objects, leftovers, untold }: Garbage): unknown => ({
  records: records.map(({ key, record, bytes }) => ({ key, node: record?.node ?? null, bytes })),
  objects,
  leftovers: leftovers.map((found) => ({ ...found, path: path.relative(store.root, found.path) })),
  bytes: total([...records, ...objects, ...leftovers]),
  untold: untold ?? null,
})
