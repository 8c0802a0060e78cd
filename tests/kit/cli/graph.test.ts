/** `repro graph`: the pipeline as a picture, through the real command line. */
import { Resvg } from "@resvg/resvg-js"
import { beforeAll, expect, it } from "vitest"
import type { Drawing } from "../../../kit/drawing/drawing.ts"
import { heldProject } from "../support/held-project.ts"
import { makeProject, type TestProject } from "../support/project.ts"
import { oneStage, wordsProject } from "../support/words.ts"

let words: TestProject

beforeAll(() => {
  const held = heldProject(wordsProject)
  words = held.project
  return held.remove
})

const drawn = (project: TestProject, ...args: ReadonlyArray<string>): Drawing => {
  const result = project.repro(["graph", "--format", "json", ...args])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout)
}

const titles = ({ boxes }: Drawing): ReadonlyArray<string> =>
  boxes.map(({ title, count, axes }) => `${title} ${count} ${axes}`.trim())

it("folds a grid: a box a stage, with its number of nodes and its axes", () => {
  const drawing = drawn(words)
  expect(titles(drawing)).toEqual(["write 2 words", "shout 2 words", "measure 2 words"])
  expect(drawing.boxes.map(({ kind, result }) => [kind, result])).toEqual([
    ["source", false],
    ["here", false],
    ["here", true],
  ])
  expect(drawing.arrows.map(({ types, wires }) => [types, wires])).toEqual([
    [["texts"], 2],
    [["texts"], 2],
  ])
})

it("draws each node in full, and the way to what is selected", () => {
  expect(drawn(words, "--full").boxes).toHaveLength(6)
  expect(titles(drawn(words, "--full", "shout/words=2"))).toEqual(["write/words=2 1", "shout/words=2 1"])
})

it("draws SVG that has every box and stays inside its frame", () => {
  const { stdout } = words.repro(["graph"])
  const picture = new Resvg(stdout, { font: { loadSystemFonts: false } })
  const inner = picture.innerBBox()
  expect(inner?.x).toBeGreaterThanOrEqual(0)
  expect((inner?.x ?? 0) + (inner?.width ?? 0)).toBeLessThanOrEqual(picture.width)
  expect((inner?.y ?? 0) + (inner?.height ?? 0)).toBeLessThanOrEqual(picture.height)
  for (const stage of ["write", "shout", "measure"]) expect(stdout).toContain(`>${stage}</text>`)
  expect(stdout.match(/marker-end/g)).toHaveLength(2)
})

it("writes a file in the form that its ending names", () => {
  expect(words.repro(["graph", "-o", "pipeline.mmd"])).toMatchObject({ code: 0, stdout: "" })
  expect(words.read("pipeline.mmd")).toMatch(/^flowchart LR\n {2}n0\[\("write<br\/>× 2 by words"\)\]:::source\n/)
  expect(words.read("pipeline.mmd")).toContain('n0 -->|"texts"| n1')
  words.repro(["graph", "-o", "pipeline.svg"])
  expect(words.read("pipeline.svg")).toMatch(/^<svg /)
})

it("names that hold what SVG and Mermaid take for their own are drawn as they are", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({ n: Schema.Int }), inputs: {}, outputs: { value: Value },
    run: () => Effect.succeed({ value: { value: "" } }),
  })`
  const axis = JSON.stringify(['"]; <b>&amp;', "#quot; | x", "ü\u{1F600} \u0007"])
  const call = `Object.fromEntries(grid({ name: ${axis} }, ({ name }) => [name, give({}, { n: 1 }).value] as const))`
  const { repro } = makeProject(oneStage(definition, call))
  const svg = repro(["graph", "--full"]).stdout
  expect(() => new Resvg(svg).render()).not.toThrow()
  expect(svg).toContain("&quot;]; &lt;b&gt;&amp;amp;")
  const mermaid = repro(["graph", "--full", "--format", "mermaid"]).stdout
  const labels = mermaid.split("\n").filter((line) => line.includes(":::"))
  expect(labels).toHaveLength(3)
  for (const label of labels)
    expect(label).toMatch(/^ {2}n\d\[\("[^"<>[\]|;\p{Cc}]*(#\d+;[^"<>[\]|;\p{Cc}]*)*"\)\]:::source$/u)
})

it.each([
  ["an unknown node", ["graph", "sohut"], /did you mean "shout"/],
  [
    "a picture of a kind that can't be drawn",
    ["graph", "-o", "x.gif"],
    /ends in \.gif can't be drawn[\s\S]*\.svg, \.mmd/,
  ],
  ["a folder that is not there", ["graph", "-o", "nowhere/x.svg"], /The picture can't be written there/],
])("says what to do about %s", (_, args, expected) => {
  const { code, stderr } = words.repro(args)
  expect(code).toBe(1)
  expect(stderr).toMatch(expected)
  expect(stderr).toContain("  do: ")
  expect(stderr).not.toContain("    at ")
})

it("refuses a picture that nobody could read", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({ n: Schema.Int }), inputs: {}, outputs: { value: Value },
    run: () => Effect.succeed({ value: { value: "" } }),
  })`
  const call =
    "Object.fromEntries(grid({ n: Array.from({ length: 1501 }, (_, n) => n) }, ({ n }) => [n, give({}, { n }).value] as const))"
  const { repro } = makeProject(oneStage(definition, call))
  expect(repro(["graph", "--full"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("1501 boxes can't be read"),
  })
  expect(repro(["graph"]).stdout).toContain("× 1501 by n")
})
