/**
 * Artifact types: what a stage may take in and give out. A type has a name, which is also the name of the SQL view
 * over all artifacts of that type, a file format, and (for rows and JSON values) a schema. Handles of one type can't be
 * wired into an input of another: the name is part of the TypeScript type.
 */
import type * as Schema from "effect/Schema"

/** A schema that needs no services to decode or encode. */
export type PlainSchema<T> = Schema.Codec<T, unknown, never, never>

export type ArtifactFormat = "jsonl" | "json" | "file" | "folder"

/** Files of a folder artifact by relative path. */
export type FolderContents = Readonly<Record<string, string | Uint8Array>>

/** A text column that views cut to its first words where the SQL condition over the row holds. */
export interface Sensitive {
  readonly column: string
  readonly when: string
}

/** A named, typed kind of artifact; `Value` is what a stage reads or returns. */
export interface ArtifactType<Name extends string, Value> {
  readonly name: Name
  readonly format: ArtifactFormat
  /** File name ending, with its dot; empty for folders. */
  readonly extension: string
  /** Schema of a row (jsonl) or of the whole value (json). */
  readonly schema: PlainSchema<unknown> | undefined
  /** What views withhold unless asked for. */
  readonly sensitive?: Sensitive | undefined
  readonly "~Value"?: (value: Value) => Value
}

// biome-ignore lint/suspicious/noExplicitAny: the value's type parameter is invariant, so only `any` admits them all
export type AnyArtifactType = ArtifactType<string, any>

/** What an artifact of a type holds. */
export type ValueOf<A> = A extends ArtifactType<string, infer Value> ? Value : never

/** How far a number may be from the recorded one: |now − then| ≤ absolute + relative × |then|. */
export interface Bound {
  readonly absolute?: number
  readonly relative?: number
}

/**
 * Bounds by place. In rows and JSON values a place is a column or a dotted path, in which `*` is any member:
 * `lossByStep.*.1`. In a Parquet file it is a column, in safetensors a tensor, in a folder a file's path; `*` in these is
 * any text. What no place names must be equal.
 */
export type Tolerance = Readonly<Record<string, Bound>>

type Member<T> = T extends object ? (keyof T & string) | `${keyof T & string}.${string}` : never

/** The places that a tolerance for such values may name. */
export type PlaceIn<Value> =
  Value extends ReadonlyArray<infer Row>
    ? Member<Row>
    : Value extends string | Uint8Array | FolderContents
      ? string
      : Member<Value>

/** Many artifacts of one type, each with the grid labels of the node that made it. */
export interface ManySpec<A extends AnyArtifactType> {
  readonly kind: "many"
  readonly type: A
}

/** An artifact that need not be wired. */
export interface OptionalSpec<A extends AnyArtifactType> {
  readonly kind: "optional"
  readonly type: A
}

export type InputSpec = AnyArtifactType | ManySpec<AnyArtifactType> | OptionalSpec<AnyArtifactType>

const jsonl = <const Name extends string, Row>(
  name: Name,
  row: Schema.Codec<Row, unknown, never, never>,
  options: { readonly sensitive?: Sensitive } = {},
): ArtifactType<Name, ReadonlyArray<Row>> => ({ name, format: "jsonl", extension: ".jsonl", schema: row, ...options })

const json = <const Name extends string, Value>(
  name: Name,
  value: Schema.Codec<Value, unknown, never, never>,
): ArtifactType<Name, Value> => ({ name, format: "json", extension: ".json", schema: value })

const file = <const Name extends string>(
  name: Name,
  options: { readonly extension: string },
): ArtifactType<Name, string | Uint8Array> => ({
  name,
  format: "file",
  extension: options.extension,
  schema: undefined,
})

const folder = <const Name extends string>(name: Name): ArtifactType<Name, FolderContents> => ({
  name,
  format: "folder",
  extension: "",
  schema: undefined,
})

const tolerances = new WeakMap<AnyArtifactType, Tolerance>()

/**
 * Declares how far a rerun of the same work may be from the recorded result, on another machine too. Apart from the type,
 * so that it is no part of the code of the stages that use it: changing a tolerance makes nothing run.
 */
const tolerance = <Name extends string, Value>(
  type: ArtifactType<Name, Value>,
  bounds: { readonly [Place in PlaceIn<Value>]?: Bound },
): Tolerance => {
  tolerances.set(type, bounds as Tolerance)
  return bounds as Tolerance
}

/** What was declared for a type; nothing, so that results must be equal, where nothing was. */
export const toleranceOf = (type: AnyArtifactType): Tolerance => tolerances.get(type) ?? {}

const many = <A extends AnyArtifactType>(type: A): ManySpec<A> => ({ kind: "many", type })

const optional = <A extends AnyArtifactType>(type: A): OptionalSpec<A> => ({ kind: "optional", type })

/**
 * Constructors of artifact types.
 *
 * @example
 * ```ts
 * import * as Schema from "effect/Schema"
 * import { Artifact } from "./kit/artifact.ts"
 *
 * const Answers = Artifact.jsonl("answers", Schema.Struct({ id: Schema.String, answer: Schema.String }))
 * const Report = Artifact.json("report", Schema.Struct({ rows: Schema.Int }))
 * ```
 */
export const Artifact = { jsonl, json, file, folder, many, optional, tolerance }

/** The artifact type behind an input, whatever its multiplicity. */
export const inputType = (spec: InputSpec): AnyArtifactType => ("kind" in spec ? spec.type : spec)

/** How often an input may be wired. */
export const inputKind = (spec: InputSpec): "one" | "many" | "optional" => ("kind" in spec ? spec.kind : "one")
