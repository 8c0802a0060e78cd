/** `repro verify`: every object and record is checked; what is damaged is named, with the results that it belongs to. */
import * as Effect from "effect/Effect"
import { describeErrno, StoreError } from "../../errors.ts"
import type { StoreLayout } from "../../store/layout.ts"
import type { Use } from "../../store/verify/uses.ts"
import { type BadObject, type Verified, verifyStore } from "../../store/verify/verify.ts"
import { makeMeter } from "../meter.ts"
import { openProjectOf, type Shared } from "../options.ts"
import { duration, out, outExactly, size } from "../print.ts"

export interface VerifyFlags extends Shared {
  readonly format: "text" | "json"
}

export const verify = Effect.fnUntraced(function* (flags: VerifyFlags) {
  const { store } = yield* openProjectOf(flags)
  const begun = performance.now()
  const found = yield* check(store)
  if (flags.format === "json") outExactly(JSON.stringify(found, null, 2))
  else tell(found, (performance.now() - begun) / 1000)
  if (problems(found) > 0) process.exitCode = 1
})

const check = (store: StoreLayout): Effect.Effect<Verified, StoreError> =>
  Effect.tryPromise({
    try: async () => {
      const meter = makeMeter()
      try {
        return await verifyStore(store, ({ objects, allObjects, bytes, left }) =>
          meter.show(
            `${objects} of about ${allObjects} objects, ${size(bytes)}${left === undefined ? "" : `, about ${duration(left)} left`}`,
          ),
        )
      } finally {
        meter.stop()
      }
    },
    catch: (error) => {
      const { message } = describeErrno(error)
      return new StoreError({
        message: `The store can't be read: ${message}`,
        where: store.root,
        remedy: "Check that it is there and may be read.",
      })
    },
  })

const problems = ({ badObjects, badRecords, strangers }: Verified): number =>
  badObjects.length + badRecords.length + strangers.length

const tell = (found: Verified, seconds: number): void => {
  for (const object of found.badObjects) out(describeObject(object))
  for (const { file, node, why } of found.badRecords)
    out(`record     ${file}${node === "" ? "" : ` of ${node}`}\n    ${why}`)
  for (const file of found.strangers) out(`stranger   ${file}\n    it is no object: the kit wrote nothing of that name`)
  if (found.older > 0)
    out(
      `${found.older} records are of an older format, which doesn't hold all that their keys were made of; their keys were not checked.`,
    )
  if (found.elsewhere > 0)
    out(`${found.elsewhere} records were taken from elsewhere, and some of their bytes are still there.`)
  const checked = `${found.objects} objects (${size(found.bytes)}) and ${found.records} records in ${duration(seconds)}`
  const count = problems(found)
  if (count === 0) {
    out(`All whole: ${checked}.`)
    return
  }
  out(`${count} ${count === 1 ? "problem" : "problems"} in ${checked}.`)
  out(
    remedies(found)
      .map((line) => `  do: ${line}`)
      .join("\n"),
  )
}

/** How many uses of one object are told. */
const SHOWN = 5

const describeObject = ({ kind, digest, found, uses }: BadObject): string => {
  const what = kind === "damaged" ? `its bytes have the digest ${found}` : kind === "unreadable" ? found : ""
  const shown = uses.slice(0, SHOWN).map(describeUse)
  if (uses.length > SHOWN) shown.push(`and ${uses.length - SHOWN} more results`)
  if (uses.length === 0) shown.push("no record names it")
  return [
    `${kind.padEnd(10)} objects/${digest.slice(0, 2)}/${digest.slice(2)}`,
    ...(what === "" ? [] : [what]),
    ...shown,
  ].join("\n    ")
}

const describeUse = ({ part, node, pipeline, profile }: Use): string =>
  `${part} of ${node} (${pipeline}, profile ${profile})`

const remedies = ({ badObjects, badRecords, strangers }: Verified): ReadonlyArray<string> => {
  const used = badObjects.filter(({ uses }) => uses.length > 0)
  const fixed = badObjects.filter(({ kind, marked }) => kind === "damaged" && !marked)
  return [
    ...(used.length > 0
      ? ["`repro run` (with the profile that is named) computes anew what is damaged and still wanted."]
      : []),
    ...(badRecords.length > 0 ? ["Remove the files of those records; `repro run` does their work again."] : []),
    ...(fixed.length > 0 ? ["The store can't be written to here: run where it can, or on a copy of it."] : []),
    ...(badObjects.length > used.length || strangers.length > 0
      ? ["`repro gc` shows what nothing needs; `repro gc --delete` removes it."]
      : []),
  ]
}
