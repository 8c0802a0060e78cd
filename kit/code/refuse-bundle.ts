/**
 * What a digest can't follow in the code that a stage reaches. The bundle is searched, not the sources, so that a
 * neighbour that the stage doesn't use can't get it refused; offsets are those of the bundle, and whoever has the
 * source map turns them into places.
 */
import { Scopes } from "./scopes.ts"
import { literalText, type Node, nameOf, nodeIn, nodesIn, propertyOf, unwrap, walk } from "./syntax.ts"

/** One thing found, at an offset in the bundle. */
export type Finding = { readonly at: number; readonly what: string; readonly remedy: string }

type Search = {
  readonly scopes: Scopes
  readonly environment: ReadonlySet<string>
  /** Names that stand for `process`, for its `env`, and for Effect's Config. */
  readonly aliases: ReadonlyMap<string, "process" | "env" | "config">
}

/** Everything in a bundle that a digest can't follow; variables named in `environment` may be read. */
export const bundleProblems = (program: Node, environment: ReadonlyArray<string>): ReadonlyArray<Finding> => {
  const search: Search = {
    scopes: new Scopes(program),
    environment: new Set(environment),
    aliases: importAliases(program),
  }
  const findings: Array<Finding> = []
  walk(program, (node, above) => {
    const parts = [dynamicCode(node), functionNames(node, above, search), environmentRead(node, above, search)]
    for (const part of parts) if (part) findings.push({ at: node.start, what: part[0], remedy: part[1] })
    return undefined
  })
  return findings
}

type Found = readonly [what: string, remedy: string] | undefined

const importAliases = (program: Node): Search["aliases"] => {
  const aliases = new Map<string, "process" | "env" | "config">()
  for (const declaration of nodesIn(program, "body").filter((node) => node.type === "ImportDeclaration")) {
    const source = literalText(nodeIn(declaration, "source") as Node) ?? ""
    for (const binding of nodesIn(declaration, "specifiers")) {
      const imported = nameOf(nodeIn(binding, "imported"))
      const local = nameOf(nodeIn(binding, "local")) as string
      if (/^(node:)?process$/.test(source)) aliases.set(local, imported === "env" ? "env" : "process")
      if (source === "effect/Config" || (source === "effect" && imported === "Config")) aliases.set(local, "config")
    }
  }
  return aliases
}

const dynamicCode = (node: Node): Found => {
  if (node.type === "MetaProperty" && nameOf(nodeIn(node, "meta")) === "import") {
    return ["import.meta names this machine's paths", "Make the file an input of the stage, or import it as text"]
  }
  if (node.type === "ImportExpression" && literalText(nodeIn(node, "source") as Node) === undefined) {
    return ["import() of a computed name can't be followed", "Write the name as a literal"]
  }
  if (node.type === "MemberExpression" && propertyOf(node) === "createRequire") {
    return ["createRequire loads code that can't be followed", "Use an import declaration"]
  }
  return undefined
}

const NAME_REMEDY = "Write the text out, for example as a property of your own: a digest doesn't see names of functions"

const functionNames = (node: Node, above: ReadonlyArray<Node>, { scopes }: Search): Found => {
  if (node.type === "VariableDeclarator") {
    const init = nodeIn(node, "init")
    const keys = nodesIn(nodeIn(node, "id") as Node, "properties").map((key) => nameOf(nodeIn(key, "key")))
    const named = init?.type === "Identifier" && scopes.meaning(String(init.name), above) === "function"
    return named && keys.includes("name") ? [`the name of the function ${init.name} is read`, NAME_REMEDY] : undefined
  }
  const shown = textsOf(node, above, scopes).find(
    (value) => value.type === "Identifier" && scopes.meaning(String(value.name), above) === "function",
  )
  if (shown !== undefined) return [`the text of the function or class ${shown.name} is read`, NAME_REMEDY]
  const property = node.type === "MemberExpression" ? propertyOf(node) : undefined
  if (property !== "name" && property !== "toString") return undefined
  const object = unwrap(nodeIn(node, "object") as Node)
  if (object.type === "Identifier" && scopes.meaning(String(object.name), above) === "function") {
    return [`.${property} of the function or class ${object.name} is read`, NAME_REMEDY]
  }
  const constructed =
    object.type === "MetaProperty" || (object.type === "MemberExpression" && propertyOf(object) === "constructor")
  return constructed && property === "name" ? ["the name of a class is read", NAME_REMEDY] : undefined
}

