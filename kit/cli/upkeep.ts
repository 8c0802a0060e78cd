/** Commands that look after the store and the machine; each loads what it needs when it runs. */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { shared } from "./options.ts"

const positive = Schema.Int.check(Schema.isGreaterThan(0))

const format = Flag.Literals("format", ["text", "json"]).pipe(
  Flag.withDescription("How to print what was found"),
  Flag.withDefault("text" as const),
)

/** Imports a command's module when it is wanted. */
const load = <M>(module: () => Promise<M>): Effect.Effect<M> => Effect.promise(module)

export const verify = Command.make(
  "verify",
  {
    rerun: Flag.String("rerun").pipe(
      Flag.withDescription(
        "Compute this node, stage or glob anew, apart, and compare with its record; may be repeated",
      ),
      Flag.atLeast(0),
    ),
    sample: Flag.Int("sample").pipe(
      Flag.withDescription("Compute so many nodes anew, drawn from all or from those of --rerun"),
      Flag.withSchema(positive),
      Flag.optional,
    ),
    seed: Flag.Int("seed").pipe(Flag.withDescription("Seed of the draw (default: 1)"), Flag.withDefault(1)),
    format,
    ...shared,
  },
  (flags) =>
    flags.rerun.length > 0 || Option.isSome(flags.sample)
      ? Effect.flatMap(
          load(() => import("./commands/verify-rerun.ts")),
          (command) => command.verifyByRerun(flags),
        )
      : Effect.flatMap(
          load(() => import("./commands/verify.ts")),
          (command) => command.verify(flags),
        ),
).pipe(Command.withDescription("Check every object and record of the store, or compute results anew and compare"))
