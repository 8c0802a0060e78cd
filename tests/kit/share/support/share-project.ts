/** What tests of sharing have in common: a project that has run, copies of it that have not, and places to share by. */
import * as fs from "node:fs"
import type { StoreRecord } from "../../../../kit/store/record.ts"
import { filesUnder, type OnFinished, type TestProject } from "../../support/project.ts"
import { wordsProject } from "../../support/words.ts"

/** The words project with all its results. */
export const authored = (onFinished?: OnFinished): TestProject => {
  const project = wordsProject(onFinished)
  const ran = project.repro(["run"])
  if (ran.code !== 0) throw new Error(ran.stderr)
  return project
}

/** The record files of a store or a folder remote. */
export const recordFiles = (root: string): ReadonlyArray<string> =>
  filesUnder(`${root}/records`).map((name) => `${root}/records/${name}`)

/** The record of a node in a store or a folder remote, and its file. */
export const recordOf = (root: string, node: string): { readonly file: string; readonly record: StoreRecord } => {
  for (const file of recordFiles(root)) {
    const record = JSON.parse(fs.readFileSync(file, "utf8")) as StoreRecord
    if (record.node === node) return { file, record }
  }
  throw new Error(`no record of ${node} in ${root}`)
}

/** The file of a node's only output in a store or a folder remote. */
export const objectOf = (root: string, node: string): string => {
  const { digest } = Object.values(recordOf(root, node).record.outputs)[0] as { digest: string }
  return `${root}/objects/${digest.slice(0, 2)}/${digest.slice(2)}`
}

/** Objects that a store holds. */
export const objects = (root: string): ReadonlyArray<string> =>
  fs.existsSync(`${root}/objects`) ? filesUnder(`${root}/objects`) : []

/** Replaces a read-only file's bytes. */
export const overwrite = (file: string, bytes: string | Uint8Array): void => {
  fs.chmodSync(file, 0o644)
  fs.writeFileSync(file, bytes)
}
