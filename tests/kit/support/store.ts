/** A test project's store, looked at and damaged from outside. */
import * as fs from "node:fs"
import type { StoreRecord } from "../../../kit/store/record.ts"
import { filesUnder, type TestProject } from "./project.ts"

const OBJECTS = "artifacts/objects"

/** The stored object that holds a text. */
export const objectWith = ({ root, read }: TestProject, text: string): string => {
  const found = filesUnder(`${root}/${OBJECTS}`).find((name) => read(`${OBJECTS}/${name}`) === text)
  return `${root}/${OBJECTS}/${found ?? "none"}`
}

/** The file of a node's record, and what it holds. */
export const recordOf = (
  { root }: TestProject,
  node: string,
): { readonly file: string; readonly record: StoreRecord } => {
  for (const name of filesUnder(`${root}/artifacts/records`)) {
    const file = `${root}/artifacts/records/${name}`
    const record = JSON.parse(fs.readFileSync(file, "utf8")) as StoreRecord
    if (record.node === node) return { file, record }
  }
  throw new Error(`there is no record of ${node}`)
}

/** A record that says no more than it must. */
export const plainRecord = (key: string, more: Partial<StoreRecord> = {}): StoreRecord => ({
  ...{ format: 2, key, pipeline: "p", profile: "q", node: "n", stage: "s", labels: {}, params: null, inputs: {} },
  ...{ code: { digest: "", declarations: {} }, environment: {}, outputs: {} },
  run: {
    ...{ started: "2026-11-25T12:00:00.000Z", milliseconds: 1, attempt: 1, log: "" },
    ...{ machine: {}, versions: {}, metrics: {} },
  },
  ...more,
})

/** Writes a record as a hand or a fault would: in place. */
export const writeOver = (file: string, record: object): void => fs.writeFileSync(file, JSON.stringify(record))

/** Changes an object's bytes and lets the record say that they always had these stamps, as a failing disk does. */
export const spoilUnseen = (project: TestProject, object: string, text: string, node: string): void => {
  const { mode } = fs.statSync(object)
  fs.chmodSync(object, 0o644)
  fs.writeFileSync(object, text)
  fs.chmodSync(object, mode)
  const { mtimeNs, ctimeNs, ino } = fs.statSync(object, { bigint: true })
  const { file, record } = recordOf(project, node)
  const stamp = [`${mtimeNs}`, `${ctimeNs}`, `${ino}`]
  const outputs = Object.fromEntries(
    Object.entries(record.outputs).map(([name, artifact]) => [
      name,
      { ...artifact, files: artifact.files.map((stored) => ({ ...stored, stamp })) },
    ]),
  )
  writeOver(file, { ...record, outputs })
}
