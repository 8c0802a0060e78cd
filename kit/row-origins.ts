/**
 * What a row of an output is made of, as its stage declares it: by which rules, and from which rows of which inputs. It
 * is read by `repro trace --row` and counts for nothing; tests hold that what is not named does not move a row.
 */
import type { AnyArtifactType, InputSpec, ManySpec, OptionalSpec, ValueOf } from "./artifact.ts"

/** Columns of a row that are asked for; undefined when all of it is. */
export type AskedColumns = ReadonlySet<string> | undefined

type Value = string | number | boolean | null

/** From all rows of an input: gives those that are of a row of an output. */
export type Among<Rows, Row> = (rows: Rows) => (row: Row, columns: AskedColumns) => Rows

/** Rows of an input that agree with a row of an output in all that is said here. */
export interface AgreeingLink {
  /** Of many: those inputs whose labels are what the row's columns of these names say. */
  readonly labels?: ReadonlyArray<string>
  /** Of many: also those that agree when the row's columns had these values; what a row is compared with. */
  readonly beside?: Readonly<Record<string, Value>>
  /** Rows with the same values in these columns, all rows when there are none. A row that lacks one has no part here. */
  readonly columns?: ReadonlyArray<string>
  /** Compares with the rows that were found in this other input, with the same labels, instead. */
  readonly through?: string
  /** Only for rows of the output that have these values. */
  readonly when?: Readonly<Record<string, Value>>
  /** Only for these columns of the output. */
  readonly cells?: ReadonlyArray<string>
  /** Picks from all rows of the input where equal columns can't say which ones are of a row. */
  // biome-ignore lint/suspicious/noExplicitAny: rows of any artifacts; `RowOriginsOf` types them
  readonly among?: Among<any, any>
  /** The output's column that names the one column of the input that its value comes from. */
  readonly columnIn?: string
}

/** The part of an input that belongs to a row: all of it, what the table's cell says it is of, or rows that agree. */
export type RowLink = "whole" | "cell" | AgreeingLink

/** How rows of one output come about. */
export interface RowOrigin {
  /** Places in the code, as records name them: `stages/sql/harm.sql`, `stages/tables/results.ts#harmTable`. */
  readonly rules: ReadonlyArray<string>
  /** Inputs that a row is made of; those that are not named have no part in it. */
  readonly from: Readonly<Record<string, RowLink>>
}

/** By output; an output that is not named may owe each row to all of its inputs. */
export type RowOrigins = Readonly<Record<string, RowOrigin>>

type RowOf<Value> = Value extends ReadonlyArray<infer Row> ? Row : never
type Column<Value> = keyof RowOf<Value> & string
type SpecValue<Spec> =
  Spec extends ManySpec<infer A>
    ? ValueOf<A>
    : Spec extends OptionalSpec<infer A>
      ? ValueOf<A>
      : Spec extends AnyArtifactType
        ? ValueOf<Spec>
        : never

/** Columns of an output; any name where it is a document, such as a figure's, whose rows have no schema. */
type OutputColumn<Output> = [Column<ValueOf<Output>>] extends [never] ? string : Column<ValueOf<Output>>

interface LinkParts<Output> {
  readonly labels?: ReadonlyArray<OutputColumn<Output>>
  readonly beside?: { readonly [Name in OutputColumn<Output>]?: Value }
  readonly when?: { readonly [Name in OutputColumn<Output>]?: Value }
  readonly cells?: ReadonlyArray<OutputColumn<Output>>
  readonly columnIn?: OutputColumn<Output>
}

type LinkOf<Inputs, Spec, Output> =
  | "whole"
  | "cell"
  | (LinkParts<Output> & {
      readonly columns?: ReadonlyArray<OutputColumn<Output> & Column<SpecValue<Spec>>>
      readonly among?: Among<SpecValue<Spec>, RowOf<ValueOf<Output>>>
      readonly through?: never
    })
  | {
      [Other in keyof Inputs & string]: LinkParts<Output> & {
        readonly columns?: ReadonlyArray<Column<SpecValue<Spec>> & Column<SpecValue<Inputs[Other]>>>
        readonly among?: Among<SpecValue<Spec>, RowOf<SpecValue<Inputs[Other]>>>
        readonly through: Other
      }
    }[keyof Inputs & string]

/** Row origins of a stage, with columns that its artifacts have. */
export type RowOriginsOf<
  Inputs extends Readonly<Record<string, InputSpec>>,
  Outputs extends Readonly<Record<string, AnyArtifactType>>,
> = {
  readonly [Output in keyof Outputs]?: {
    readonly rules: ReadonlyArray<string>
    readonly from: { readonly [Input in keyof Inputs]?: LinkOf<Inputs, Inputs[Input], Outputs[Output]> }
  }
}