/** What a node turns into text: `String(f)`, `${f}`, `f + ""`. */
const textsOf = (node: Node, above: ReadonlyArray<Node>, scopes: Scopes): ReadonlyArray<Node> => {
  if (node.type === "TemplateLiteral" && above.at(-1)?.type !== "TaggedTemplateExpression")
    return nodesIn(node, "expressions")
  if (node.type === "BinaryExpression" && node.operator === "+")
    return [nodeIn(node, "left") as Node, nodeIn(node, "right") as Node]
  const called = node.type === "CallExpression" ? nodeIn(node, "callee") : undefined
  const texts =
    called?.type === "Identifier" && called.name === "String" && scopes.meaning("String", above) === undefined
  return texts ? nodesIn(node, "arguments") : []
}

const isGlobalObject = (node: Node): boolean =>
  node.type === "Identifier" && /^(globalThis|global)$/.test(String(node.name))

/** Whether a node stands for `process`, `process.env` or Config, whatever it is called here. */
const standsFor = (node: Node, above: ReadonlyArray<Node>, { scopes, aliases }: Search): string | undefined => {
  if (node.type === "Identifier") {
    const meaning = scopes.meaning(String(node.name), above)
    if (meaning === "import") return aliases.get(String(node.name))
    return meaning === undefined && node.name === "process" ? "process" : undefined
  }
  if (node.type !== "MemberExpression") return undefined
  const object = unwrap(nodeIn(node, "object") as Node)
  if (isGlobalObject(object) && propertyOf(node) === "process") return "process"
  const deeper = { scopes, aliases, environment: new Set<string>() }
  return propertyOf(node) === "env" && standsFor(object, above, deeper) === "process" ? "env" : undefined
}

const ENVIRONMENT_REMEDY = "Name it in the stage's declared environment, or pass the value as a param"

const variableRead = (name: string | undefined, { environment }: Search): Found => {
  if (name === undefined)
    return ["the environment is read under a computed name", "Write the variable's name as a literal"]
  return environment.has(name)
    ? undefined
    : [`the environment variable ${name} is read, but not declared`, ENVIRONMENT_REMEDY]
}

const environmentRead = (node: Node, above: ReadonlyArray<Node>, search: Search): Found => {
  const kind = standsFor(node, above, search)
  const parent = above.at(-1)
  if (kind === undefined || parent === undefined || isName(node, parent)) return undefined
  const property = parent.type === "MemberExpression" && parent.object === node ? propertyOf(parent) : undefined
  if (kind === "env") return variableRead(property, search)
  if (kind === "process") {
    if (property !== undefined || parent.type === "UnaryExpression") return undefined
    return [
      "process is passed on or read under a computed name",
      "Read process.env.NAME, with the variable's name as a literal",
    ]
  }
  const call = above.at(-2)
  const first = call?.type === "CallExpression" && call.callee === parent ? nodesIn(call, "arguments")[0] : undefined
  return first && literalText(first) !== undefined ? variableRead(literalText(first), search) : undefined
}

/** Whether an identifier is only a label: a property's name, a key, or the name in an import. */
const isName = (node: Node, parent: Node): boolean =>
  (parent.type === "MemberExpression" && parent.property === node && parent.computed !== true) ||
  (/^(Property|PropertyDefinition|MethodDefinition)$/.test(parent.type) &&
    parent.key === node &&
    parent.value !== node) ||
  /^(Import|Export)\w*Specifier$/.test(parent.type)
