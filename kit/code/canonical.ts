/**
 * One text for all bundles that mean the same. The bundler has dropped comments, types and what nobody reaches; what
 * is left to even out is the order of imports, the order of modules where it makes no difference, and names of locals
 * (the minifier's part).
 */
import { hash } from "node:crypto"
import { isPlainClass } from "./purity.ts"
import { isFunction, literalText, type Node, nameOf, nodeIn, nodesIn, unwrap, walk } from "./syntax.ts"
import { IMPORTS } from "./types.ts"

/** A module as the bundler rendered it: only what is reached. */
export type RenderedModule = { readonly id: string; readonly code: string; readonly program: Node }

const isImport = (node: Node): boolean => node.type === "ImportDeclaration"
const isExport = (node: Node): boolean => node.type.startsWith("Export")

/** The bundle's text with sorted imports, and with its modules in an order that doesn't depend on that of imports. */
export const canonicalText = (chunk: string, program: Node, modules: ReadonlyArray<RenderedModule>): string => {
  const body = nodesIn(program, "body")
  const imports = body.filter(isImport).flatMap(importLines).sort()
  const exports = body.filter(isExport).map((node) => chunk.slice(node.start, node.end))
  return [...imports, ...settledOrder(modules).map(({ code }) => code), ...exports].join("\n")
}

/** One line for each name imported, as `import { a as b } from "x"`. */
const importLines = (declaration: Node): ReadonlyArray<string> => {
  const source = JSON.stringify(literalText(nodeIn(declaration, "source") as Node))
  return nodesIn(declaration, "specifiers").map((binding) => {
    const local = nameOf(nodeIn(binding, "local"))
    if (binding.type === "ImportNamespaceSpecifier") return `import * as ${local} from ${source}`
    const imported = nameOf(nodeIn(binding, "imported")) ?? "default"
    return `import { ${/^[\w$]+$/.test(imported) ? imported : JSON.stringify(imported)} as ${local} } from ${source}`
  })
}

/** The specifiers of packages and engine modules that a bundle still imports, dynamic imports included. */
export const importedIds = (program: Node): ReadonlyArray<string> => {
  const ids = new Set<string>()
  walk(program, (node) => {
    const source = isImport(node) || node.type === "ImportExpression" ? nodeIn(node, "source") : undefined
    const id = source && literalText(source)
    if (id !== undefined) ids.add(id)
    return undefined
  })
  return [...ids].sort()
}

/**
 * Modules that only declare things may stand in any order; they are sorted by their text without names, so that a
 * renamed helper or file doesn't move them. If one does work on loading, the order of evaluation is kept.
 */
const settledOrder = (modules: ReadonlyArray<RenderedModule>): ReadonlyArray<RenderedModule> => {
  const inert = modules.every(({ code, program }) =>
    nodesIn(program, "body").every((node) => isInertStatement(code, node)),
  )
  if (!inert) return modules
  const keyed = modules.map((module) => ({
    module,
    key: `${module.code.replace(/[A-Za-z_$][\w$]*/g, "_")}\0${module.code}`,
  }))
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ module }) => module)
}

const isInertStatement = (code: string, node: Node): boolean => {
  const inert = (value: Node) => isInert(code, value)
  if (isImport(node) || node.type === "FunctionDeclaration" || node.type === "EmptyStatement") return true
  if (isExport(node)) return nodeIn(node, "declaration") === undefined
  if (node.type === "ClassDeclaration") return isPlainClass(node, inert)
  if (node.type !== "VariableDeclaration") return false
  return nodesIn(node, "declarations").every(({ init }) => init === null || inert(init as Node))
}

const INERT = new Set([
  "ArrayExpression",
  "BinaryExpression",
  "ConditionalExpression",
  "LogicalExpression",
  "MemberExpression",
  "ObjectExpression",
  "Property",
  "TemplateLiteral",
  "UnaryExpression",
])
const LEAVES = new Set(["Identifier", "Literal", "TemplateElement", "ThisExpression"])
const CONTAINERS = /^(Map|Set|WeakMap|WeakSet|RegExp|URL)$/

