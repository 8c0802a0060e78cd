/**
 * What a row of an output is made of, as its stage declares it: by which rules, and from which rows of which inputs. It
 * is read by `repro trace --row` and counts for nothing; tests hold that what is not named does not move a row.
 */
import type { AnyArtifactType, InputSpec, ManySpec, OptionalSpec, ValueOf } from "./artifact.ts"

/** The part of an input that belongs to a row: all of it, what the table's cell says it is of, or rows that agree. */
export type RowLink =
  | "whole"
  | "cell"
  | {
      /** Of many: those inputs whose labels are what the row's columns of these names say. */
      readonly labels?: ReadonlyArray<string>
      /** Rows with the same values in these columns; all rows when there are none. */
      readonly columns?: ReadonlyArray<string>
      /** Compares `columns` with the rows that were found in this other input, with the same labels, instead. */
      readonly through?: string
    }

/** How rows of one output come about. */
export interface RowOrigin {
  /** Places in the code, as records name them: `stages/sql/harm.sql`, `stages/tables/results.ts#harmTable`. */
  readonly rules: ReadonlyArray<string>
  /** Inputs that a row is made of; those that are not named have no part in it. */
  readonly from: Readonly<Record<string, RowLink>>
}

/** By output; an output that is not named may owe each row to all of its inputs. */
export type RowOrigins = Readonly<Record<string, RowOrigin>>

type Column<Value> = Value extends ReadonlyArray<infer Row> ? keyof Row & string : never
type SpecValue<Spec> =
  Spec extends ManySpec<infer A>
    ? ValueOf<A>
    : Spec extends OptionalSpec<infer A>
      ? ValueOf<A>
      : Spec extends AnyArtifactType
        ? ValueOf<Spec>
        : never

type LinkOf<Inputs, Spec, Output> =
  | "whole"
  | "cell"
  | {
      readonly labels?: ReadonlyArray<Column<ValueOf<Output>>>
      readonly columns?: ReadonlyArray<Column<ValueOf<Output>> & Column<SpecValue<Spec>>>
    }
  | {
      readonly labels?: ReadonlyArray<Column<ValueOf<Output>>>
      readonly columns: ReadonlyArray<Column<SpecValue<Spec>>>
      readonly through: keyof Inputs & string
    }

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
