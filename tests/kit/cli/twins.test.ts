/** Nodes that mean the same work, and nodes that gave the same bytes: each is made once, as the plan says beforehand. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, makeProject, type TestProject } from "../support/project.ts"
import { oneStage, wordsProject } from "../support/words.ts"

/** `write` and `shout` twice, with the same params. */
const twins = (): TestProject => {
  const project = wordsProject()
  project.edit(
    "pipelines/main.ts",
    /const lengths = [\s\S]*?\n {4}\}\)/,
    `const lengths = grid({ copy: [1, 2] }, () => {
      const { text } = shout({ text: write({}, { words: 1 }).text }, { mark: profile.mark })
      return measure({ text }, {}).length
    })`,
  )
  return project
}

it("the same work is planned once, done once, and given to both", () => {
  const { repro, lines, read } = twins()
  const plan = repro(["plan"]).stdout
  expect(plan).toContain("run   write/copy=1\n        new: it never ran with this name\n")
  expect(plan).toContain("wait  write/copy=2\n        the same work as write/copy=1, taken from there\n")
  expect(repro(["run"]).stderr).toContain("3 computed, 3 found done, 0 cached of 6 nodes")
  expect(lines("calls.txt")).toEqual(["write 1", "shout", "measure"])
  for (const copy of [1, 2])
    expect(JSON.parse(read(`artifacts/view/words/small/measure/copy=${copy}/length.json`))).toEqual({ length: 5 })
})

it("forcing one of two twins makes the work anew for both, and what is made from either sees it", () => {
  const { repro, edit, write, lines, read } = twins()
  write("moving.txt", "a")
  edit("stages/text.ts", "import { appendFileSync }", "import { appendFileSync, readFileSync }")
  edit("stages/text.ts", "repeat(params.words)", 'readFileSync(root + "/moving.txt", "utf8")')
  repro(["run"])
  write("moving.txt", "bbb")
  const force = ["--force", "--with-downstream", "write/copy=2"]
  expect(repro(["plan", ...force]).stdout).toMatch(/run {3}write\/copy=2\n +forced\n/)
  const all = ["--force", "write"]
  const plan = repro(["plan", ...all]).stdout
  expect(plan).toContain("run   write/copy=1\n        forced\n")
  expect(plan).toContain("wait  write/copy=2\n        the same work as write/copy=1, taken from there\n")
  expect(repro(["run", ...all]).stderr).toContain("1 computed, 1 found done")
  expect(repro(["run"]).stderr).toContain("2 computed, 2 found done, 2 cached of 6 nodes")
  expect(lines("calls.txt")).toHaveLength(6)
  for (const copy of [1, 2])
    expect(JSON.parse(read(`artifacts/view/words/small/measure/copy=${copy}/length.json`))).toEqual({ length: 4 })
})

it("forcing a node remakes its twin beside it too, so that what reads both sees one result", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
    run: ({ root }) => Effect.sync(() => ({ value: { value: fs.readFileSync(root + "/moving.txt", "utf8") } })),
  })
  export const join = Stage.make("join", {
    params: Schema.Struct({}), inputs: { all: Artifact.many(Value) }, outputs: { value: Value },
    run: ({ inputs }) => Effect.map(Effect.all(inputs.all.map((file) => file.read)), (all) => ({
      value: { value: all.map(({ value }) => value).join(" ") },
    })),
  })`
  const call = "({ joined: join({ all: grid({ n: [1, 2] }, () => give({}, {}).value) }, {}).value })"
  const { repro, write, read } = makeProject(oneStage(definition, call))
  write("moving.txt", "a")
  repro(["run"])
  write("moving.txt", "b")
  const force = ["--force", "--with-downstream", "give/n=2"]
  expect(repro(["plan", ...force]).stdout).toBe(`run   give/n=1
        forced: the same work as give/n=2
wait  give/n=2
        the same work as give/n=1, taken from there
wait  join
        waits for give/n=2, runs if its output changes
1 would run, 2 wait for those, 0 cached.
`)
  expect(repro(["run", ...force]).stderr).toContain("2 computed, 1 found done")
  expect(JSON.parse(read("artifacts/view/one/small/join/value.json"))).toEqual({ value: "b b" })
})

it("bytes that two nodes gave and that are gone are made by one of them, as the plan says", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({ n: Schema.Int }), inputs: {}, outputs: { value: Value },
    run: ({ params, root }) => Effect.sync(() => {
      fs.appendFileSync(root + "/calls.txt", params.n + "\\n")
      return { value: { value: "same" } }
    }),
  })`
  const call = "Object.fromEntries(grid({ n: [1, 2] }, ({ n }) => ['v' + n, give({}, { n }).value] as const))"
  const { root, repro, lines } = makeProject(oneStage(definition, call))
  repro(["run"])
  for (const name of filesUnder(`${root}/artifacts/objects`)) {
    const place = `${root}/artifacts/objects/${name}`
    if (fs.readFileSync(place, "utf8").includes("same")) fs.rmSync(place)
  }
  const plan = repro(["plan"]).stdout
  expect(plan).toContain("run   give/n=1\n        output missing: value\n")
  expect(plan).toContain("wait  give/n=2\n        output missing: value; give/n=1 may bring it back\n")
  expect(repro(["run"]).stderr).toContain("1 computed, 1 found done, 0 cached of 2 nodes")
  expect(lines("calls.txt").slice(2)).toEqual(["1"])
})
