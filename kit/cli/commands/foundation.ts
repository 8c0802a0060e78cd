/** What a node's key rests on, line by line: everything whose change would make the node run again. */

import { placesIn } from "../../code/types.ts"
import { ENGINE_FORMAT } from "../../key.ts"
import type { Node } from "../../node.ts"
import { environmentPart, TRUST, taskOf } from "../../plan/differences.ts"
import type { Resolved } from "../../plan/resolve.ts"
import type { CodeRecord } from "../../store/record.ts"

const WIDTH = 11

/** Lines of a name and what belongs to it, the name once. */
const entry = (name: string, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  (lines.length === 0 ? ["none"] : lines).map((line, index) => `${(index === 0 ? name : "").padEnd(WIDTH)}${line}`)

/** The lines for a node whose inputs are known. */
export const foundation = (node: Node, code: CodeRecord, resolved: Resolved): ReadonlyArray<string> => {
  const task = taskOf(node)
  const environment = Object.entries(resolved.environment)
  const part = (wanted: ReturnType<typeof environmentPart>) =>
    environment.filter(([name]) => environmentPart(name) === wanted)
  const packages = part("package").map(([name, version]) => `${name} ${version}`)
  const trust = part("trust").map(([name, value]) => `${name.slice(TRUST.length)}: ${value}`)
  return [
    ...(task === undefined ? entry("stage", [node.stage.name]) : entry("task", [task])),
    ...entry("params", [JSON.stringify(node.params)]),
    ...entry("inputs", inputLines(resolved)),
    ...entry("code", codeLines(code)),
    ...entry("packages", packages.length > 0 ? [packages.join(", ")] : []),
    ...part("lock").flatMap(([, digest]) => entry("lock", [`${digest.slice(0, 12)}, with hashes and markers`])),
    ...entry(
      "variables",
      part("variable").map(([name, value]) => `${name.replace(/^\S+ /, "")}=${JSON.stringify(value)}`),
    ),
    ...(trust.length === 0 ? [] : entry("trust", trust)),
    ...part("observed").flatMap(([, value]) => entry("observed", [value])),
    ...entry(
      "outputs",
      Object.entries(node.stage.outputs).map(
        ([name, { format, extension }]) => `${name}: ${format}${extension === "" ? "" : ` ${extension}`}`,
      ),
    ),
    ...entry("engine", [`format ${ENGINE_FORMAT}`]),
  ]
}

const inputLines = ({ inputs }: Resolved): ReadonlyArray<string> =>
  Object.entries(inputs).flatMap(([name, list]) =>
    list.map(({ digest, node, output }) => `${name}: ${output} of ${node}, ${digest.slice(0, 12)}`),
  )

/** Declarations by the file that they stand in. */
const codeLines = ({ declarations }: CodeRecord): ReadonlyArray<string> => {
  const files = new Map<string, Array<string>>()
  for (const place of placesIn(declarations)) {
    const [file = "", name] = place.split("#")
    files.set(file, [...(files.get(file) ?? []), ...(name === undefined ? [] : [name])])
  }
  return [...files].map(([file, names]) => (names.length === 0 ? file : `${file}: ${names.join(", ")}`))
}
