/** `repro gc`, `pin` and `unpin`, through the real command line: what is reached stays, the rest is shown and then goes. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, type TestProject, until } from "../support/project.ts"
import { slowProject } from "../support/slow.ts"
import { wordsProject } from "../support/words.ts"

const objects = ({ root }: TestProject): ReadonlyArray<string> => filesUnder(`${root}/artifacts/objects`)
const records = ({ root }: TestProject): ReadonlyArray<string> => filesUnder(`${root}/artifacts/records`)

/** A project whose results were made twice: with the mark `!`, then with `?`. */
const twiceMade = (): TestProject => {
  const project = wordsProject()
  project.repro(["run"])
  project.edit("pipelines/main.ts", 'words: [1, 2], mark: "!"', 'words: [1, 2], mark: "?"')
  project.repro(["run"])
  return project
}

const age = (file: string, days: number): void => {
  const time = new Date(Date.now() - days * 24 * 3600 * 1000)
  fs.utimesSync(file, time, time)
}

it("shows what would go and how much, and removes it only when asked", () => {
  const project = twiceMade()
  const { repro, lines } = project
  const before = [...objects(project), ...records(project)]
  const shown = repro(["gc"])
  expect(shown.code, shown.stderr).toBe(0)
  expect(shown.stdout).toMatch(/words, small: shout +2/)
  expect(shown.stdout).toMatch(/records of results +4 .*\nobjects +2 /)
  expect(shown.stdout).toMatch(/kB would go; `repro gc --delete` removes them\./)
  expect([...objects(project), ...records(project)]).toEqual(before)
  const removed = repro(["gc", "--delete"])
  expect(removed.stdout).toMatch(/Removed [\d.]+ kB\.\n$/)
  expect(records(project)).toHaveLength(6)
  expect(objects(project)).toHaveLength(before.length - 10 - 2)
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(repro(["verify"]).code).toBe(0)
  expect(lines("calls.txt")).toHaveLength(10)
})

it("keeps what another profile reaches, what an edit that is taken back reaches, and what nodes last gave", () => {
  const project = twiceMade()
  const { repro, edit } = project
  repro(["run", "--profile", "large"])
  edit("pipelines/main.ts", 'words: [1, 2], mark: "?"', 'words: [1, 2], mark: "!"')
  expect(repro(["gc"]).stdout).toContain("Nothing to remove")
  repro(["gc", "--delete"])
  expect(repro(["run"]).stderr).toContain("Nothing to do")
  expect(repro(["run", "--profile", "large"]).stderr).toContain("Nothing to do")
})

