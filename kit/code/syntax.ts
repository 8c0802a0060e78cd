/**
 * Small helpers over the syntax trees (ESTree) that rolldown's parser returns. Nodes are kept loosely typed: the
 * checks here ask for a handful of fields, and must pass over node types that they don't know.
 */

/** A node of a syntax tree. `start` and `end` are offsets into the source, in UTF-16 units. */
export type Node = {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** Whether a value found in a tree is a node. */
export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string"

/** The node in a field, if there is one. */
export const nodeIn = (node: Node, field: string): Node | undefined => {
  const value = node[field]
  return isNode(value) ? value : undefined
}

/** The nodes in a field that holds a list. */
export const nodesIn = (node: Node, field: string): ReadonlyArray<Node> => {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

const WRAPPERS = new Set([
  "ParenthesizedExpression",
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSNonNullExpression",
  "TSTypeAssertion",
  "TSInstantiationExpression",
])

/** An expression without the parentheses and type assertions around it. */
export const unwrap = (node: Node): Node => {
  let inner = node
  while (WRAPPERS.has(inner.type)) inner = nodeIn(inner, "expression") as Node
  return inner
}

/** The nodes directly below one; types are left out, for they vanish before the code runs. */
export const children = (node: Node): ReadonlyArray<Node> => {
  if (WRAPPERS.has(node.type)) return [unwrap(node)]
  if (node.type.startsWith("TS") || node.declare === true) return []
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  )
}

/** Visits a node and all below it, parents first, with the nodes above it (nearest last). `false` skips what is below. */
export const walk = (
  node: Node,
  visit: (node: Node, above: ReadonlyArray<Node>) => boolean | undefined,
  above: ReadonlyArray<Node> = [],
): void => {
  if (visit(node, above) === false) return
  const next = [...above, node]
  for (const child of children(node)) walk(child, visit, next)
}

/** The name in an identifier or the text of a string literal; undefined for anything else. */
export const nameOf = (node: Node | undefined): string | undefined => {
  if (node?.type === "Identifier" || node?.type === "PrivateIdentifier") return String(node.name)
  return node === undefined ? undefined : literalText(node)
}

/** The text of a string literal, or of a template without expressions; undefined for anything else. */
export const literalText = (node: Node): string | undefined => {
  if (node.type === "Literal" && typeof node.value === "string") return node.value
  const [piece, ...more] = node.type === "TemplateLiteral" ? nodesIn(node, "quasis") : []
  return piece !== undefined && more.length === 0 ? (piece.value as { cooked?: string }).cooked : undefined
}

/** The property that `a.b` or `a["b"]` reads; undefined if it is computed. */
export const propertyOf = (member: Node): string | undefined => {
  const property = nodeIn(member, "property")
  return property && member.computed === true ? literalText(unwrap(property)) : nameOf(property)
}

/** The names that a pattern binds: `a` and `b` in `{ a, x: [b] }`. */
export const patternNames = (pattern: Node | undefined | null): ReadonlyArray<string> => {
  if (!pattern) return []
  if (pattern.type === "Identifier") return [String(pattern.name)]
  if (pattern.type === "ObjectPattern") return nodesIn(pattern, "properties").flatMap(patternNames)
  if (pattern.type === "ArrayPattern") return nodesIn(pattern, "elements").flatMap(patternNames)
  return patternNames(nodeIn(pattern, { Property: "value", AssignmentPattern: "left" }[pattern.type] ?? "argument"))
}

/** Whether a node is a function, whose body doesn't run when the module is loaded. */
export const isFunction = (node: Node | undefined): boolean =>
  node !== undefined && /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)

/** Whether a node is a class. */
export const isClass = (node: Node | undefined): boolean =>
  node !== undefined && /^Class(Declaration|Expression)$/.test(node.type)

/** The line of an offset, counted from 1. */
export const lineAt = (source: string, offset: number): number => source.slice(0, offset).split("\n").length
