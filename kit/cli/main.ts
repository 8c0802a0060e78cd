/** The command line `repro`. Commands load what they need when they run, so that `--help` stays fast. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { shared, supplyFlags } from "./options.ts"
import { describeCause, describeError, note } from "./print.ts"
import { pack, pull, push } from "./share-commands.ts"
import { commandEnded, strayError, watchForStrays } from "./stray.ts"
import { upkeep } from "./upkeep.ts"

const node = Argument.String("NODE").pipe(Argument.withDescription("A node, such as fine-tune/safety=15/draw=1/seed=1"))
const selectors = Argument.String("SELECTOR").pipe(
  Argument.withDescription("Nodes, stages or globs; all nodes when there are none"),
  Argument.variadic(),
)
const switchFlag = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))
const jobs = Flag.Int("jobs").pipe(
  Flag.withAlias("j"),
  Flag.withDescription("CPU slots to use at once (default: the machine's)"),
  Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
  Flag.optional,
)
const format = Flag.Literals("format", ["table", "csv", "json"]).pipe(
  Flag.withDescription("How to print the rows"),
  Flag.withDefault("table" as const),
)

const run = Command.make(
  "run",
  {
    selectors,
    force: switchFlag("force", "Run the selected nodes though they are cached"),
    withDownstream: switchFlag("with-downstream", "Select all that is made from them too"),
    keepGoing: switchFlag("keep-going", "After a failure, go on with what doesn't depend on it"),
    jobs,
    ...supplyFlags,
    events: Flag.String("events").pipe(
      Flag.withDescription("Write what happens as JSON lines into this file, or to stdout for -"),
      Flag.optional,
    ),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/run.ts")),
      (command) => command.run(flags),
    ),
).pipe(Command.withDescription("Run what must run, so that the selected nodes' outputs are there"))

const stage = Command.make(
  "stage",
  {
    node,
    accept: switchFlag("accept", "Record the new result, so that the next run carries it downstream"),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/stage.ts")),
      (command) => command.stage(flags),
    ),
).pipe(Command.withDescription("Rerun one node on its recorded inputs and compare the result with the recorded one"))

const plan = Command.make(
  "plan",
  {
    selectors,
    force: switchFlag("force", "As for run"),
    withDownstream: switchFlag("with-downstream", "As for run"),
    ...supplyFlags,
    format: Flag.Literals("format", ["text", "json"]).pipe(
      Flag.withDescription(
        "text puts nodes together that run for the same reasons; json has each with all its reasons",
      ),
      Flag.withDefault("text" as const),
    ),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/plan.ts")),
      (command) => command.plan(flags),
    ),
).pipe(Command.withDescription("Say what would run, and why"))

const explain = Command.make(
  "explain",
  {
    node,
    against: Flag.String("against").pipe(
      Flag.withDescription("Say instead how the node differs from the last result of this one"),
      Flag.optional,
    ),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/explain.ts")),
      (command) => command.explain(flags),
    ),
).pipe(Command.withDescription("Say why a node would run or not, with old and new values"))

const ls = Command.make("ls", { selectors, ...shared }, (flags) =>
  Effect.flatMap(
    load(() => import("./commands/ls.ts")),
    (command) => command.ls(flags),
  ),
).pipe(Command.withDescription("List nodes and whether they are cached"))

const show = Command.make(
  "show",
  {
    node,
    prepare: Flag.String("prepare").pipe(
      Flag.withDescription("Lay out the node's task in this folder, to run it by hand"),
      Flag.optional,
    ),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/show.ts")),
      (command) => command.show(flags),
    ),
).pipe(Command.withDescription("Show a node: params, inputs, outputs, timings, log, how to run it by hand"))

const query = Command.make(
  "query",
  {
    sql: Argument.String("SQL").pipe(Argument.withDescription("One DuckDB statement; `SHOW TABLES` lists the views")),
    format,
    unsafeText: switchFlag("unsafe-text", "Show answers to unsafe prompts that are no refusals in full"),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/query.ts")),
      (command) => command.query(flags),
    ),
).pipe(Command.withDescription("Query the artifacts with SQL: one view for each kind, the grid's labels as columns"))

const trace = Command.make(
  "trace",
  {
    artifact: Argument.String("ARTIFACT").pipe(
      Argument.withDescription("A node, NODE/OUTPUT, a file that a run made, or the first digits of a digest or key"),
    ),
    format: Flag.Literals("format", ["text", "json"]).pipe(
      Flag.withDescription("A tree to read, or every step as data"),
      Flag.withDefault("text" as const),
    ),
    depth: Flag.Int("depth").pipe(
      Flag.withDescription("Levels to draw (default: all that fit)"),
      Flag.withSchema(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))),
      Flag.optional,
    ),
    where: Flag.String("where").pipe(
      Flag.withDescription("Follow only members of the grid with LABEL=VALUE; may be repeated"),
      Flag.atLeast(0),
    ),
    row: Flag.String("row").pipe(
      Flag.withDescription("Follow only rows with COLUMN=VALUE, or the row of a number; may be repeated"),
      Flag.atLeast(0),
    ),
    column: Flag.String("column").pipe(
      Flag.withDescription("Of the rows, follow only the cell in this column"),
      Flag.optional,
    ),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/trace.ts")),
      (command) => command.trace(flags),
    ),
).pipe(
  Command.withDescription(
    "Show the way from an output, a row or a cell back to its sources: params, code, times, machine",
  ),
)

const graph = Command.make(
  "graph",
  {
    selectors,
    format: Flag.Literals("format", ["svg", "mermaid", "json"]).pipe(
      Flag.withDescription("How to draw (default: by the file's ending, else svg)"),
      Flag.optional,
    ),
    output: Flag.String("output").pipe(
      Flag.withAlias("o"),
      Flag.withDescription("File to write (default: stdout)"),
      Flag.optional,
    ),
    full: switchFlag("full", "Draw each node, not each stage"),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/graph.ts")),
      (command) => command.graph(flags),
    ),
).pipe(Command.withDescription("Draw the pipeline, or the way to some nodes, as SVG or Mermaid"))

const data = Command.make("data", { format, ...shared }, (flags) =>
  Effect.flatMap(
    load(() => import("./commands/data.ts")),
    (command) => command.data(flags),
  ),
).pipe(Command.withDescription("Describe the profile's data: the table that the pipeline declares for it"))

const crate = Command.make(
  "crate",
  {
    folder: Argument.String("FOLDER").pipe(Argument.withDescription("A new folder, or a file that ends in .zip")),
    selectors,
    withData: switchFlag("with-data", "Take the bytes of all artifacts along, not those of the results alone"),
    ...shared,
  },
  (flags) =>
    Effect.flatMap(
      load(() => import("./commands/crate.ts")),
      (command) => command.crate(flags),
    ),
).pipe(Command.withDescription("Write results and how they came about as a Workflow Run RO-Crate"))

/** Imports a command's module when it is wanted. */
const load = <M>(module: () => Promise<M>): Effect.Effect<M> => Effect.promise(module)

