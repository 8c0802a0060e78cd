/** `repro trace`: from an output back to its sources, through the real command line. */
import * as fs from "node:fs"
import { beforeAll, expect, it } from "vitest"
import type { StoreRecord } from "../../../kit/store/record.ts"
import { ranProject } from "../support/held-project.ts"
import { filesUnder, type TestProject } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"

interface TraceStep {
  readonly key: string
  readonly node: string
  readonly params: unknown
  readonly inputs: ReadonlyArray<{ readonly name: string; readonly digest: string; readonly step: string | null }>
  readonly outputs: Readonly<Record<string, { readonly digest: string }>>
  readonly run: { readonly started: string }
}

const traced = (project: TestProject, artifact: string): ReadonlyArray<TraceStep> => {
  const result = project.repro(["trace", artifact, "--format", "json"])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout).steps
}

const recordFile = (project: TestProject, node: string): string => {
  const records = `${project.root}/artifacts/records`
  const isOf = (file: string) => (JSON.parse(fs.readFileSync(file, "utf8")) as StoreRecord).node === node
  const found = filesUnder(records)
    .map((name) => `${records}/${name}`)
    .find(isOf)
  if (found === undefined) throw new Error(`no record of ${node}`)
  return found
}

const VIEW = "artifacts/view/words/small/shout/words=2/text.json"
let words: TestProject

beforeAll(() => {
  const ran = ranProject(wordsProject)
  words = ran.project
  return ran.remove
})

it("shows each step down to its source with params, code, time and machine", () => {
  const { stdout } = words.repro(["trace", "measure/words=2"])
  expect(stdout).toMatch(/^measure\/words=2\n│ gave {5}length: lengths, .*length\.json\n/)
  expect(stdout).toMatch(/└─ text ← shout\/words=2\n {3}│ gave {5}text: texts, 22 B, [0-9a-f]{12}\n/)
  expect(stdout).toMatch(/└─ text ← write\/words=2\n {8}source {3}text: texts/)
  expect(stdout).toMatch(/params {3}words 2\n {8}code {5}[0-9a-f]{12} {2}stages\/helpers\.ts, stages\/text\.ts/)
  expect(stdout).toMatch(/made {5}20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC, took/)
  expect(stdout).toMatch(/\n3 steps from 1 source, .* of work/)
  expect(stdout).toMatch(/\nmachine {2}.+, \d+ CPUs\nversions node \d/)
})

it("folds the members of a grid and tells what varies between them", () => {
  const { stdout } = words.repro(["trace", "measure"])
  expect(stdout).toContain("measure × 2  (words 1, 2)")
  expect(stdout).toMatch(/source {3}text: 2 × texts, .* in all\n.*params {3}words 1 \| 2/)
  expect(stdout).toContain("6 steps from 2 sources")
})

it("as JSON, every input leads to the step that gave its digest", () => {
  const steps = traced(words, "measure/words=2")
  expect(steps.map(({ node }) => node)).toEqual(["write/words=2", "shout/words=2", "measure/words=2"])
  const byKey = new Map(steps.map((step) => [step.key, step]))
  for (const { digest, step } of steps.flatMap(({ inputs }) => inputs)) {
    const outputs = Object.values(byKey.get(step ?? "")?.outputs ?? {})
    expect(outputs.map((output) => output.digest)).toContain(digest)
  }
  expect(steps[0]).toMatchObject({ inputs: [], params: { words: 2 } })
})

it("takes a node's output, a file of the view, its copy elsewhere, a digest's or a key's first digits", () => {
  const shout = traced(words, "shout/words=2").at(-1) as TraceStep
  fs.copyFileSync(`${words.root}/${VIEW}`, `${words.root}/copied.json`)
  const digest = (shout.outputs.text?.digest ?? "").slice(0, 10)
  for (const name of [
    "shout/words=2/text",
    "shout/words=2/text.json",
    VIEW,
    VIEW.replace("/text.json", ""),
    `${words.root}/${VIEW}`,
    "copied.json",
    digest,
    shout.key,
  ])
    expect(traced(words, name).at(-1)?.key, name).toBe(shout.key)
})

