/** `repro run --events`: what happens in a run as JSON lines, for programs. */
import * as fs from "node:fs"
import * as Schema from "effect/Schema"
import { expect, it } from "vitest"
import { EventLine } from "../../../kit/run/event-lines.ts"
import { makeProject, until } from "../support/project.ts"
import { slowProject } from "../support/slow.ts"
import { oneStage, wordsProject } from "../support/words.ts"

/** Lines decoded by the schema, which refuses what it does not name. */
const decode = (text: string): ReadonlyArray<EventLine> =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => Schema.decodeUnknownSync(EventLine, { onExcessProperty: "error" })(JSON.parse(line)))

const kinds = (events: ReadonlyArray<EventLine>): ReadonlyArray<string> => events.map(({ event }) => event)

it("tells a run from its beginning to its end, in order of time", () => {
  const { repro, read } = wordsProject()
  const result = repro(["run", "--events", "events.jsonl", "--jobs", "1"])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  const events = decode(read("events.jsonl"))
  expect(events[0]).toMatchObject({ event: "begin", format: 1, pipeline: "words", profile: "small" })
  expect(events[1]).toMatchObject({ event: "plan", nodes: 6, cached: 0 })
  expect(events.at(-1)).toMatchObject({ event: "end", outcome: "done" })
  const of = (node: string) => kinds(events.filter((event) => "node" in event && event.node === node))
  expect(of("measure/words=2")).toEqual(["start", "done"])
  const times = events.map(({ time }) => time)
  expect(times).toEqual([...times].sort())
  expect(result.stdout).toContain("measure/words=1")
})

it("to stdout when asked, and nothing else there", () => {
  const { repro } = wordsProject()
  repro(["run"])
  const events = decode(repro(["run", "--events", "-"]).stdout)
  expect(kinds(events)).toEqual(["begin", "plan", "end"])
  expect(events[1]).toMatchObject({ nodes: 6, cached: 6 })
})

it("tells retries, failures, what is not run for them, and results that were there", () => {
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({ fails: Schema.Boolean }), inputs: {}, outputs: { value: Value }, retries: 1,
    run: ({ params }) => params.fails
      ? Effect.fail(new StageError({ message: "busy", where: "", remedy: "", retryable: true }))
      : Effect.succeed({ value: { value: "same" } }),
  })
  export const pass = Stage.make("pass", {
    params: Schema.Struct({}), inputs: { value: Value }, outputs: { value: Value },
    run: ({ inputs }) => Effect.map(inputs.value.read, (value) => ({ value })),
  })`
  const call = `Object.fromEntries(grid({ fails: [true, false] }, ({ fails }) => [fails, pass({ value: give({}, { fails }).value }, {}).value] as const))`
  const { repro, read } = makeProject(oneStage(definition, call))
  expect(repro(["run", "--keep-going", "--events", "events.jsonl"]).code).toBe(1)
  const events = decode(read("events.jsonl"))
  expect(events).toContainEqual(
    expect.objectContaining({ event: "retry", node: "give/fails=true", attempt: 1, message: "busy" }),
  )
  expect(events).toContainEqual(expect.objectContaining({ event: "failed", node: "give/fails=true", message: "busy" }))
  expect(events).toContainEqual(
    expect.objectContaining({ event: "skipped", node: "pass/fails=true", because: "give/fails=true" }),
  )
  expect(events.at(-1)).toMatchObject({ event: "end", outcome: "failed" })
})

it("each line is there as soon as it happened, and a stopped run says so at its end", async () => {
  const { start, write, exists, read, lines, root } = slowProject()
  write("hold", "")
  const { child, ended } = start(["run", "--jobs", "1", "--events", "events.jsonl"])
  await until(() => lines("calls.txt").length === 1, "a stage began")
  const soFar = exists("events.jsonl") ? kinds(decode(read("events.jsonl"))) : []
  expect(soFar.filter((kind) => kind !== "left")).toEqual(["begin", "plan", "start"])
  child.kill("SIGINT")
  expect((await ended).code).toBe(130)
  expect(decode(read("events.jsonl")).at(-1)).toMatchObject({ event: "end", outcome: "stopped" })
  fs.rmSync(`${root}/hold`)
})

it("a reader that goes away does not stop the run", async () => {
  const project = wordsProject()
  const { child, ended } = project.start(["run", "--events", "-"])
  child.stdout?.destroy()
  const { code, stderr } = await ended
  expect(code, stderr).toBe(0)
  expect(stderr).toContain("6 computed")
})

it("says what is wrong with a place that can't be written", () => {
  const { code, stderr } = wordsProject().repro(["run", "--events", "nowhere/events.jsonl"])
  expect(code).toBe(1)
  expect(stderr).toMatch(/The events can't be written there: .*nowhere\/events\.jsonl.*\n {2}do: Give a file/)
})
