/** Against a double of the Hub, not the Hub: see support/hub-double.ts. */
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { wordsProject } from "../support/words.ts"
import { HubDouble, TOKEN } from "./support/hub-double.ts"
import { authored } from "./support/share-project.ts"

const PLACE = "hf://datasets/lab/results"
let hub: HubDouble

beforeEach(async () => {
  hub = await HubDouble.start()
})
afterEach(() => hub.stop())

describe("a data-set repository, by a double of the Hub", () => {
  it("is made private, takes only what is missing by commits that others' commits can't overwrite, and gives it back", async () => {
    const author = authored()
    const environment = { HF_TOKEN: TOKEN, HF_ENDPOINT: hub.url }
    let raced = 0
    hub.beforeCommit = () => {
      if (raced++ === 0) hub.commits++
    }
    const pushed = await author.start(["push", PLACE], environment).ended
    expect(pushed).toMatchObject({ code: 0 })
    expect(pushed.stdout).toContain("sent 6 records and 7 objects")
    expect(hub.visibility).toBe("private")
    expect(hub.files.size).toBe(14)
    const commits = hub.commits
    expect((await author.start(["push", PLACE], environment).ended).stdout).toContain("sent 0 records and 0 objects")
    expect(hub.commits).toBe(commits)

    const reviewer = wordsProject()
    const ran = await reviewer.start(["run", "--from", PLACE], environment).ended
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stderr).toContain(`On trust from ${PLACE}`)
    expect(reviewer.lines("calls.txt")).toEqual([])
  })

  it("says what to do about a wrong or missing token, and shows no token", async () => {
    const author = authored()
    hub.visibility = "private"
    const wrong = await author.start(["push", PLACE], { HF_TOKEN: `${TOKEN}x`, HF_ENDPOINT: hub.url }).ended
    expect(wrong).toMatchObject({ code: 1 })
    expect(wrong.stderr).toContain("refuses access to the data set lab/results")
    expect(wrong.stderr).toContain("do: Check HF_TOKEN")
    expect(wrong.stderr + wrong.stdout).not.toContain(TOKEN)
    const none = await author.start(["push", PLACE], { HF_TOKEN: "", HF_ENDPOINT: hub.url }).ended
    expect(none.stderr).toContain("HF_TOKEN is not set")
    const away = await author.start(["pull", PLACE], { HF_TOKEN: TOKEN, HF_ENDPOINT: "http://127.0.0.1:9" }).ended
    expect(away.stderr).toContain("can't be reached")
  })
})
