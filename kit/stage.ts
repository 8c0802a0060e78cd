/**
 * Stages: how one step works. A stage is a value with a name, a schema for its params, typed inputs and outputs, and
 * what it does: an Effect that runs in this process (`Stage.make`) or a task of the Python worker (`Stage.worker`).
 * Calling a stage inside a pipeline adds a node to the graph and gives back typed handles of its outputs.
 */
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { AnyArtifactType, InputSpec, ManySpec, OptionalSpec, ValueOf } from "./artifact.ts"
import type { Asking } from "./asking.ts"
import { callSite } from "./call-site.ts"
import type { StageError } from "./errors.ts"
import type { HandleOf, Labels } from "./node.ts"
import { addNode } from "./pipeline-builder.ts"
import type { RowOrigins, RowOriginsOf } from "./row-origins.ts"
import { checkDeclared, type DeclaredVariables } from "./variables.ts"

/** What a stage reads: an artifact in the store, checked against its digest, decoded when asked. */
export interface InputFile<Value> {
  /** Where the bytes are: a read-only file, or a folder. */
  readonly path: string
  readonly digest: string
  /** The node that made it, for messages. */
  readonly node: string
  readonly labels: Labels
  /** The decoded value; an error names file and line. */
  readonly read: Effect.Effect<Value, StageError>
}

export type InputSpecs = Readonly<Record<string, InputSpec>>
export type OutputSpecs = Readonly<Record<string, AnyArtifactType>>

/** What a running stage gets for each declared input. */
export type InputValues<I extends InputSpecs> = {
  readonly [K in keyof I]: I[K] extends ManySpec<infer A>
    ? ReadonlyArray<InputFile<ValueOf<A>>>
    : I[K] extends OptionalSpec<infer A>
      ? InputFile<ValueOf<A>> | undefined
      : InputFile<ValueOf<I[K]>>
}

/** What a running stage must give back for each declared output. */
export type OutputValues<O extends OutputSpecs> = { readonly [K in keyof O]: ValueOf<O[K]> }

type RequiredHandles<I extends InputSpecs> = {
  readonly [K in keyof I as I[K] extends OptionalSpec<AnyArtifactType> ? never : K]: I[K] extends ManySpec<infer A>
    ? ReadonlyArray<HandleOf<A>>
    : I[K] extends AnyArtifactType
      ? HandleOf<I[K]>
      : never
}
type OptionalHandles<I extends InputSpecs> = {
  readonly [K in keyof I as I[K] extends OptionalSpec<AnyArtifactType> ? K : never]?: I[K] extends OptionalSpec<infer A>
    ? HandleOf<A> | undefined
    : never
}
/** The handles to pass when a stage is called in a pipeline. */
export type InputHandles<I extends InputSpecs> = RequiredHandles<I> & OptionalHandles<I>

/** The handles that a call gives back. */
export type OutputHandles<O extends OutputSpecs> = { readonly [K in keyof O]: HandleOf<O[K]> }

/** What a task takes of a machine while it runs; never part of a key. */
export interface Resources {
  /** CPU slots. */
  readonly cpu: number
  /** Memory in MiB. */
  readonly memory: number
  /** Accelerators. */
  readonly gpu: number
}

/** What a stage's body gets. */
export interface StageContext<P, I extends InputSpecs> {
  readonly params: P
  readonly inputs: InputValues<I>
  /** An empty folder of this attempt, removed afterwards. */
  readonly scratch: string
  /** The project's root, for declared tools only; what is read there must be an input. */
  readonly root: string
  /** Folders that mirror published sources (the environment variable MIRROR), in order. */
  readonly mirrors: ReadonlyArray<string>
  /** For a stage that `seesTrust`: the nodes with pulled records that each input rests on; only inputs that do. */
  readonly onTrust: Readonly<Record<string, ReadonlyArray<string>>>
  /** Tells the person how far the work is. */
  readonly progress: (done: number, total: number, unit: string) => void
}

/** What the body of a stage gets that asks models over HTTP. */
export interface AskingContext<P, I extends InputSpecs, S> extends StageContext<P, I> {
  /** How to work, not what: never part of a key. */
  readonly settings: S
  readonly asking: Asking
}

export type ParamsSchema = Schema.Codec<unknown, unknown, never, never>

/** How a stage does its work. */
export type StageBody =
  | {
      readonly kind: "here"
      // biome-ignore lint/suspicious/noExplicitAny: checked where the stage is made
      readonly run: (context: any) => Effect.Effect<any, StageError>
      /** State of the outside world that counts, read when planning: the digest of a project file. */
      readonly observe: ((params: never, root: string) => string) | undefined
      /** Where the Python of a service that it asks begins, such as `repro_worker.services.chat:main`. */
      readonly service: string | undefined
      /** Whether it asks models over HTTP. */
      readonly asks: boolean
      /** Whether it sees, and so counts, which of its inputs rest on records that were pulled. */
      readonly seesTrust: boolean
    }
  | {
      readonly kind: "worker"
      readonly task: string
      /** Where the task's Python begins, such as `repro_worker.tasks.generate:run`. */
      readonly entry: string
    }

