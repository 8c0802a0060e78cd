/** `repro pin` and `repro unpin`: results that a collection keeps, whatever becomes of their pipeline. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../../errors.ts"
import { asStoreError, withClaims } from "../../run/with-claims.ts"
import { readHeads } from "../../store/heads.ts"
import { readPins, removePin, writePin } from "../../store/pins.ts"
import { readRecord, type StoreRecord } from "../../store/record.ts"
import { open, openProjectOf, type Shared } from "../options.ts"
import { note, out, size, textTable } from "../print.ts"

/** Without a name: lists the pins. With one: keeps what the profile's nodes last gave. */
export const pin = Effect.fnUntraced(function* (flags: Shared & { readonly name: Option.Option<string> }) {
  if (Option.isNone(flags.name)) return yield* list(flags)
  const name = flags.name.value
  const { project, graph } = yield* open(flags)
  const { pipeline, profile } = graph
  if (Object.keys(readHeads(project.store, pipeline, profile).nodes).length === 0) return yield* nothing(profile)
  yield* withClaims(project, (claims, attempts) =>
    Effect.try({
      try: () => {
        const keys = Object.values(readHeads(project.store, pipeline, profile).nodes).map(({ key }) => key)
        claims.uses.announce(keys)
        const records = keys.flatMap((key) => readRecord(project.store, key) ?? [])
        if (records.length === 0) throw nothing(profile)
        writePin(project.store, { name, made: new Date().toISOString(), pipeline, profile, records }, attempts)
        note(`${records.length} results of profile "${profile}" are pinned as "${name}" (${size(bytesOf(records))}).`)
      },
      catch: (error) => (error instanceof UsageError ? error : asStoreError(project, error)),
    }),
  )
})

const nothing = (profile: string): UsageError =>
  new UsageError({
    message: `Profile "${profile}" has no results yet`,
    where: profile,
    remedy: "Run it first, then pin what it gave.",
  })

export const unpin = Effect.fnUntraced(function* (flags: Pick<Shared, "store"> & { readonly name: string }) {
  const project = yield* openProjectOf(flags)
  yield* Effect.try({
    try: () => removePin(project.store, flags.name),
    catch: (error) => (error instanceof UsageError ? error : asStoreError(project, error)),
  })
  note(`"${flags.name}" is no pin any more; what only it kept goes with the next \`repro gc --delete\`.`)
})

const list = Effect.fnUntraced(function* (flags: Pick<Shared, "store">) {
  const project = yield* openProjectOf(flags)
  const pins = yield* Effect.try({
    try: () => readPins(project.store),
    catch: (error) => asStoreError(project, error),
  })
  if (pins.length === 0) out("There are no pins; `repro pin NAME` keeps what a profile's nodes last gave.")
  else
    out(
      textTable(
        ["name", "pipeline", "profile", "made", "results", "size"],
        pins.map(({ name, pipeline, profile, made, records }) => [
          name,
          pipeline,
          profile,
          made,
          records.length,
          size(bytesOf(records)),
        ]),
      ),
    )
})

const bytesOf = (records: ReadonlyArray<StoreRecord>): number =>
  records.reduce((sum, { outputs }) => sum + Object.values(outputs).reduce((all, { bytes }) => all + bytes, 0), 0)
