/** Runs and reruns through the real command line: what counts as a change, and what does not. */
import { expect, it } from "vitest"
import { filesUnder } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"

it("runs everything once, then has nothing to do", () => {
  const { repro, lines, read } = wordsProject()
  const first = repro(["run"])
  expect(first).toMatchObject({ code: 0 })
  expect(first.stderr).toContain("6 computed, 0 cached of 6 nodes")
  expect(first.stdout).toContain("artifacts/view/words/small/measure/words=2/length.json")
  expect(JSON.parse(read("artifacts/view/words/small/measure/words=2/length.json"))).toEqual({ length: 10 })
  expect(lines("calls.txt")).toHaveLength(6)

  const second = repro(["run"])
  expect(second).toMatchObject({ code: 0 })
  expect(second.stderr).toContain("Nothing to do: all 6 nodes")
  expect(lines("calls.txt")).toHaveLength(6)
  expect(repro(["plan"]).stdout).toContain("Nothing to do")
})

it("keeps one record for each piece of work, and beside outputs only names and a short cut for plans; running again adds no file (snakemake#275, a million small files)", () => {
  const { repro, root } = wordsProject()
  repro(["run"])
  const files = filesUnder(`${root}/artifacts`)
  const count = (folder: string): number => files.filter((name) => name.startsWith(`${folder}/`)).length
  expect({ records: count("records"), view: count("view"), heads: count("heads") }).toEqual({
    records: 6,
    view: 6,
    heads: 2,
  })
  expect(count("objects"), "six outputs and their logs, which are alike").toBeLessThanOrEqual(7)
  repro(["run"])
  repro(["run", "--force"])
  expect(filesUnder(`${root}/artifacts`)).toEqual(files)
})

it("does not rerun for a comment, whitespace or unreached code (snakemake#1694)", () => {
  const { repro, edit, lines } = wordsProject()
  repro(["run"])
  edit("stages/text.ts", "/** Writes a text. */", "// Writes\n\n\n/** a text, and nothing else. */")
  edit("stages/text.ts", "inputs: {},", "inputs:    {},")
  edit("stages/helpers.ts", "text.trim()", "text.trimEnd()")
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(lines("calls.txt")).toHaveLength(6)
})

it("reruns when a helper or a constant changed, and names the declaration (redun#99, zenml#1011)", () => {
  const { repro, edit, lines } = wordsProject()
  repro(["run"])
  edit("stages/helpers.ts", '"word"', '"long word"')
  const plan = repro(["plan"])
  expect(plan.stdout).toContain("run   write/words={1,2}  (2 nodes)\n        code changed: stages/helpers.ts#WORD\n")
  expect(plan.stdout).toContain(
    "wait  shout/words={1,2}  (2 nodes)\n        waits for write, runs if its output changes\n",
  )
  expect(plan.stdout).toContain("2 would run, 4 wait for those, 0 cached.")
  expect(lines("calls.txt")).toHaveLength(6)
  expect(repro(["run"]).stderr).toContain("6 computed")
})

it("tells a changed param from old to new, and reruns no more than it reaches", () => {
  const { repro, edit } = wordsProject()
  repro(["run"])
  edit("pipelines/main.ts", 'words: [1, 2], mark: "!"', 'words: [1, 2], mark: "?!"')
  const explained = repro(["explain", "shout/words=1"])
  expect(explained.stdout).toContain('param changed: mark "!" → "?!"')
  expect(repro(["run"]).stderr).toContain("4 computed, 2 cached of 6 nodes")
  edit("pipelines/main.ts", 'mark: "?!"', 'mark: "!"')
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("stops at an output that came out the same (early cutoff)", () => {
  const { repro, edit, lines } = wordsProject()
  repro(["run"])
  edit("stages/text.ts", "repeat(params.words)", "repeat(params.words).slice(0)")
  const again = repro(["run"])
  expect(again.stderr).toContain("2 computed, 4 found done, 0 cached of 6 nodes")
  expect(lines("calls.txt").slice(6)).toEqual(expect.arrayContaining(["write 1", "write 2"]))
  expect(lines("calls.txt")).toHaveLength(8)
})

it("carries a forced rerun downstream when its output changed, and not when it stayed (snakemake#3095)", () => {
  const { repro, edit, write, lines } = wordsProject()
  write("moving.txt", "a")
  edit("stages/text.ts", "import { appendFileSync }", "import { appendFileSync, readFileSync }")
  edit(
    "stages/text.ts",
    "text: repeat(params.words)",
    'text: repeat(params.words) + readFileSync(root + "/moving.txt", "utf8")',
  )
  repro(["run"])
  expect(lines("calls.txt")).toHaveLength(6)

  expect(repro(["run", "--force", "write/words=1"]).stderr).toContain("1 computed, 0 cached of 1 nodes")
  expect(repro(["run"]).stderr).toContain("Nothing to do")

  write("moving.txt", "bb")
  expect(repro(["run", "--force", "write/words=1"])).toMatchObject({ code: 0 })
  const plan = repro(["plan"])
  expect(plan.stdout).toMatch(/run +shout\/words=1\n +input changed: text from write\/words=1/)
  expect(repro(["run"]).stderr).toContain("2 computed, 4 cached of 6 nodes")

  write("moving.txt", "ccc")
  const whole = repro(["run", "--force", "--with-downstream", "write/words=2"])
  expect(whole.stderr).toContain("3 computed")
})

it("runs only what a selector names and needs", () => {
  const { repro, lines } = wordsProject()
  expect(repro(["run", "shout/words=2"]).stderr).toContain("2 computed, 0 cached of 2 nodes")
  expect(lines("calls.txt")).toEqual(["write 2", "shout"])
  expect(repro(["run", "write"]).stderr).toContain("1 computed, 1 cached of 2 nodes")
  expect(repro(["run", "*words=2"]).stderr).toContain("1 computed, 2 cached of 3 nodes")
})

it("finds the work of another profile, and keeps the results of both by name", () => {
  const { repro, edit, read } = wordsProject()
  edit("pipelines/main.ts", "words: [10]", "words: [2, 10]")
  repro(["run"])
  expect(repro(["run", "--profile", "large"]).stderr).toContain("3 computed, 3 cached of 6 nodes")
  expect(read("artifacts/view/words/large/write/words=2/text.json")).toBe('{"text":"word word"}\n')
  expect(repro(["query", "-p", "large", "--format", "csv", "SELECT count(*) AS n FROM texts"]).stdout).toBe("n\n4\n")
})