/** Whether evaluating an expression neither changes anything nor calls code of the project. */
const isInert = (code: string, expression: Node): boolean => {
  const node = unwrap(expression)
  if (LEAVES.has(node.type) || isFunction(node)) return true
  if (node.type === "ClassExpression") return isPlainClass(node, (value) => isInert(code, value))
  const called = node.type === "CallExpression" && code.slice(0, node.start).trimEnd().endsWith("/* @__PURE__ */")
  const built = node.type === "NewExpression" && CONTAINERS.test(nameOf(nodeIn(node, "callee")) ?? "")
  if (!called && !built && (!INERT.has(node.type) || node.operator === "delete")) return false
  const parts = called || built ? nodesIn(node, "arguments") : Object.values(node).flat().filter(isPart)
  return parts.every((part) => isInert(code, part))
}

const isPart = (value: unknown): value is Node => typeof value === "object" && value !== null && "start" in value

/** Minifies a piece of code, with new names for all that it declares or for what functions declare inside; throws where it can't be parsed. */
export type Minify = (code: string, names: "all" | "locals") => string

const declaredNames = (node: Node): ReadonlyArray<string> => {
  const names = nodesIn(node, "declarations").map((each) => nameOf(nodeIn(each, "id")) ?? "(pattern)")
  const own = nameOf(nodeIn(node, "id"))
  return own === undefined ? names : [...names, own]
}

const declaredName = (node: Node): string => (declaredNames(node).join(",") || "(statement)").replace(/\$\d+/g, "")

/** A short hash for each package or engine module that a bundle imports: of the names that it takes from there. */
export const importHashes = (program: Node, bare: Iterable<string>): Record<string, string> => {
  const names = new Map<string, Array<string>>([...bare].map((id) => [id, ["(its effect)"]]))
  for (const declaration of nodesIn(program, "body").filter(isImport)) {
    const id = literalText(nodeIn(declaration, "source") as Node) ?? ""
    const taken = nodesIn(declaration, "specifiers").map(
      (binding) => nameOf(nodeIn(binding, "imported")) ?? binding.type,
    )
    names.set(id, [...(names.get(id) ?? []), ...taken])
  }
  return Object.fromEntries(
    [...names].map(([id, taken]) => [`${IMPORTS}${id}`, hash("sha256", JSON.stringify(taken.sort())).slice(0, 8)]),
  )
}

const NUMBERED = /\$\d+$/

/**
 * The bundler tells equal names of two modules apart by `$1`: which of them gets it says nothing, which module is meant
 * says all. Gives a name as it was written, with the file of what it names where several have that name.
 */
const namesakes = (
  modules: ReadonlyArray<RenderedModule>,
  fileOf: (id: string) => string,
): ((word: string) => string) => {
  const files = new Map<string, string>()
  for (const { id, program } of modules) {
    for (const node of nodesIn(program, "body")) for (const name of declaredNames(node)) files.set(name, fileOf(id))
  }
  const numbered = new Set(
    [...files.keys()].flatMap((name) => (NUMBERED.test(name) ? [name.replace(NUMBERED, "")] : [])),
  )
  return (word) => {
    const name = word.replace(NUMBERED, "")
    return numbered.has(name) && files.has(word) ? `${name} of ${files.get(word)}` : name
  }
}

/** A short hash for each declaration of the modules; `place` gives a module's path, and whether it is a text. */
export const declarationHashes = (
  modules: ReadonlyArray<RenderedModule>,
  place: (id: string) => { readonly file: string; readonly whole: boolean },
  minify: Minify,
): Record<string, string> => {
  const texts = new Map<string, string>()
  const holders = namesakes(modules, (id) => place(id).file)
  for (const { id, code, program } of modules) {
    const { file, whole } = place(id)
    for (const node of nodesIn(program, "body").filter((each) => !isImport(each) && !isExport(each))) {
      const key = whole ? file : `${file}#${declaredName(node)}`
      const text = minify(code.slice(node.start, node.end), "locals").replace(/[\w$]+/g, (word) => holders(word))
      texts.set(key, `${texts.get(key) ?? ""}${text}\n`)
    }
  }
  const entries = [...texts].map(([key, text]) => [key, hash("sha256", text).slice(0, 8)] as const)
  return Object.fromEntries(entries.sort((a, b) => (a[0] < b[0] ? -1 : 1)))
}
