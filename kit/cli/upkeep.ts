/** Commands that look after the store and the machine; each loads what it needs when it runs. */
import * as Argument from "effect/cli/Argument"
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

const verify = Command.make(
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

const gc = Command.make(
  "gc",
  {
    delete: Flag.Boolean("delete").pipe(
      Flag.withDescription("Remove what nothing reaches (default: only show it)"),
      Flag.withDefault(false),
    ),
    days: Flag.Int("days").pipe(
      Flag.withDescription("Kept failures and states of stopped tasks go when older than this (default: 30)"),
      Flag.withSchema(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
      Flag.withDefault(30),
    ),
    format,
    pipeline: Flag.String("pipeline").pipe(
      Flag.withDescription("A pipeline outside pipelines/ whose results count too"),
      Flag.optional,
    ),
    store: shared.store,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/gc.ts")),
      (command) => command.gc(flags),
    ),
).pipe(Command.withDescription("Show or remove what no pipeline, profile or pin reaches, and what runs left behind"))

const pin = Command.make(
  "pin",
  {
    name: Argument.String("NAME").pipe(
      Argument.withDescription("A name for what the profile's nodes last gave; without one the pins are listed"),
      Argument.optional,
    ),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/pin.ts")),
      (command) => command.pin(flags),
    ),
).pipe(Command.withDescription("Keep a profile's results whatever becomes of its pipeline, or list what is kept"))

const unpin = Command.make(
  "unpin",
  { name: Argument.String("NAME").pipe(Argument.withDescription("The pin to drop")), store: shared.store },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/pin.ts")),
      (command) => command.unpin(flags),
    ),
).pipe(Command.withDescription("Drop a pin"))

const doctor = Command.make("doctor", { format, ...shared }, (flags) =>
  Effect.flatMap(
    load(() => import("./commands/doctor.ts")),
    (command) => command.doctor(flags),
  ),
).pipe(Command.withDescription("Say what this machine lacks, and what to do about it"))

/** All of them. */
export const upkeep = [verify, gc, pin, unpin, doctor] as const
