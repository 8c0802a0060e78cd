/**
 * What a digest can't follow in a module's own source. Each of these would let a stage be reused although what it
 * computes with had changed, or ran work that no record sees; so each is an error that says what to do instead.
 *
 * Looked for here, in the whole module: imports that lead nowhere, `require` and `createRequire`, effects run while the module is loaded,
 * and a local variable that hides a name whose calls count as descriptions. Looked for in `refuse-bundle.ts`, in the
 * code that the stage reaches: `import.meta`, computed `import()`, undeclared environment variables,
 * names and texts of functions.
 *
 * Not detectable: reading files (`node:fs`), the clock, the network, starting processes or threads. A file that a
 * stage reads must be one of its inputs, or imported as text.
 */
import type { Problem } from "./errors.ts"
import { isEffect, isRun, walkModuleLevel } from "./purity.ts"
import { relativeTo, resolve } from "./resolve.ts"
import {
  isClass,
  isFunction,
  lineAt,
  literalText,
  type Node,
  nameOf,
  nodeIn,
  nodesIn,
  patternNames,
  propertyOf,
  walk,
} from "./syntax.ts"

/** A module as read from disk, and its syntax tree. */
export type SourceModule = {
  readonly root: string
  readonly file: string
  readonly source: string
  readonly program: Node
}

/** One import that remains when the code runs. */
export type ImportSite = {
  readonly specifier: string
  readonly at: number
  /** The `type` in `with { type: "text" }`. */
  readonly as: string | undefined
  /** Whether nothing is taken from it: `import "polyfill"`. */
  readonly bare: boolean
}

/** Every import and re-export of a module with a literal specifier, types left out. */
export const importSites = (program: Node): ReadonlyArray<ImportSite> => {
  const sites: Array<ImportSite> = []
  walk(program, (node) => {
    if (!/^(Import(Declaration|Expression)|Export(All|Named)Declaration)$/.test(node.type)) return undefined
    if (node.importKind === "type" || node.exportKind === "type") return false
    const source = nodeIn(node, "source")
    const specifier = source && literalText(source)
    if (specifier === undefined) return undefined
    const as = nodesIn(node, "attributes").find((attribute) => nameOf(nodeIn(attribute, "key")) === "type")
    const bare = node.type === "ImportDeclaration" && nodesIn(node, "specifiers").length === 0
    sites.push({ specifier, at: node.start, as: as && literalText(nodeIn(as, "value") as Node), bare })
    return undefined
  })
  return sites
}

/** Everything in a module's source that a digest can't follow; `pure` are its names for pure roots. */
export const sourceProblems = (module: SourceModule, pure: ReadonlySet<string>): ReadonlyArray<Problem> => [
  ...uncountedImports(module),
  ...hiddenRoots(module, pure),
  ...requireCalls(module),
  ...effectsRunOnLoading(module),
]

const problem = ({ root, file, source }: SourceModule, at: number, what: string, remedy: string): Problem => ({
  file: relativeTo(root, file),
  line: lineAt(source, at),
  what,
  remedy,
})

const uncountedImports = (module: SourceModule): ReadonlyArray<Problem> =>
  importSites(module.program).flatMap((site) => {
    const to = resolve(module.root, module.file, site.specifier)
    if (to.kind === "builtin" && to.id === "node:module") {
      const what = "node:module (createRequire) loads code that can't be followed"
      return [problem(module, site.at, what, "Use an import declaration")]
    }
    return to.kind === "unresolved" ? [problem(module, site.at, to.what, to.remedy)] : []
  })

/** The names that a node binds, imports left out. */
const boundNames = (node: Node): ReadonlyArray<string> => {
  if (node.type === "VariableDeclarator") return patternNames(nodeIn(node, "id"))
  if (node.type === "CatchClause") return patternNames(nodeIn(node, "param"))
  if (isClass(node)) return patternNames(nodeIn(node, "id"))
  if (isFunction(node)) return [...patternNames(nodeIn(node, "id")), ...nodesIn(node, "params").flatMap(patternNames)]
  return []
}

const hiddenRoots = (module: SourceModule, pure: ReadonlySet<string>): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  walk(module.program, (node) => {
    for (const name of boundNames(node).filter((bound) => pure.has(bound))) {
      const what = `a local variable is named "${name}", like the import whose calls count as mere descriptions`
      problems.push(problem(module, node.start, what, "Give the variable another name"))
    }
    return undefined
  })
  return problems
}

const requireCalls = (module: SourceModule): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  walk(module.program, (node) => {
    const callee = node.type === "CallExpression" ? nodeIn(node, "callee") : undefined
    if (callee?.type === "Identifier" && callee.name === "require") {
      problems.push(
        problem(module, node.start, "require() loads code that can't be followed", "Use an import declaration"),
      )
    }
    return undefined
  })
  return problems
}

/** Local names from Effect's packages, each with the name that it has there. */
const effectNames = (program: Node): ReadonlyMap<string, string | undefined> => {
  const names = new Map<string, string | undefined>()
  for (const declaration of nodesIn(program, "body")) {
    if (declaration.type !== "ImportDeclaration" || !isEffect(literalText(nodeIn(declaration, "source") as Node) ?? ""))
      continue
    for (const binding of nodesIn(declaration, "specifiers")) {
      names.set(nameOf(nodeIn(binding, "local")) as string, nameOf(nodeIn(binding, "imported")))
    }
  }
  return names
}

const effectsRunOnLoading = (module: SourceModule): ReadonlyArray<Problem> => {
  const names = effectNames(module.program)
  if (names.size === 0) return []
  const problems: Array<Problem> = []
  const refuse = (node: Node, what: string): void => {
    const remedy = "Move it into the stage's run, or into a function that run calls"
    problems.push(problem(module, node.start, `${what} runs an effect while the module is loaded`, remedy))
  }
  walkModuleLevel(module.program, (node, parent) => {
    const object = node.type === "MemberExpression" ? nodeIn(node, "object") : undefined
    if (object?.type === "Identifier" && names.has(String(object.name)) && isRun(propertyOf(node))) {
      refuse(node, `${object.name}.${propertyOf(node)}`)
    }
    const imported = parent?.type !== "ImportSpecifier" && node.type === "Identifier" && names.get(String(node.name))
    if (imported && isRun(imported)) refuse(node, imported)
    const taken = node.type === "VariableDeclarator" && nodeIn(node, "init")
    if (taken && taken.type === "Identifier" && names.has(String(taken.name))) {
      const keys = nodesIn(nodeIn(node, "id") as Node, "properties").map((key) => nameOf(nodeIn(key, "key")))
      for (const key of keys.filter(isRun)) refuse(node, `${taken.name}.${key}`)
    }
  })
  return problems
}
