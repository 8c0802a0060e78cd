/**
 * Names of functions that code may see: `[accuracy, recall].map((metric) => metric.name)`. The minifier gives all functions
 * new names, so that a rename counts for nothing; where code reads some `.name`, those of functions and classes that are
 * handed around as values are written out beside them, so that renaming these counts.
 */
import { Scopes } from "./scopes.ts"
import { type Node, nameOf, nodeIn, nodesIn, propertyOf, walk } from "./syntax.ts"

/** Whether some property `name` is read, whoever has it. */
export const readsNames = (program: Node): boolean => {
  let found = false
  walk(program, (node) => {
    found ||= node.type === "MemberExpression" && propertyOf(node) === "name"
    found ||=
      node.type === "ObjectPattern" && nodesIn(node, "properties").some((key) => nameOf(nodeIn(key, "key")) === "name")
    return !found
  })
  return found
}

/** The code with `named("accuracy", accuracy)` for each function or class that is passed on; `scopes` are the bundle's, `bundle` its program. */
export const writeNames = (code: string, program: Node, bundle: Node, scopes: Scopes): string => {
  const own = new Scopes(program)
  const isFunction = (name: string, above: ReadonlyArray<Node>): boolean =>
    (own.meaning(name, above) ?? scopes.meaning(name, [bundle])) === "function"
  const found: Array<{ readonly node: Node; readonly name: string; readonly shorthand: boolean }> = []
  walk(program, (node, above) => {
    const parent = above.at(-1)
    if (node.type !== "Identifier" || parent === undefined || !isValue(node, parent)) return undefined
    const name = String(node.name)
    const shorthand = parent.type === "Property" && parent.shorthand === true
    if (isFunction(name, above)) found.push({ node, name, shorthand })
    return undefined
  })
  let text = code
  for (const { node, name, shorthand } of found.sort((a, b) => b.node.start - a.node.start)) {
    // The bundler's `$1` is not part of the name that runs.
    const value = `/* @__PURE__ */ named(${JSON.stringify(name.replace(/\$\d+$/, ""))}, ${name})`
    text = `${text.slice(0, node.start)}${shorthand ? `${name}: ` : ""}${value}${text.slice(node.end)}`
  }
  return text
}

/** Whether an identifier stands for a value that goes somewhere: not a name that is declared, called, or looked into. */
const isValue = (node: Node, parent: Node): boolean => {
  switch (parent.type) {
    case "CallExpression":
    case "NewExpression":
      return parent.callee !== node
    case "MemberExpression":
      return parent.object !== node && parent.computed === true
    case "Property":
      return parent.value === node
    case "VariableDeclarator":
      return parent.init === node
    case "AssignmentExpression":
    case "AssignmentPattern":
      return parent.right === node
    case "BinaryExpression":
    case "UnaryExpression":
    case "UpdateExpression":
    case "RestElement":
    case "ArrayPattern":
    case "CatchClause":
      return false
    case "PropertyDefinition":
      return parent.value === node
    case "ArrowFunctionExpression":
      return parent.body === node
    default:
      return !/^(Function|Class|Method|Import|Export|Label|Break|Continue)/.test(parent.type)
  }
}
