/** SQL columns from a schema, so that an empty or all-null artifact has the same columns as a full one. */
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"

/** DuckDB types by column name, in the schema's order. */
export type ColumnTypes = ReadonlyArray<readonly [name: string, type: string]>

/** The columns of a row schema; none when the schema is not a struct. */
export const columnsOf = (schema: Schema.Constraint): ColumnTypes => {
  const { ast } = schema
  if (ast._tag !== "Objects") return []
  return ast.propertySignatures.map((property) => [String(property.name), duckdbType(property.type)] as const)
}

/** The DuckDB type that holds what a schema encodes to. */
const duckdbType = (ast: SchemaAST.AST): string => {
  switch (ast._tag) {
    case "String":
      return "VARCHAR"
    case "Number":
      return isInteger(ast) ? "BIGINT" : "DOUBLE"
    case "Boolean":
      return "BOOLEAN"
    case "Literal":
      return literalType(ast.literal)
    case "Union":
      return unionType(ast)
    case "Arrays":
      return ast.rest.length === 1 && ast.elements.length === 0
        ? `${duckdbType(ast.rest[0] as SchemaAST.AST)}[]`
        : "JSON"
    case "Objects":
      return structType(ast)
    default:
      return "JSON"
  }
}

const isInteger = (ast: SchemaAST.AST): boolean =>
  (ast.checks ?? []).some((check) => JSON.stringify(check.annotations ?? {}).includes("isInt"))

const literalType = (literal: SchemaAST.LiteralValue): string =>
  typeof literal === "string" ? "VARCHAR" : typeof literal === "boolean" ? "BOOLEAN" : "DOUBLE"

const unionType = (ast: SchemaAST.Union): string => {
  const types = new Set(ast.types.filter((type) => type._tag !== "Null" && type._tag !== "Undefined").map(duckdbType))
  return types.size === 1 ? ([...types][0] as string) : "JSON"
}

const structType = (ast: SchemaAST.Objects): string => {
  if (ast.propertySignatures.length === 0) return "JSON"
  const fields = ast.propertySignatures.map((field) => `"${String(field.name)}" ${duckdbType(field.type)}`)
  return `STRUCT(${fields.join(", ")})`
}
