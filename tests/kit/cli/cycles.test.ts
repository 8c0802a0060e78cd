/** Records that were changed by hand so that they form a cycle are refused with their members, wherever they are followed (dvc#7915). */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import type { StoreRecord } from "../../../kit/store/record.ts"
import { filesUnder, type TestProject } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"

const recordOf = ({ root }: TestProject, node: string): { readonly file: string; readonly record: StoreRecord } => {
  const records = filesUnder(`${root}/artifacts/records`).map((name) => {
    const file = `${root}/artifacts/records/${name}`
    return { file, record: JSON.parse(fs.readFileSync(file, "utf8")) as StoreRecord }
  })
  const found = records.find(({ record }) => record.node === node)
  if (found === undefined) throw new Error(`there is no record of ${node}`)
  return found
}

/** Makes the first text out of what was made of it, in a record of an older format, whose key can't be checked. */
const close = (project: TestProject): void => {
  const { file, record } = recordOf(project, "write/words=2")
  const { digest } = recordOf(project, "shout/words=2").record.outputs.text as { readonly digest: string }
  const { engine: _, ...older } = { ...record, format: 1, engine: undefined }
  fs.writeFileSync(
    file,
    JSON.stringify({ ...older, inputs: { text: [{ node: "shout/words=2", output: "text", digest }] } }),
  )
}

it("by verify; the plan follows the pipeline and not the records", () => {
  const project = wordsProject()
  const { repro } = project
  expect(repro(["run"])).toMatchObject({ code: 0 })
  expect(repro(["verify"])).toMatchObject({ code: 0 })
  close(project)
  const verified = repro(["verify"])
  expect(verified.code).toBe(1)
  expect(verified.stdout).toMatch(/record .*\n +it was made, in the end, from its own output: .*shout\/words=2/)
  expect(verified.stdout).toMatch(
    /write\/words=2 → shout\/words=2 → write\/words=2|shout\/words=2 → write\/words=2 → shout/,
  )
  expect(repro(["plan"]).code, "the plan follows the pipeline, not the records").toBe(0)
})