it("follows only the members of a grid that were asked for", () => {
  const project = wordsProject()
  project.edit(
    "stages/text.ts",
    "inputs: { text: Text },\n  outputs: { length",
    "inputs: { text: Artifact.many(Text) },\n  outputs: { length",
  )
  project.edit(
    "stages/text.ts",
    'Effect.map(inputs.text.read, ({ text }) => {\n      appendFileSync(root + "/calls.txt", "measure\\n")\n      return { length: { length: text.length } }',
    "Effect.sync(() => {\n      return { length: { length: inputs.text.length + root.length } }",
  )
  project.edit(
    "pipelines/main.ts",
    /const lengths = grid[\s\S]*?\n {4}\}\)/,
    "const texts = grid({ words: profile.words }, ({ words }) => shout({ text: write({}, { words }).text }, { mark: profile.mark }).text)\n    const lengths = [measure({ text: texts }, {}).length]",
  )
  const { code, stderr } = project.repro(["run"])
  expect(code, stderr).toBe(0)
  const nodes = (args: ReadonlyArray<string>) =>
    JSON.parse(project.repro(["trace", "measure", "--format", "json", ...args]).stdout).steps.map(
      ({ node }: TraceStep) => node,
    )
  expect(nodes([])).toHaveLength(5)
  expect(nodes(["--where", "words=2"])).toEqual(["write/words=2", "shout/words=2", "measure"])
  for (const [condition, expected] of [
    ["word=2", 'axis "word"\n'],
    ["words=3", "The values are: 1, 2."],
  ] as const)
    expect(project.repro(["trace", "measure", "--where", condition]).stderr).toContain(expected)
  expect(project.repro(["trace", "measure", "--where", "words"])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("LABEL=VALUE"),
  })
})

it("leads to what a result was really made from, not to what its sources give now", () => {
  const project = wordsProject()
  project.repro(["run"])
  const before = traced(project, "measure/words=2")
  project.edit("stages/helpers.ts", '"word"', '"other"')
  project.repro(["run", "write"])
  expect(traced(project, "write/words=2")[0]?.key).not.toBe(before[0]?.key)
  expect(traced(project, "measure/words=2")).toEqual(before)
})

it("says of a file of the view that it was changed since", () => {
  const project = wordsProject()
  project.repro(["run"])
  project.write(VIEW, '{"text":"edited"}')
  const result = project.repro(["trace", VIEW])
  expect(result).toMatchObject({ code: 0, stderr: expect.stringContaining("was changed since it was made") })
  expect(result.stdout).toMatch(/^shout\/words=2\n/)
})

it("says which record is gone, and shows the rest", () => {
  const project = wordsProject()
  project.repro(["run"])
  fs.rmSync(recordFile(project, "write/words=2"))
  expect(project.repro(["trace", "measure/words=2"]).stdout).toContain("└─ text of write/words=2  (the record is gone)")
})

it("marks what was pulled and not computed here", () => {
  const project = wordsProject()
  project.repro(["run"])
  const file = recordFile(project, "write/words=1")
  const pulled = { from: "a reviewer's pack", at: "2026-01-01T00:00:00.000Z" }
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, "utf8")), pulled }))
  const { stdout } = project.repro(["trace", "measure"])
  expect(stdout).toContain("text ← write × 2  (words 1, 2)  [1 on trust, from a reviewer's pack]")
  expect(stdout).toContain("\n1 step on trust: pulled, and not computed here\n")
  expect(traced(project, "measure").filter((step) => "pulled" in step)).toMatchObject([
    { node: "write/words=1", pulled },
  ])
})

it("refuses records that form a cycle, and names its members", () => {
  const project = wordsProject()
  project.repro(["run"])
  const [source, reader] = [recordFile(project, "write/words=2"), recordFile(project, "shout/words=2")]
  const [write, shout] = [source, reader].map((file) => JSON.parse(fs.readFileSync(file, "utf8")) as StoreRecord)
  const input = { node: "shout/words=2", output: "text", digest: shout?.outputs.text?.digest ?? "" }
  fs.writeFileSync(source, JSON.stringify({ ...write, inputs: { text: [input] } }))
  const { code, stderr } = project.repro(["trace", "measure/words=2"])
  expect(code).toBe(1)
  expect(stderr).toContain("The records form a cycle")
  expect(stderr).toContain("write/words=2 → shout/words=2 → write/words=2")
  expect(stderr).not.toContain("    at ")
})

it("a reader that has seen enough and closes the pipe, such as `head`, is no mistake", async () => {
  const { child, ended } = words.start(["trace", "measure", "--format", "json"])
  child.stdout?.destroy()
  expect(await ended).toMatchObject({ code: 0, stderr: "" })
})

it("draws as many levels as asked for", () => {
  const { stdout } = words.repro(["trace", "measure/words=1", "--depth", "1"])
  expect(stdout).toContain("└─ text ← write/words=1  (deeper: --depth 2)")
  expect(stdout).not.toContain("│ source")
  expect(stdout).not.toContain("  source ")
})

it.each([
  ["nothing like it", ["trace", "sohut"], /did you mean "shout".*\n.*first 6 or more digits/s],
  ["too few digits", ["trace", "abc"], /No node, stage or glob/],
  [
    "a node without a result",
    ["trace", "write", "--profile", "large"],
    /write\/words=10 has no result in this store yet/,
  ],
  [
    "a file that no run made",
    ["trace", "package.json"],
    /package\.json has the digest [0-9a-f]{12}…, which no run in this store made/,
  ],
])("says what to do about %s", (_, args, expected) => {
  const { code, stderr } = words.repro(args)
  expect(code).toBe(1)
  expect(stderr).toMatch(expected)
  expect(stderr).not.toContain("    at ")
})
