/**
 * Leaves out of a stage's definition what says how it is run and never what comes out: how often it is tried again, what
 * it takes of a machine, which secrets it may see, its settings, what its rows are said to be made of. A change of these
 * must not make it run again.
 */
import { literalText, type Node, nameOf, nodeIn, nodesIn, propertyOf, unwrap, walk } from "./syntax.ts"

const UNCOUNTED = new Set(["retries", "resources", "secrets", "settings", "rows"])
const MAKERS = new Set(["make", "asking", "worker"])

/** Kinds of expressions whose evaluation does nothing, so that leaving them out changes nothing else. */
const PLAIN =
  /^(Literal|Identifier|Property|(Object|Array|Unary|Binary|Member)Expression|Template(Literal|Element)|TS\w+)$/

/** The local names of a module that stand for the engine's `Stage`. */
const stageNames = (program: Node, isEngine: (specifier: string) => boolean): ReadonlySet<string> =>
  new Set(
    nodesIn(program, "body")
      .filter(({ type }) => type === "ImportDeclaration")
      .filter((declaration) => isEngine(literalText(nodeIn(declaration, "source") as Node) ?? ""))
      .flatMap((declaration) => nodesIn(declaration, "specifiers"))
      .filter((binding) => nameOf(nodeIn(binding, "imported")) === "Stage")
      .map((binding) => nameOf(nodeIn(binding, "local")) as string),
  )

/** The source with blanks where such options were; everything else stays at its offset. */
export const blankUncounted = (source: string, program: Node, isEngine: (specifier: string) => boolean): string => {
  const stages = stageNames(program, isEngine)
  let text = source
  if (stages.size === 0) return text
  walk(program, (node) => {
    const definition = definitionOf(node, stages)
    const properties = definition === undefined ? [] : nodesIn(definition, "properties")
    for (const [index, property] of properties.entries()) {
      if (!isUncounted(property)) continue
      const end = properties[index + 1]?.start ?? (definition as Node).end - 1
      text = text.slice(0, property.start) + text.slice(property.start, end).replace(/\S/g, " ") + text.slice(end)
    }
    return undefined
  })
  return text
}

/** The object in `Stage.make("…", { … })`. */
const definitionOf = (call: Node, stages: ReadonlySet<string>): Node | undefined => {
  const callee = call.type === "CallExpression" ? unwrap(nodeIn(call, "callee") as Node) : undefined
  if (callee?.type !== "MemberExpression" || !MAKERS.has(propertyOf(callee) ?? "")) return undefined
  const object = nodeIn(callee, "object")
  if (object?.type !== "Identifier" || !stages.has(String(object.name))) return undefined
  const definition = nodesIn(call, "arguments")[1]
  return definition?.type === "ObjectExpression" ? definition : undefined
}

const isUncounted = (property: Node): boolean => {
  const named = property.type === "Property" && property.computed !== true && property.method !== true
  if (!named || !UNCOUNTED.has(nameOf(nodeIn(property, "key")) ?? "")) return false
  let plain = true
  walk(nodeIn(property, "value") as Node, ({ type }) => {
    plain &&= PLAIN.test(type)
    return undefined
  })
  return plain
}