/** A stage without its types: what the planner and the runner work with. */
export interface StageDefinition extends DeclaredVariables {
  readonly name: string
  readonly params: ParamsSchema
  readonly inputs: InputSpecs
  readonly outputs: OutputSpecs
  readonly resources: Resources
  readonly body: StageBody
  /** The file that defines it, for its code digest. */
  readonly file: string
  /** How often a retryable failure is tried again. */
  readonly retries: number
  /** Settings where a call gives no others. */
  readonly settings: object
  /** What a row of an output is made of. */
  readonly rows: RowOrigins
}

interface Common<P, I extends InputSpecs, O extends OutputSpecs> {
  readonly params: Schema.Codec<P, unknown, never, never>
  readonly inputs: I
  readonly outputs: O
  readonly resources?: Partial<Resources>
  readonly retries?: number
  /** What a row of an output is made of, for `repro trace --row`; it counts for nothing. */
  readonly rows?: RowOriginsOf<NoInfer<I>, NoInfer<O>>
  /** Environment variables that decide what comes out: they may be read, and their values count and are shown. */
  readonly environment?: ReadonlyArray<string>
  /** Environment variables that may be read and never count: tokens, proxies. Their values are kept out of logs and records. */
  readonly secrets?: ReadonlyArray<string>
}

/** A stage, callable in a pipeline; `settings` say how it works and are never part of a key. */
export interface Stage<P, I extends InputSpecs, O extends OutputSpecs, S = object> {
  (inputs: InputHandles<I>, params: P, settings?: Partial<S>): OutputHandles<O>
  readonly definition: StageDefinition
}

const callable = <P, I extends InputSpecs, O extends OutputSpecs, S>(
  definition: StageDefinition,
): Stage<P, I, O, S> => {
  const call = (inputs: InputHandles<I>, params: P, settings?: Partial<S>): OutputHandles<O> =>
    addNode(definition, inputs, params, settings) as unknown as OutputHandles<O>
  return Object.assign(call, { definition })
}

const define = <P, I extends InputSpecs, O extends OutputSpecs, S extends object>(
  name: string,
  common: Common<P, I, O>,
  body: StageBody,
  settings: S,
): Stage<P, I, O, S> => {
  const file = callSite(3)
  const variables = { environment: common.environment ?? [], secrets: common.secrets ?? [] }
  checkDeclared(name, file, variables)
  return callable({
    name,
    params: common.params as unknown as ParamsSchema,
    inputs: common.inputs,
    outputs: common.outputs,
    resources: { cpu: 1, memory: 256, gpu: 0, ...common.resources },
    body,
    file,
    retries: common.retries ?? 0,
    settings,
    rows: (common.rows ?? {}) as RowOrigins,
    ...variables,
  })
}

/** A stage that computes in this process. */
const make = <const I extends InputSpecs, const O extends OutputSpecs, P = Record<string, never>>(
  name: string,
  definition: Common<P, I, O> & {
    readonly run: (context: StageContext<P, I>) => Effect.Effect<OutputValues<O>, StageError>
    readonly observe?: (params: P, root: string) => string
    /** Asks for `onTrust`; the stage is then run anew when trust changes. */
    readonly seesTrust?: boolean
  },
): Stage<P, I, O> => {
  const { run, observe, seesTrust = false } = definition
  return define(
    name,
    definition,
    { kind: "here", run, observe: observe as never, seesTrust, service: undefined, asks: false },
    {},
  )
}

/**
 * A stage that computes in this process and asks models over HTTP: a service of the worker, whose Python begins at
 * `service`, or somebody else's. `settings` are how it works where a call gives no others.
 */
const asking = <const I extends InputSpecs, const O extends OutputSpecs, P, S extends object>(
  name: string,
  definition: Common<P, I, O> & {
    readonly service?: string
    readonly settings: S
    readonly run: (context: AskingContext<P, I, NoInfer<S>>) => Effect.Effect<OutputValues<O>, StageError>
  },
): Stage<P, I, O, S> => {
  const { run, service, settings } = definition
  return define(
    name,
    definition,
    { kind: "here", run, observe: undefined, seesTrust: false, service, asks: true },
    settings,
  )
}

/** A stage whose work is a task of the Python worker: its params are the task's params. */
const worker = <const I extends InputSpecs, const O extends OutputSpecs, P>(
  name: string,
  definition: Common<P, I, O> & {
    readonly task: string
    readonly entry: string
  },
): Stage<P, I, O> => define(name, definition, { kind: "worker", task: definition.task, entry: definition.entry }, {})

/**
 * Constructors of stages.
 *
 * @example
 * ```ts
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 * import { Artifact } from "./kit/artifact.ts"
 * import { Stage } from "./kit/stage.ts"
 *
 * const Words = Artifact.json("words", Schema.Array(Schema.String))
 * export const repeat = Stage.make("repeat", {
 *   params: Schema.Struct({ word: Schema.String, times: Schema.Int }),
 *   inputs: {},
 *   outputs: { words: Words },
 *   run: ({ params }) => Effect.succeed({ words: Array.from({ length: params.times }, () => params.word) }),
 * })
 * ```
 */
export const Stage = { make, asking, worker }
