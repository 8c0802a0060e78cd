/**
 * What a store holds, in a form in which two runs of the same work are equal: all bytes of objects and view, records and
 * heads without times and without what the file system said. Summaries, a short cut that holds little else, are left out.
 */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { expect } from "vitest"
import { filesUnder, type TestProject } from "../../../kit/support/project.ts"
import { PYTHON } from "./mill.ts"

/** Everything that a run is for, by where it lies. */
export type Results = Readonly<Record<string, string>>

const sha256 = (file: string): string => createHash("sha256").update(fs.readFileSync(file)).digest("hex")

/** Times, stamps and machines differ between two runs of the same work; nothing else may. */
const timeless = (text: string): string =>
  JSON.stringify(JSON.parse(text), (name, value) =>
    ["started", "milliseconds", "attempt", "stamp", "machine", "made"].includes(name) ? undefined : value,
  )

const named = (root: string, folder: string): ReadonlyArray<string> =>
  fs.existsSync(`${root}/${folder}`) ? filesUnder(`${root}/${folder}`).map((name) => `${folder}/${name}`) : []

/** The results of a store. Objects stand for their bytes: one that has others than its name says is an error. */
export const resultsOf = (root: string): Results => {
  const results: Record<string, string> = {}
  for (const name of named(root, "objects")) {
    const digest = sha256(`${root}/${name}`)
    expect(digest, "an object has the bytes that its name says").toBe(name.split("/").slice(1).join(""))
    expect(fs.statSync(`${root}/${name}`).mode & 0o222, "an object is read-only").toBe(0)
    results[name] = digest
  }
  for (const name of [...named(root, "records"), ...named(root, "heads")]) {
    if (name.endsWith(".summaries")) continue
    results[name] = timeless(fs.readFileSync(`${root}/${name}`, "utf8"))
  }
  for (const name of named(root, "view")) results[name] = sha256(`${root}/${name}`)
  return results
}

/** What is there of a run in progress: nothing may be left when no driver lives. */
export const leftovers = ({ root }: TestProject, store = `${root}/artifacts`): ReadonlyArray<string> => [
  ...["attempts", "state", "failures"].flatMap((folder) => listed(`${store}/${folder}`)),
  ...listed(`${store}/claims/drivers`),
  ...listed(`${root}/.cache/workers`),
  ...listed(`${root}/.cache/code`).filter((name) => !name.endsWith("/digests.json")),
  ...named(store, ".").filter((name) => name.endsWith(".tmp")),
  ...claimed(`${store}/claims/claims.db`),
]

/**
 * Nothing is left of drivers that died, at the latest after the next run that has work; but for the state of a task whose
 * driver died between its record and the removal of that, which `repro gc` removes.
 */
export const expectSwept = (project: TestProject, what = ""): void => {
  if (leftovers(project).length === 0) return
  const swept = project.repro(["run", "--force", "bake"], PYTHON)
  expect(swept, `${what}\n${swept.stderr}`).toMatchObject({ code: 0 })
  const left = leftovers(project).filter((name) => !name.includes("/artifacts/state/"))
  expect(left, what).toEqual([])
}

const listed = (folder: string): ReadonlyArray<string> =>
  fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => `${folder}/${name}`) : []

const claimed = (file: string): ReadonlyArray<string> => {
  if (!fs.existsSync(file)) return []
  const database = new DatabaseSync(file)
  try {
    return database
      .prepare("select key from claims")
      .all()
      .map(({ key }) => `a claim on ${key}`)
  } finally {
    database.close()
  }
}

/** An error as a person must see it: what, and what to do; no trace of the kit's own code. */
export const expectToldPlainly = (stderr: string): void => {
  expect(stderr).toMatch(/^error: .*/m)
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+|node:internal|Unhandled|defect/m)
}
