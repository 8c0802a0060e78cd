import { describe, expect, it } from "vitest"
import { makeProject, temporaryFolder } from "../support/project.ts"
import { oneStage } from "../support/words.ts"

const definition = `export const give = Stage.make("give", {
  params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
  run: () => Effect.succeed({ value: { value: "given" } }),
})
export const tell = Stage.make("tell", {
  params: Schema.Struct({}), inputs: { value: Value }, outputs: { value: Value }, seesTrust: true,
  run: ({ onTrust, root }) => Effect.sync(() => {
    fs.appendFileSync(root + "/calls.txt", "tell\\n")
    return { value: { value: JSON.stringify(onTrust) } }
  }),
})`
const project = () => makeProject(oneStage(definition, "({ value: tell({ value: give({}, {}).value }, {}).value })"))
const SHOWN = "artifacts/view/one/small/tell/value.json"

describe("a stage that sees trust", () => {
  it("is set anew where its inputs were pulled, and is the author's again once they were made here", () => {
    const [author, reviewer, remote] = [project(), project(), `${temporaryFolder()}/remote`]
    expect(author.repro(["run"])).toMatchObject({ code: 0 })
    expect(author.repro(["push", remote])).toMatchObject({ code: 0 })
    expect(author.read(SHOWN)).toBe('{"value":"{}"}\n')

    const first = reviewer.repro(["run", "--from", remote])
    expect(first.stderr).toContain(`On trust from ${remote}: give.\nMade here: tell.`)
    expect(reviewer.lines("calls.txt")).toEqual(["tell"])
    expect(JSON.parse((JSON.parse(reviewer.read(SHOWN)) as { value: string }).value)).toEqual({ value: ["give"] })

    const explained = reviewer.repro(["explain", "tell"]).stdout
    expect(explained).toMatch(/ +trust +value: 1 pulled/)
    expect(explained).toContain("It rests on 1 pulled result: give.")
    reviewer.edit("pipelines/main.ts", '{ value: "given" }', '{ value: "given".normalize() }')
    expect(reviewer.repro(["plan"]).stdout).toMatch(
      /wait +tell\n +environment changed: on trust: value 1 pulled \(\w+\) → nothing pulled; waits for give\n/,
    )
    reviewer.edit("pipelines/main.ts", '"given".normalize()', '"given"')

    expect(reviewer.repro(["stage", "give"]).stdout).toContain("It was on trust, and is no longer")
    expect(reviewer.repro(["plan"]).stdout).toContain("on trust: value")
    expect(reviewer.repro(["run", "--from", remote])).toMatchObject({ code: 0 })
    expect(reviewer.lines("calls.txt")).toEqual(["tell"])
    expect(reviewer.read(SHOWN)).toBe(author.read(SHOWN))
  })
})
