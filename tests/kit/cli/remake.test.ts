/** Results that are remade since their bytes are gone, and come out otherwise: nothing may stay that was made from the old ones. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, makeProject } from "../support/project.ts"
import { oneStage } from "../support/words.ts"

/** A source that gives something else each time, and two readers of it; the second one's param can be edited. */
const definition = `export const draw = Stage.make("draw", {
    params: Schema.Struct({}), inputs: {}, outputs: { value: Value },
    run: ({ root }) => Effect.sync(() => {
      fs.appendFileSync(root + "/calls.txt", "draw\\n")
      return { value: { value: "draw " + fs.readFileSync(root + "/calls.txt", "utf8").length } }
    }),
  })
  const reader = (name: string) => Stage.make(name, {
    params: Schema.Struct({ mark: Schema.String }), inputs: { value: Value }, outputs: { value: Value },
    run: ({ inputs, params }) => Effect.map(inputs.value.read, ({ value }) => ({ value: { value: value + params.mark } })),
  })
  export const first = reader("first")
  export const second = reader("second")`
const call = `{
    const { value } = draw({}, {})
    return { first: first({ value }, { mark: "!" }).value, second: second({ value }, { mark: "?" }).value }
  }`

it("what was made from the old bytes is made again in the same run", () => {
  const { repro, root, read, edit, lines } = makeProject(oneStage(definition, call))
  expect(repro(["run"]).code).toBe(0)
  const objects = filesUnder(`${root}/artifacts/objects`).filter((name) =>
    /^\{"value":"draw \d+"\}\n$/.test(read(`artifacts/objects/${name}`)),
  )
  expect(objects).toHaveLength(1)
  fs.rmSync(`${root}/artifacts/objects/${objects[0]}`)
  edit("pipelines/main.ts", 'mark: "?"', 'mark: "."')
  const plan = repro(["plan", "first", "second"])
  expect(plan.stdout).toMatch(/run +draw\n +output missing: value/)
  expect(plan.stdout).toContain("waits for draw")
  const again = repro(["run", "first", "second"])
  expect(again, again.stderr).toMatchObject({ code: 0 })
  expect(lines("calls.txt")).toHaveLength(2)
  const [one, two] = ["first", "second"].map(
    (name) => JSON.parse(read(`artifacts/view/one/small/${name}/value.json`)).value as string,
  )
  expect([one?.slice(0, -1), two?.slice(0, -1)]).toEqual([two?.slice(0, -1), "draw 10"])
  expect(repro(["run"]).stderr).toContain("Nothing to do")
})
