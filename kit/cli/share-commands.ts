/** The commands that send results elsewhere and take them from there. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { shared } from "./options.ts"

const remote = Argument.String("REMOTE").pipe(
  Argument.withDescription("A folder, s3://BUCKET/PREFIX or hf://datasets/OWNER/NAME"),
)
const selectors = Argument.String("SELECTOR").pipe(
  Argument.withDescription("Nodes, stages or globs, whose bytes travel; all nodes when there are none"),
  Argument.variadic(),
)

export const push = Command.make("push", { remote, selectors, ...shared }, (flags) =>
  Effect.flatMap(
    Effect.promise(() => import("./commands/push.ts")),
    (command) => command.push(flags),
  ),
).pipe(Command.withDescription("Send results elsewhere: what is missing there; nothing is replaced"))

export const pull = Command.make("pull", { remote, selectors, ...shared }, (flags) =>
  Effect.flatMap(
    Effect.promise(() => import("./commands/pull.ts")),
    (command) => command.pull(flags),
  ),
).pipe(Command.withDescription("Take results that match from elsewhere, or from a pack; they are marked as on trust"))

const file = Argument.String("FILE").pipe(Argument.withDescription("A new file, such as results.tar"))

export const pack = Command.make("pack", { file, selectors, ...shared }, (flags) =>
  Effect.flatMap(
    Effect.promise(() => import("./commands/pack.ts")),
    (command) => command.pack(flags),
  ),
).pipe(Command.withDescription("Write a profile's results into one file, for `run --from FILE` elsewhere"))
