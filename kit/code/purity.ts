/**
 * Marks the calls in a module that only describe something: `Stage.make(…)`, `Schema.Struct(…)`, `Effect.fn(…)(…)`.
 * The bundler can't know that they do nothing by themselves, and would count every stage, schema and error class of a
 * file for each of its stages. With `/* @__PURE__ *\/` before them it drops those whose result nobody reaches.
 *
 * Only calls that run when the module is loaded are marked, and only where the name really comes from Effect or the
 * engine. The bundler's own option for pure names does neither: it goes by the bare name, and inside functions it
 * drops `effect.pipe(Effect.runSync)`, which does work.
 */
import { type Destination, resolve } from "./resolve.ts"
import {
  children,
  isClass,
  isFunction,
  literalText,
  type Node,
  nameOf,
  nodeIn,
  nodesIn,
  propertyOf,
  unwrap,
} from "./syntax.ts"

/** Names whose functions only describe, if imported from Effect or the engine. `Effect.run…` is the exception. */
export const PURE_ROOTS: ReadonlySet<string> = new Set([
  "Artifact",
  "Context",
  "Data",
  "Effect",
  "Pipeline",
  "Schema",
  "Stage",
])

/** Whether a property runs an effect instead of describing one: `runSync`, `runPromise`, `runFork`… */
export const isRun = (property: string | undefined): boolean => property !== undefined && /^run[A-Z]/.test(property)

/** Whether a specifier belongs to Effect's own packages. */
export const isEffect = (specifier: string): boolean => /^(effect|@effect\/[^/]+)(\/|$)/.test(specifier)

/** The local names in a module that stand for a pure root, from its import declarations. */
export const pureNames = (root: string, file: string, program: Node): ReadonlySet<string> => {
  const names = new Set<string>()
  for (const declaration of nodesIn(program, "body")) {
    if (declaration.type !== "ImportDeclaration" || declaration.importKind === "type") continue
    const specifier = literalText(nodeIn(declaration, "source") as Node) ?? ""
    if (!isDescriptive(resolve(root, file, specifier))) continue
    for (const binding of nodesIn(declaration, "specifiers")) {
      const whole = binding.type === "ImportNamespaceSpecifier" ? specifier.split("/").at(-1) : undefined
      if (PURE_ROOTS.has(nameOf(nodeIn(binding, "imported")) ?? whole ?? "")) {
        names.add(nameOf(nodeIn(binding, "local")) as string)
      }
    }
  }
  return names
}

const isDescriptive = (to: Destination): boolean => to.kind === "engine" || (to.kind === "package" && isEffect(to.id))

/** Visits what runs when a module is loaded: everything but bodies of functions and fields of instances. */
export const walkModuleLevel = (
  node: Node,
  visit: (node: Node, parent: Node | undefined) => void,
  parent?: Node,
): void => {
  if (isFunction(node)) return
  visit(node, parent)
  const instanceField = node.type === "PropertyDefinition" && node.static !== true
  for (const child of children(node)) {
    if (!(instanceField && child === node.value)) walkModuleLevel(child, visit, node)
  }
}

/** The source with every pure call that runs on loading marked. Lines stay where they are. */
export const markPureCalls = (source: string, program: Node, pure: ReadonlySet<string>): string => {
  if (pure.size === 0) return source
  const starts = new Map<number, number>()
  const ends = new Map<number, number>()
  let statement = -1
  walkModuleLevel(program, (node) => {
    // A bracket at the start of a line could join it to the line before: a bare statement stays as it is, and counts.
    if (node.type === "ExpressionStatement") statement = node.start
    if (node.type !== "CallExpression" || node.start === statement || !isPureCall(node, pure)) return
    starts.set(node.start, (starts.get(node.start) ?? 0) + 1)
    ends.set(node.end, (ends.get(node.end) ?? 0) + 1)
  })
  let marked = ""
  let from = 0
  for (const at of [...new Set([...starts.keys(), ...ends.keys()])].sort((a, b) => a - b)) {
    marked += source.slice(from, at) + ")".repeat(ends.get(at) ?? 0) + "(/* @__PURE__ */ ".repeat(starts.get(at) ?? 0)
    from = at
  }
  return marked + source.slice(from)
}

/** `Root.f(…)`, `Root.f(…)(…)` and `Root.f(…).g(…)`; `.pipe(…)` calls its arguments at once, so they must be pure too. */
const isPureCall = (call: Node, pure: ReadonlySet<string>): boolean => {
  const callee = unwrap(nodeIn(call, "callee") as Node)
  if (call.optional === true || callee.type === "Identifier" || !startsPure(callee, pure)) return false
  const pipes = callee.type === "MemberExpression" && propertyOf(callee) === "pipe"
  return !pipes || nodesIn(call, "arguments").every((argument) => startsPure(unwrap(argument), pure))
}

const startsPure = (node: Node, pure: ReadonlySet<string>): boolean => {
  if (node.type === "Identifier") return pure.has(String(node.name))
  if (node.type === "CallExpression") return isPureCall(node, pure)
  if (node.type !== "MemberExpression" || node.optional === true) return false
  const property = propertyOf(node)
  return property !== undefined && !isRun(property) && startsPure(unwrap(nodeIn(node, "object") as Node), pure)
}

/** Whether a class is only declared: used to tell whether modules may change places. */
export const isPlainClass = (node: Node, inert: (node: Node) => boolean): boolean => {
  const base = nodeIn(node, "superClass")
  if (!isClass(node) || (base && !inert(base))) return false
  return nodesIn(nodeIn(node, "body") as Node, "body").every(
    (member) =>
      member.computed !== true &&
      member.type !== "StaticBlock" &&
      (member.static !== true ||
        member.value === null ||
        isFunction(member.value as Node) ||
        inert(member.value as Node)),
  )
}
