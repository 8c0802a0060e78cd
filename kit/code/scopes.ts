/**
 * Which name means what in a bundle: a scope for each block and function, and for each name in it whether it holds a
 * function or class, an import, or something else. Enough to tell `row.name` on a record from `.name` on a function.
 */
import { isClass, isFunction, type Node, nameOf, nodeIn, nodesIn, patternNames, unwrap, walk } from "./syntax.ts"

/** What a name holds. A class with a static `name` of its own is `other`, for that name isn't the minifier's. */
export type Meaning = "function" | "import" | "other"

const opensScope = (node: Node): boolean =>
  isFunction(node) ||
  /^(Program|BlockStatement|For(In|Of)?Statement|CatchClause|StaticBlock|SwitchStatement)$/.test(node.type)

const isNamed = (node: Node | undefined): boolean => {
  const value = node && unwrap(node)
  if (isFunction(value)) return true
  if (value === undefined || !isClass(value)) return false
  const members = nodesIn(nodeIn(value, "body") as Node, "body")
  return !members.some((member) => member.static === true && nameOf(nodeIn(member, "key")) === "name")
}

/** The scopes of a program. */
export class Scopes {
  readonly #names = new Map<Node, Map<string, Meaning>>()

  constructor(program: Node) {
    walk(program, (node, above) => {
      if (opensScope(node)) this.#names.set(node, new Map())
      this.#declare(node, above)
      return undefined
    })
    walk(program, (node, above) => {
      const left = node.type === "AssignmentExpression" ? nodeIn(node, "left") : undefined
      if (left?.type === "Identifier" && isNamed(nodeIn(node, "right"))) {
        this.#scopeOf(String(left.name), above)?.set(String(left.name), "function")
      }
      return undefined
    })
  }

  /** What `name` means to a node with these nodes above it; undefined for a global. */
  meaning(name: string, above: ReadonlyArray<Node>): Meaning | undefined {
    return this.#scopeOf(name, above)?.get(name)
  }

  #scopeOf(name: string, above: ReadonlyArray<Node>): Map<string, Meaning> | undefined {
    return above
      .toReversed()
      .map((node) => this.#names.get(node))
      .find((names) => names?.has(name))
  }

  #declare(node: Node, above: ReadonlyArray<Node>): void {
    const into = (scopes: ReadonlyArray<Node>, names: ReadonlyArray<string>, meaning: Meaning): void => {
      const scope = scopes.findLast((candidate) => this.#names.has(candidate))
      for (const name of names) if (scope) this.#names.get(scope)?.set(name, meaning)
    }
    if (/^Import\w*Specifier$/.test(node.type)) into(above, patternNames(nodeIn(node, "local")), "import")
    if (isFunction(node)) into([node], nodesIn(node, "params").flatMap(patternNames), "other")
    if (node.type === "CatchClause") into([node], patternNames(nodeIn(node, "param")), "other")
    if (/^(Function|Class)/.test(node.type) && nodeIn(node, "id")) {
      const own = node.type.endsWith("Expression") && isFunction(node) ? [node] : above
      into(own, patternNames(nodeIn(node, "id")), isNamed(node) ? "function" : "other")
    }
    if (node.type === "VariableDeclarator") {
      const id = nodeIn(node, "id")
      into(above, patternNames(id), id?.type === "Identifier" && isNamed(nodeIn(node, "init")) ? "function" : "other")
    }
  }
}
