/** `repro crate`: what is in a crate, and that its parts fit together. The suite `crate` has a validator judge it. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { beforeAll, describe, expect, it } from "vitest"
import { type Crate, entitiesOf, idsIn, openCrate } from "../support/crate.ts"
import { ranProject } from "../support/held-project.ts"
import { filesUnder, makeProject, type TestProject } from "../support/project.ts"
import { oneStage, wordsProject } from "../support/words.ts"

let words: TestProject
let crate: Crate

beforeAll(() => {
  const ran = ranProject(wordsProject)
  words = ran.project
  const made = words.repro(["crate", "a crate", "--with-data"])
  expect(made, made.stderr).toMatchObject({ code: 0, stdout: "" })
  crate = openCrate(`${words.root}/a crate`)
  return ran.remove
})

describe("a crate", () => {
  it("describes every file that it holds, with its digest, and holds every file that it describes", () => {
    const described = entitiesOf(crate, "File").map((entity) => decodeURI(entity["@id"]))
    expect([...described].sort()).toEqual(filesUnder(crate.folder).filter((name) => name !== "ro-crate-metadata.json"))
    const digests = entitiesOf(crate, "File").filter(({ sha256 }) => sha256 !== undefined)
    expect(digests.length).toBe(6)
    for (const { "@id": id, sha256 } of digests) {
      const bytes = fs.readFileSync(`${crate.folder}/${decodeURI(id)}`)
      expect(createHash("sha256").update(bytes).digest("hex"), id).toBe(sha256)
    }
    expect(described).toContain("stages/helpers.ts")
  })

  it("refers to nothing that it does not hold", () => {
    const known = new Set(crate.entities.map((entity) => entity["@id"]))
    const outside = idsIn(crate.entities).filter((id) => !known.has(id) && !id.startsWith("http"))
    expect(outside).toEqual([])
  })

  it("tells each run with its tool, inputs, params, results, times and machine", () => {
    const runs = entitiesOf(crate, "CreateAction")
    expect(runs.map(({ name }) => name)).toContain("shout/words=2")
    expect(runs).toHaveLength(7)
    const shout = runs.find(({ name }) => name === "shout/words=2")
    const named = (references: unknown) =>
      idsIn(references)
        .map((id) => crate.entities.find((entity) => entity["@id"] === id))
        .map((entity) => [entity?.name, entity?.value])
    expect(named(shout?.object)).toEqual([
      ["text of write/words=2", undefined],
      ["mark", "!"],
    ])
    expect(named(shout?.result)).toEqual([["text of shout/words=2", undefined]])
    expect(named(shout?.instrument)).toEqual([["shout", undefined]])
    expect(Date.parse(String(shout?.endTime))).toBeGreaterThanOrEqual(Date.parse(String(shout?.startTime)))
    expect(shout?.description).toMatch(/^On system .+, cpus \d+; attempt 1; code [0-9a-f]{64}\.$/)
    expect(named(shout?.environment)).toContainEqual(["node", process.versions.node])
  })

  it("is the same for the same results, and without --with-data holds the bytes of the results alone", () => {
    words.repro(["crate", "again", "--with-data"])
    expect(openCrate(`${words.root}/again`).text).toBe(crate.text)
    words.repro(["crate", "small"])
    expect(filesUnder(`${words.root}/small/artifacts`)).toEqual([
      "measure/words=1/length.json",
      "measure/words=2/length.json",
    ])
    const small = openCrate(`${words.root}/small`)
    expect(entitiesOf(small, "CreativeWork").filter(({ sha256 }) => sha256 !== undefined)).toHaveLength(4)
    expect(entitiesOf(small, "CreateAction")).toHaveLength(7)
  })

  it("holds the results of nodes that do the same work as another, under that one's name", () => {
    const definition = `export const give = Stage.make("give", {
      params: Schema.Struct({}), inputs: {}, outputs: { value: Value }, run: () => Effect.succeed({ value: { value: "same" } }),
    })`
    const call = `({ last: grid({ n: [1, 2] }, () => give({}, {}).value)[1]! })`
    const { repro, root } = makeProject(oneStage(definition, call))
    expect(repro(["run"]).code).toBe(0)
    expect(repro(["crate", "twins"]).stderr).toContain("1 run, ")
    const twins = openCrate(`${root}/twins`)
    const whole = entitiesOf(twins, "CreateAction").find(({ "@id": id }) => id === "#workflow-run")
    const [result] = idsIn(whole?.result)
    expect(fs.existsSync(`${root}/twins/${result}`)).toBe(true)
  })

  it("can be one file", () => {
    expect(words.repro(["crate", "crate.zip"])).toMatchObject({ code: 0 })
    const zip = fs.readFileSync(`${words.root}/crate.zip`)
    expect(zip.subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004")
    expect(zip.includes("ro-crate-metadata.json") && zip.includes("artifacts/measure/words=2/length.json")).toBe(true)
  })

  it("is refused where something is already, and where results are not up to date", () => {
    expect(words.repro(["crate", "a crate"])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("The folder is not empty"),
    })
    const { code, stderr } = words.repro(["crate", "early", "--profile", "large"])
    expect(code).toBe(1)
    expect(stderr).toMatch(/3 of 3 nodes are not up to date, such as write\/words=10/)
    expect(stderr).toContain("do: Run first: repro run measure/words=10 --profile large")
    expect(words.exists("early")).toBe(false)
  })
})
