/** In which order a run starts what could start, as its events tell. */
import { expect, it } from "vitest"
import { makeProject, type TestProject } from "../support/project.ts"
import { oneStage } from "../support/words.ts"

const definition = `const Nap = { params: Schema.Struct({ ms: Schema.Int }), outputs: { value: Value } } as const
const sleep = (ms: number) => Effect.as(Effect.sleep(ms), { value: { value: "" } })
export const nap = Stage.make("nap", { ...Nap, inputs: {}, run: ({ params }) => sleep(params.ms) })
export const begin = Stage.make("begin", { ...Nap, inputs: {}, run: ({ params }) => sleep(params.ms) })
export const end = Stage.make("end", { ...Nap, inputs: { before: Value }, run: ({ params }) => sleep(params.ms) })`

const call = `({
  ...Object.fromEntries(grid({ n: [1, 2] }, ({ n }) => [n, nap({}, { ms: 1000 + 200 * n }).value] as const)),
  end: end({ before: begin({}, { ms: 1 }).value }, { ms: 2 }).value,
})`

const starts = ({ repro, read }: TestProject): ReadonlyArray<string> => {
  expect(repro(["run", "--force", "--jobs", "1", "--events", "events.jsonl"]).code).toBe(0)
  const events = read("events.jsonl")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
  return events.filter(({ event }) => event === "start").map(({ node }) => node)
}

it("what has the longest way to the end starts first: by steps when nothing ran yet, then by past timings", () => {
  const project = makeProject(oneStage(definition, call))
  expect(starts(project)).toEqual(["begin", "nap/n=1", "nap/n=2", "end"])
  expect(starts(project)).toEqual(["nap/n=2", "nap/n=1", "begin", "end"])
})
