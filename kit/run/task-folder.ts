/** Lays out a worker task's folder: `task.json`, links to its inputs, and the state that outlives a killed attempt. */
import * as fs from "node:fs"
import * as path from "node:path"
import { inputType } from "../artifact.ts"
import type { Node } from "../node.ts"
import type { StoreLayout } from "../store/layout.ts"
import { linkArtifact } from "./link-artifact.ts"
import type { WiredInputs } from "./read-input.ts"

/** The version of the contract between the kit and the worker. */
export const TASK_VERSION = 1

/** Writes a task's folder and gives the places of its outputs. `state` is a folder that outlives a killed attempt. */
export const layTask = (
  store: StoreLayout,
  node: Node,
  task: string,
  state: string,
  wired: WiredInputs,
  folder: string,
): Readonly<Record<string, string>> => {
  for (const name of ["inputs", "outputs"]) fs.mkdirSync(`${folder}/${name}`, { recursive: true })
  fs.mkdirSync(state, { recursive: true })
  fs.symlinkSync(path.resolve(state), `${folder}/state`)
  const inputs: Record<string, string> = {}
  for (const [name, spec] of Object.entries(node.stage.inputs)) {
    const artifact = wired[name]?.[0]?.artifact
    if (artifact === undefined) continue
    inputs[name] = `inputs/${name}${inputType(spec).extension}`
    linkArtifact(store, artifact, `${folder}/${inputs[name]}`)
  }
  const outputs = Object.fromEntries(
    Object.entries(node.stage.outputs).map(([name, type]) => [name, `outputs/${name}${type.extension}`]),
  )
  const description = { version: TASK_VERSION, task, params: node.params, inputs, outputs }
  fs.writeFileSync(`${folder}/task.json`, `${JSON.stringify(description, null, 2)}\n`)
  return outputs
}
