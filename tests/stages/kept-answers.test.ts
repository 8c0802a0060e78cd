/** Kept answers in a collection: they go with the last work that asked for them, and never under a run that goes on. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, type TestProject } from "../kit/support/project.ts"
import { askingProject, label, startServer } from "./support/asking-project.ts"

const fine = (_: unknown, response: Parameters<typeof label>[0]): void => label(response, 0.5)

/** What is kept: answers, and notes of who asked. */
const kept = ({ root }: TestProject) => {
  const names = filesUnder(`${root}/artifacts/items`)
  const notes = names.filter((name) => name.startsWith("asked-by/")).length
  return { notes, answers: names.filter((name) => name.endsWith(".json")).length }
}

const run = async (project: TestProject, args: ReadonlyArray<string> = ["run"]) => {
  const result = await project.start(args).ended
  expect(result.code, result.stderr).toBe(0)
  return result
}

it("go with the work that asked for them; what other work asked for too stays, and so does a file that is no answer", async () => {
  const server = await startServer(fine)
  const project = askingProject({ answers: ["ab", "cd"], url: server.url })
  await run(project)
  expect(kept(project)).toEqual({ notes: 1, answers: 2 })
  expect((await run(project, ["gc"])).stdout).toContain("Nothing to remove")
  project.edit("pipelines/asks.ts", '["ab","cd"]', '["cd","ef"]')
  await run(project)
  expect(server.asked).toEqual(["ab", "cd", "ef"])
  expect(kept(project)).toEqual({ notes: 2, answers: 3 })
  project.write("artifacts/items/00/notes.json", '{"answer":1}')
  const shown = await run(project, ["gc"])
  expect(shown.stdout).toMatch(/kept answers that nothing asks for +2 /)
  expect(kept(project)).toEqual({ notes: 2, answers: 4 })
  await run(project, ["gc", "--delete"])
  expect(kept(project)).toEqual({ notes: 1, answers: 3 })
  expect(project.exists("artifacts/items/00/notes.json")).toBe(true)
  fs.rmSync(`${project.root}/artifacts/records`, { recursive: true })
  await run(project)
  expect(server.asked, "what stayed is not asked again").toHaveLength(3)
})

it("stay beside a run that asks, though no pipeline reaches it any more, and when it was killed", async () => {
  const answers = Array.from({ length: 40 }, (_, index) => `answer ${index}`)
  const server = await startServer((_, response) => setTimeout(() => label(response, 0.5), 150))
  const project = askingProject({ answers, url: server.url })
  const running = project.start(["run"])
  while (server.asked.length < 6) await new Promise((resolve) => setTimeout(resolve, 20))
  project.edit("pipelines/asks.ts", JSON.stringify(answers), '["another"]')
  const before = kept(project)
  expect(before.answers).toBeGreaterThan(0)
  await run(project, ["gc", "--delete"])
  expect(kept(project).answers).toBeGreaterThanOrEqual(before.answers)
  expect(running.child.exitCode, "the run goes on").toBeNull()
  running.child.kill("SIGKILL")
  await running.ended
  const answered = kept(project).answers
  project.edit("pipelines/asks.ts", '["another"]', JSON.stringify(answers))
  await run(project, ["gc", "--delete"])
  expect(kept(project).answers).toBe(answered)
  server.reply = fine
  const asked = server.asked.length
  await run(project)
  expect(server.asked.length - asked).toBe(answers.length - answered)
})

it("of work that was killed and that nothing reaches go", async () => {
  const server = await startServer((_, response) => setTimeout(() => label(response, 0.5), 150))
  const project = askingProject({
    answers: Array.from({ length: 40 }, (_, index) => `answer ${index}`),
    url: server.url,
  })
  const running = project.start(["run"])
  while (server.asked.length < 6) await new Promise((resolve) => setTimeout(resolve, 20))
  running.child.kill("SIGKILL")
  await running.ended
  project.edit("pipelines/asks.ts", /const answers_ = .*/, 'const answers_ = ["another"]')
  await run(project, ["gc", "--delete"])
  expect(kept(project)).toEqual({ notes: 0, answers: 0 })
})

it("are none of the store's where a rerun is only compared", async () => {
  const server = await startServer(fine)
  const project = askingProject({ answers: ["ab"], url: server.url })
  await run(project)
  const before = filesUnder(`${project.root}/artifacts/items`).map((name) => [
    name,
    project.read(`artifacts/items/${name}`),
  ])
  server.reply = (_, response) => label(response, 0.9)
  expect((await project.start(["verify", "--rerun", "moderate"]).ended).code).toBe(1)
  expect(server.asked).toHaveLength(2)
  const after = filesUnder(`${project.root}/artifacts/items`).map((name) => [
    name,
    project.read(`artifacts/items/${name}`),
  ])
  expect(after).toEqual(before)
})
