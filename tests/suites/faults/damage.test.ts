/** Objects and the view that were damaged from outside: found, named, made anew, to the byte (dvc#9641, dvc#10525). */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, type TestProject } from "../../kit/support/project.ts"
import { millProject, NODES, PYTHON } from "./support/mill.ts"
import { randomFrom, seed } from "./support/random.ts"
import { expectSwept, resultsOf } from "./support/results.ts"

/** Changes a file and puts back its times, as some tools do. */
const silently = (file: string, change: (file: string) => void): void => {
  const { atime, mtime } = fs.statSync(file)
  fs.chmodSync(file, 0o644)
  change(file)
  fs.utimesSync(file, atime, mtime)
  fs.chmodSync(file, 0o444)
}

const flip = (file: string): void => {
  const bytes = fs.readFileSync(file)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  fs.writeFileSync(file, bytes)
}

const DAMAGES: ReadonlyArray<readonly [what: string, damage: (file: string, other: string) => void]> = [
  ["deleted", (file) => fs.rmSync(file)],
  ["truncated to nothing", (file) => silently(file, () => fs.truncateSync(file, 0))],
  ["cut by a byte", (file) => silently(file, () => fs.truncateSync(file, fs.statSync(file).size - 1))],
  ["flipped by a bit", (file) => silently(file, flip)],
  ["replaced by a copy of another", (file, other) => silently(file, () => fs.copyFileSync(other, `${file}`))],
  [
    "replaced by a link to another",
    (file, other) => {
      fs.rmSync(file)
      fs.symlinkSync(other, file)
    },
  ],
  [
    "replaced by a folder",
    (file) => {
      fs.rmSync(file)
      fs.mkdirSync(file)
    },
  ],
]

/** The objects that outputs are made of, as paths; not logs and manifests, which nothing is computed from. */
const outputObjects = ({ root, read }: TestProject): ReadonlyArray<string> => {
  const records = filesUnder(`${root}/artifacts/records`).map((name) => JSON.parse(read(`artifacts/records/${name}`)))
  const digests = records.flatMap((record: { outputs: Record<string, { files: ReadonlyArray<{ digest: string }> }> }) =>
    Object.values(record.outputs).flatMap(({ files }) => files.map(({ digest }) => digest)),
  )
  return [...new Set(digests)]
    .sort()
    .map((digest) => `${root}/artifacts/objects/${digest.slice(0, 2)}/${digest.slice(2)}`)
}

it.each(DAMAGES)(`an object that was %s (which one: seed ${seed})`, (_, damage) => {
  const project = millProject()
  const { repro, root } = project
  expect(repro(["run"], PYTHON)).toMatchObject({ code: 0 })
  const results = resultsOf(`${root}/artifacts`)
  const random = randomFrom(seed)
  const objects = outputObjects(project)
  for (let round = 0; round < 2; round++) {
    const index = Math.floor(random() * objects.length)
    const [object, other] = [objects[index] as string, objects[(index + 1) % objects.length] as string]
    damage(object, other)
    const plan = repro(["plan"])
    expect(plan.stdout, object).toMatch(/^ +output (missing|damaged): /m)
    const mended = repro(["run"], PYTHON)
    expect(mended, mended.stderr).toMatchObject({ code: 0 })
    expect(resultsOf(`${root}/artifacts`)).toEqual(results)
    expect(repro(["run"], PYTHON).stderr).toContain("Nothing to do")
  }
  expectSwept(project)
})

const VIEW = "artifacts/view/mill/small"

const EDITS: ReadonlyArray<readonly [what: string, edit: (view: string) => void]> = [
  ["rewritten with as many bytes", (view) => flip(`${view}/bake/value.json`)],
  ["appended to", (view) => fs.appendFileSync(`${view}/sift/n=2/rows.jsonl`, "\n")],
  [
    "saved by rename",
    (view) => {
      fs.writeFileSync(`${view}/bake/.swap`, fs.readFileSync(`${view}/bake/value.json`))
      fs.renameSync(`${view}/bake/.swap`, `${view}/bake/value.json`)
    },
  ],
  ["truncated", (view) => fs.truncateSync(`${view}/bake/value.json`, 0)],
  ["deleted in a folder", (view) => fs.rmSync(`${view}/grind/n=1/grains/deep/grain 2 é`)],
  ["edited in a folder", (view) => fs.writeFileSync(`${view}/grind/n=1/grains/deep/grain 2 é`, "mine")],
  [
    "replaced by a folder",
    (view) => {
      fs.rmSync(`${view}/bake/value.json`)
      fs.mkdirSync(`${view}/bake/value.json/mine`, { recursive: true })
    },
  ],
  [
    "a folder replaced by a file",
    (view) => {
      fs.rmSync(`${view}/grind/n=1/grains`, { recursive: true })
      fs.writeFileSync(`${view}/grind/n=1/grains`, "mine")
    },
  ],
  [
    "made read-only and emptied",
    (view) => {
      fs.rmSync(view, { recursive: true })
      fs.mkdirSync(view, { mode: 0o755 })
    },
  ],
]

it.each(EDITS)("a file of the view that is %s: the store is unharmed, and the next run mends the view", (_, edit) => {
  const project = millProject()
  const { repro, root } = project
  expect(repro(["run"], PYTHON)).toMatchObject({ code: 0 })
  const results = resultsOf(`${root}/artifacts`)
  edit(`${root}/${VIEW}`)
  expect(repro(["plan"]).stdout).toContain("Nothing to do")
  const mended = repro(["run"], PYTHON)
  expect(mended, mended.stderr).toMatchObject({ code: 0 })
  expect(mended.stderr).toContain(`Nothing to do: all ${NODES} nodes`)
  expect(resultsOf(`${root}/artifacts`)).toEqual(results)
})
