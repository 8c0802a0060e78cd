/** `repro verify --rerun` and `--sample`: recorded results against results computed anew, through the real command line. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, makeProject, type TestProject } from "../support/project.ts"
import { reproReadOnly } from "../support/read-only.ts"
import { oneStage } from "../support/words.ts"

/** Six nodes `measure/n=1` … whose score is 1 plus what `noise.txt` holds, undeclared: a machine that sums in another order. */
const noisyProject = (): TestProject => {
  const definition = `const Scores = Artifact.jsonl("scores", Schema.Struct({ n: Schema.Int, score: Schema.Number }))
  export const scoresTolerance = Artifact.tolerance(Scores, { score: { absolute: 0.001 } })
  export const measure = Stage.make("measure", {
    params: Schema.Struct({ n: Schema.Int }), inputs: {}, outputs: { scores: Scores },
    run: ({ params, root }) => Effect.sync(() => {
      fs.appendFileSync(root + "/calls.txt", params.n + "\\n")
      return { scores: [{ n: params.n, score: 1 + Number(fs.readFileSync(root + "/noise.txt", "utf8")) }] }
    }),
  })`
  const call = `Object.fromEntries(grid({ n: [1, 2, 3, 4, 5, 6] }, ({ n }) => [n, measure({}, { n }).scores] as const))`
  const project = makeProject(oneStage(definition, call))
  project.write("noise.txt", "0")
  return project
}

it("tells byte-equal, within tolerance and different, and fails only on different", () => {
  const project = noisyProject()
  const { repro, write, root } = project
  repro(["run"])
  const before = filesUnder(`${root}/artifacts`)
  const equal = repro(["verify", "--rerun", "measure/n=1", "--rerun", "measure/n=2"])
  expect(equal.code).toBe(0)
  expect(equal.stdout).toMatch(
    /equal {5}measure\/n=1 .*\nequal {5}measure\/n=2 .*\n2 nodes recomputed: 2 byte-equal, 0 within tolerance, 0 different\./,
  )
  write("noise.txt", "0.0005")
  const within = repro(["verify", "--rerun", "measure/n=1"])
  expect(within.code).toBe(0)
  expect(within.stdout).toContain("within    scores: row 1, score: 1 → 1.0005 (0.0005 apart, 0.001 allowed)")
  write("noise.txt", "0.5")
  const different = repro(["verify", "--rerun", "measure"])
  expect(different.code).toBe(1)
  expect(different.stdout).toContain("different scores: row 1, score: 1 → 1.5 (0.5 apart, 0.001 allowed)")
  expect(different.stdout).toContain("6 nodes recomputed: 0 byte-equal, 0 within tolerance, 6 different.")
  expect(filesUnder(`${root}/artifacts`), "nothing is left in the store").toEqual(before)
  expect(fs.readdirSync(`${root}/.cache/reruns`)).toEqual([])
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("draws the same nodes for the same seed, and goes on after a failure", () => {
  const { repro, lines, write } = noisyProject()
  repro(["run"])
  const drawn = (seed: string): ReadonlyArray<string> => {
    const before = lines("calls.txt").length
    repro(["verify", "--sample", "2", "--seed", seed])
    return lines("calls.txt").slice(before)
  }
  const first = drawn("3")
  expect(first).toHaveLength(2)
  expect(drawn("3")).toEqual(first)
  write("noise.txt", "no number")
  const { code, stdout } = repro(["verify", "--sample", "2", "--format", "json"])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject([{ verdict: "failed" }, { verdict: "failed" }])
})

it("changes no code: a tolerance that is edited makes nothing run", () => {
  const { repro, edit } = noisyProject()
  repro(["run"])
  edit("pipelines/main.ts", "absolute: 0.001", "absolute: 0.5, relative: 0.1")
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("says what has no result to compare with", () => {
  const { repro, edit } = noisyProject()
  const none = repro(["verify", "--rerun", "measure/n=1"])
  expect(none.code).toBe(1)
  expect(none.stderr).toContain("1 of the nodes has no up-to-date result to compare with")
  expect(none.stderr).toContain("do: `repro run --profile small` makes them.")
  repro(["run"])
  edit("pipelines/main.ts", "[1, 2, 3, 4, 5, 6]", "[1, 7]")
  const some = repro(["verify", "--rerun", "measure"])
  expect(some.stderr).toContain("1 of the nodes has no up-to-date result to compare with; they are left out.")
  expect(some.stdout).toContain("1 node recomputed: 1 byte-equal")
})

it("works on a store that can't be written to", () => {
  const project = noisyProject()
  project.repro(["run"])
  const { code, stdout, stderr } = reproReadOnly(project, "artifacts", ["verify", "--rerun", "measure/n=1"])
  expect(code, stderr).toBe(0)
  expect(stdout).toContain("1 byte-equal")
})
