/** Progress on a real terminal, wide, narrow and of unknown size: the block is drawn in place and leaves nothing behind. */
import { expect, it } from "vitest"
import { makeProject } from "../../kit/support/project.ts"
import { oneStage } from "../../kit/support/words.ts"
import { onTerminal, shownBy } from "./support/terminal.ts"

const NAMES = [
  "plain",
  "wide 🦙🦙🦙🦙🦙🦙🦙🦙🦙🦙🦙🦙 日本語日本語日本語",
  "x".repeat(150),
  "line\nbreak\rand \u001b[31mred\u001b[2J\u0007",
  "é".repeat(60),
]

const definition = `const NAMES = ${JSON.stringify(NAMES)}
export const wait = Stage.make("wait", {
  params: Schema.Struct({ n: Schema.Int }), inputs: {}, outputs: { value: Value },
  run: ({ params, progress }) => Effect.gen(function* () {
    for (let step = 1; step <= 4; step++) {
      progress(step, 4, "steps")
      yield* Effect.sleep(130)
    }
    return { value: { value: "" + params.n } }
  }),
})`
const call =
  "Object.fromEntries(grid({ name: NAMES }, ({ name }) => [name, wait({}, { n: NAMES.indexOf(name) }).value] as const))"

it.each([
  { columns: 120, rows: 30 },
  { columns: 24, rows: 8 },
  { columns: 10, rows: 3 },
])("$columns columns, $rows rows", async (size) => {
  const project = makeProject(oneStage(definition, call))
  const { code, stdout } = await onTerminal(project, ["run", "--jobs", "3"], size).ended
  expect(code, stdout).toBe(0)
  expect(stdout, "progress was drawn").toMatch(/\[\?7l.* \d\/5 do/su)
  if (size.rows > 4) expect(stdout).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] wait\//u)
  if (size.columns > 20) expect(stdout, "however long the name").toMatch(/wait\/na\S*… {2}\d\/4 steps/)
  const lines = await shownBy(stdout, size)
  const all = lines.join("\n")
  expect(all, "nothing of the block is left").not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/u)
  expect(lines.filter((line) => line.startsWith("✓ wait/name="))).toHaveLength(NAMES.length)
  expect(lines.filter((line) => line.includes("5 computed, 0 cached of 5 nodes"))).toHaveLength(1)
  for (const control of ["\u001b[31m", "\u001b[2J", "\u0007"]) {
    expect(stdout, "names don't steer the terminal").not.toContain(control)
  }
})

it("a terminal that does not know its size gets progress too", async () => {
  const project = makeProject(oneStage(definition, call))
  const { code, stdout } = await onTerminal(project, ["run", "--jobs", "1"], { columns: 0, rows: 0 }).ended
  expect(code, stdout).toBe(0)
  expect(stdout).toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] wait\/name=plain/u)
  const lines = await shownBy(stdout, { columns: 80, rows: 24 })
  expect(lines.join("\n")).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/u)
})