it("keeps what the pipeline of package.json reaches, wherever that lies, and does nothing where it is gone", () => {
  const project = wordsProject()
  const { repro, read, root, write } = project
  write("src/main.ts", read("pipelines/main.ts"))
  write("package.json", JSON.stringify({ type: "module", repro: { pipeline: "src/main.ts" } }))
  fs.rmSync(`${root}/pipelines/main.ts`)
  expect(repro(["run"]).code).toBe(0)
  expect(repro(["gc", "--delete"]).stdout).toContain("Nothing to remove")
  fs.renameSync(`${root}/src`, `${root}/elsewhere`)
  const gone = repro(["gc", "--delete"])
  expect(gone.code).toBe(1)
  expect(gone.stderr).toContain('There is no pipeline "src/main.ts"')
  fs.renameSync(`${root}/elsewhere`, `${root}/src`)
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("removes what a profile that is gone gave, with its names", () => {
  const project = wordsProject()
  const { repro, edit, exists } = project
  repro(["run"])
  repro(["run", "--profile", "large"])
  edit("pipelines/main.ts", ', large: { words: [10], mark: "!" }', "")
  edit("pipelines/main.ts", "words: [1, 2]", "words: [1]")
  repro(["run"])
  expect(repro(["gc", "--delete"]).stdout).toMatch(/names in heads and view +\d/)
  expect(records(project)).toHaveLength(3)
  expect(exists("artifacts/heads/words/large.json")).toBe(false)
  expect(exists("artifacts/view/words/large")).toBe(false)
  expect(exists("artifacts/view/words/small/write/words=2")).toBe(false)
  expect(exists("artifacts/view/words/small/write/words=1/text.json")).toBe(true)
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})

it("keeps what is pinned until it is unpinned, and verifies it", () => {
  const project = wordsProject()
  const { repro, edit, root } = project
  repro(["run"])
  const first = objects(project)
  expect(repro(["pin", "as of; today"]).stderr).toContain('6 results of profile "small" are pinned')
  edit("pipelines/main.ts", 'words: [1, 2], mark: "!"', 'words: [1, 2], mark: "?"')
  repro(["run"])
  expect(repro(["gc", "--delete"]).stdout).toContain("Nothing to remove")
  expect(objects(project)).toEqual(expect.arrayContaining([...first]))
  const [kept] = first.filter((name) => fs.readFileSync(`${root}/artifacts/objects/${name}`, "utf8").includes("WORD!"))
  fs.rmSync(`${root}/artifacts/objects/${kept}`)
  expect(repro(["verify"]).stdout).toContain("text (pin as of; today) of shout/words=")
  expect(repro(["unpin", "as of; today"]).code).toBe(0)
  expect(repro(["gc", "--delete"]).stdout).toMatch(/records of results +4/)
  expect(fs.readdirSync(`${root}/artifacts/pins`)).toEqual([])
})

it("lists pins, and refuses a name that is taken, one that is not there, and a profile without results", () => {
  const project = wordsProject()
  const { repro } = project
  expect(repro(["pin", "early"]).stderr).toContain('Profile "small" has no results yet')
  repro(["run"])
  expect(repro(["pin", "../as of"]).code).toBe(0)
  expect(repro(["pin", "../as of"]).stderr).toContain('There is a pin named "../as of" already')
  expect(repro(["pin"]).stdout).toMatch(/\.\.\/as of +words +small +\S+ +6/)
  expect(repro(["unpin", "nothing"]).stderr).toContain("Choose one of: ../as of.")
})

it("removes nothing where a pipeline or pin can't be read, since nobody knows what it reaches", () => {
  const project = twiceMade()
  const { repro, write, root } = project
  const before = [...objects(project), ...records(project)]
  write("pipelines/part.ts", "export const part = 1\n")
  write("pipelines/broken.ts", "export default nothing()\n")
  const broken = repro(["gc", "--delete"])
  expect(broken.code).toBe(1)
  expect(broken.stderr).toContain("A pipeline can't be loaded, so that nobody knows what it reaches")
  fs.rmSync(`${root}/pipelines/broken.ts`)
  write("artifacts/pins/old.json", "{torn")
  const torn = repro(["gc", "--delete"])
  expect(torn.stderr).toContain("A pin can't be read")
  expect([...objects(project), ...records(project)]).toEqual(before)
  fs.rmSync(`${root}/artifacts/pins/old.json`)
  expect(repro(["gc", "--delete"]).code, "a part of a pipeline is no obstacle").toBe(0)
})

it("removes what runs left behind: old failures and states, attempts of the dead, temporary files", () => {
  const project = wordsProject()
  const { repro, write, root, exists } = project
  repro(["run"])
  const [key] = records(project).map((name) => name.slice(3, -".json".length))
  const place = (name: string) => `${root}/artifacts/${name}`
  for (const name of ["failures/old", "failures/new", "state/old", `state/${key}`]) {
    write(`artifacts/${name}/file`, "left")
    if (!name.endsWith("new")) age(place(name), 40)
  }
  write("artifacts/attempts/dead-driver/x/scratch", "left")
  write("artifacts/records/00/.4711-0.tmp", "half")
  age(place("records/00/.4711-0.tmp"), 1)
  write("artifacts/items/00/.4711-2.tmp", "half")
  age(place("items/00/.4711-2.tmp"), 1)
  write("artifacts/objects/00/.4711-1.tmp", "half, but new")
  const shown = repro(["gc", "--format", "json"])
  const paths = JSON.parse(shown.stdout).leftovers.map(({ path }: { path: string }) => path)
  expect(paths.sort()).toEqual([
    ...["attempts/dead-driver", "failures/old", "items/00/.4711-2.tmp", "records/00/.4711-0.tmp", "state/old"],
  ])
  expect(repro(["gc", "--delete"]).code).toBe(0)
  for (const path of paths) expect(exists(`artifacts/${path}`), path).toBe(false)
  for (const path of ["failures/new", `state/${key}`, "objects/00/.4711-1.tmp"])
    expect(exists(`artifacts/${path}`), path).toBe(true)
  repro(["gc", "--delete", "--days", "0"])
  expect(exists("artifacts/failures/new")).toBe(false)
})

it("goes on beside a run, of a pipeline that it doesn't know too, and takes nothing that the run needs", async () => {
  const { repro, start, write, lines, root, read } = slowProject()
  write("elsewhere/main.ts", read("pipelines/main.ts"))
  fs.rmSync(`${root}/pipelines`, { recursive: true })
  write("package.json", JSON.stringify({ type: "module", repro: {} }))
  write("hold", "")
  const running = start(["run", "--pipeline", "elsewhere/main.ts", "--jobs", "2"])
  await until(() => lines("calls.txt").length > 1, "the run begins")
  expect(repro(["gc", "--delete"]).code).toBe(0)
  fs.rmSync(`${root}/hold`)
  let ended = false
  const result = running.ended.then((end) => {
    ended = true
    return end
  })
  let rounds = 0
  while (!ended) {
    const collection = start(["gc", "--delete"])
    expect((await collection.ended).code).toBe(0)
    rounds++
  }
  expect((await result).code, (await result).stderr).toBe(0)
  expect(rounds).toBeGreaterThan(0)
  expect([...lines("calls.txt")].sort()).toEqual(["1", "2", "3", "4", "5", "6"])
})