const repro = Command.make("repro").pipe(
  Command.withDescription(
    "Describe a paper's experiments as a typed pipeline, run it, remember every artifact, query it",
  ),
  Command.withSubcommands([
    run,
    plan,
    explain,
    stage,
    ls,
    show,
    trace,
    graph,
    crate,
    query,
    data,
    push,
    pull,
    pack,
    ...upkeep,
  ]),
)

const tell = (cause: Cause.Cause<unknown>): void => {
  if (Cause.hasInterruptsOnly(cause)) note("Stopped. What was finished is kept: run again to go on.")
  else {
    const text = describeCause(cause)
    if (text !== "" && !isShown(cause)) note(text)
  }
}

/** The command-line module prints its own usage errors. */
const isShown = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some(
    (reason) => reason._tag === "Fail" && (reason.error as { _tag?: string } | null)?._tag === "ShowHelp",
  )

watchForStrays((error) => note(describeError(error)))

Command.run(repro, { version: "0.1.0" }).pipe(
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    disableErrorReporting: true,
    // Told here, since an interrupted effect runs no handlers of its own.
    teardown: (exit, onExit) => {
      commandEnded()
      const stray = strayError()
      if (stray !== undefined) {
        note(describeError(stray))
        return onExit(1)
      }
      if (Exit.isSuccess(exit)) return onExit(Number(process.exitCode ?? 0))
      tell(exit.cause)
      onExit(Cause.hasInterruptsOnly(exit.cause) ? 130 : 1)
    },
  }),
)
