/** Kept answers without a note of who asked, as older versions of the kit left them: a collection finds out whose they are. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { itemName } from "../../kit/store/items.ts"
import { filesUnder, type TestProject } from "../kit/support/project.ts"
import { type AskedServer, askingProject, label, startServer } from "./support/asking-project.ts"

const fine = (_: unknown, response: Parameters<typeof label>[0]): void => label(response, 0.5)
const items = ({ root }: TestProject): string => `${root}/artifacts/items`
const answers = (project: TestProject): number =>
  filesUnder(items(project)).filter((name) => name.endsWith(".json")).length

const run = async (project: TestProject, args: ReadonlyArray<string> = ["run"]): Promise<string> => {
  const { code, stdout, stderr } = await project.start(args).ended
  expect(code, stderr).toBe(0)
  return stdout
}

/** Takes the notes away and makes all answers old. */
const forget = (project: TestProject): void => {
  fs.rmSync(`${items(project)}/asked-by`, { recursive: true, force: true })
  for (const name of filesUnder(items(project))) fs.utimesSync(`${items(project)}/${name}`, 1e9, 1e9)
}

/** Keeps an answer that no pipeline asks for. */
const keepStray = (project: TestProject): string => {
  const name = itemName("a question of old")
  const file = `${items(project)}/${name.slice(0, 2)}/${name}.json`
  fs.mkdirSync(`${items(project)}/${name.slice(0, 2)}`, { recursive: true })
  fs.writeFileSync(file, '{"question":"a question of old","answer":1}')
  fs.utimesSync(file, 1e9, 1e9)
  return file
}

const started = async (given: ReadonlyArray<string>): Promise<{ server: AskedServer; project: TestProject }> => {
  const server = await startServer(fine)
  const project = askingProject({ answers: given, url: server.url })
  await run(project)
  return { server, project }
}

it("what today's work asks stays and is noted, whatever nothing asks goes, and looking writes nothing", async () => {
  const { server, project } = await started(["ab", "cd"])
  forget(project)
  expect(await run(project, ["gc"])).toContain("Nothing to remove")
  const stray = keepStray(project)
  const before = filesUnder(`${project.root}/artifacts`)
  expect(await run(project, ["gc"])).toMatch(/kept answers without a note that nothing asks for +1 /)
  expect(filesUnder(`${project.root}/artifacts`)).toEqual(before)
  await run(project, ["gc", "--delete"])
  expect([fs.existsSync(stray), answers(project)]).toEqual([false, 2])
  expect(filesUnder(`${items(project)}/asked-by`)).toHaveLength(1)
  fs.rmSync(`${project.root}/artifacts/records`, { recursive: true })
  await run(project)
  expect(server.asked, "nobody is asked again, and the collection asked nobody").toEqual(["ab", "cd"])
})

it("an answer of the last hour is left alone", async () => {
  const { project } = await started(["ab"])
  const stray = keepStray(project)
  fs.utimesSync(stray, new Date(), new Date())
  expect(await run(project, ["gc", "--delete"])).toContain("Nothing to remove")
  expect(fs.existsSync(stray)).toBe(true)
})

it("while some work waits, so that nobody knows what it will ask, all stay; after a run what is left over goes", async () => {
  const { server, project } = await started(["ab", "cd"])
  forget(project)
  const stray = keepStray(project)
  project.edit("pipelines/asks.ts", '["ab","cd"]', '["cd","ef"]')
  const told = await run(project, ["gc", "--delete"])
  expect(told).toMatch(
    /3 kept answers have no note of who asked \(.* B\) and stay: moderate of profile "only" \(asks\) waits for what it reads\./,
  )
  expect(answers(project)).toBe(3)
  await run(project)
  expect(server.asked).toEqual(["ab", "cd", "ef"])
  forget(project)
  expect(await run(project, ["gc"])).toMatch(/without a note that nothing asks for +2 /)
  await run(project, ["gc", "--delete"])
  expect([fs.existsSync(stray), answers(project)]).toEqual([false, 2])
})

it("work whose stage breaks before it asks can't be told, so that all stay", async () => {
  const { project } = await started(["ab"])
  forget(project)
  const start = "const { endpoint, label, otherLabel, maxTokens } = context.params"
  project.edit("stages/moderate.ts", start, `if (context.params.maxTokens > 0) throw new Error("broken")\n    ${start}`)
  expect(await run(project, ["gc", "--delete"])).toMatch(
    /A kept answer has no note of who asked \(.*\) and stays: moderate of profile "only" \(asks\) has not run as it is now\./,
  )
  expect(answers(project)).toBe(1)
})

it("work that was stopped halfway keeps what it was given", async () => {
  const given = Array.from({ length: 12 }, (_, index) => `answer ${index}`)
  const server = await startServer((_, response) => setTimeout(() => label(response, 0.5), 150))
  const project = askingProject({ answers: given, url: server.url })
  const running = project.start(["run"])
  while (server.asked.length < 6) await new Promise((resolve) => setTimeout(resolve, 20))
  running.child.kill("SIGKILL")
  await running.ended
  const kept = answers(project)
  expect(kept).toBeGreaterThan(1)
  forget(project)
  const stray = keepStray(project)
  await run(project, ["gc", "--delete"])
  expect([fs.existsSync(stray), answers(project)]).toEqual([false, kept])
})

it("a pinned result of which nobody knows what it asked keeps all, and the pin is named", async () => {
  const { project } = await started(["ab"])
  await run(project, ["pin", "first"])
  project.edit("pipelines/asks.ts", '["ab"]', '["cd"]')
  await run(project)
  forget(project)
  expect(await run(project, ["gc", "--delete"])).toMatch(
    /stays?: nobody knows what moderate of the pin "first" asked\./,
  )
  expect(answers(project)).toBe(2)
})

it("a run that goes on keeps what it has looked at, though no pipeline reaches it any more", {
  timeout: 60_000,
}, async () => {
  const kept = Array.from({ length: 10 }, (_, index) => `kept ${index}`)
  const { server, project } = await started(kept)
  const looked = filesUnder(items(project)).filter((name) => name.endsWith(".json"))
  expect(looked).toHaveLength(kept.length)
  server.reply = (_, response) => setTimeout(() => label(response, 0.5), 200)
  const slow = Array.from({ length: 30 }, (_, index) => `slow ${index}`)
  project.edit("pipelines/asks.ts", JSON.stringify(kept), JSON.stringify([...kept, ...slow]))
  const running = project.start(["run"])
  while (server.asked.length < 12) await new Promise((resolve) => setTimeout(resolve, 20))
  project.edit("pipelines/asks.ts", JSON.stringify([...kept, ...slow]), '["another"]')
  forget(project)
  fs.rmSync(`${project.root}/artifacts/heads`, { recursive: true })
  fs.rmSync(`${project.root}/artifacts/records`, { recursive: true })
  const stray = keepStray(project)
  await run(project, ["gc", "--delete"])
  expect(running.child.exitCode, "the run goes on").toBeNull()
  expect(fs.existsSync(stray), "the collection did remove").toBe(false)
  expect(filesUnder(items(project))).toEqual(expect.arrayContaining(looked))
  running.child.kill("SIGKILL")
  await running.ended
})
