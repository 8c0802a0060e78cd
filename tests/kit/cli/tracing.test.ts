/** Spans of a run, as a collector gets them. */
import { expect, it } from "vitest"
import { attribute, type Span, startCollector } from "../support/collector.ts"
import { makeProject } from "../support/project.ts"
import { oneStage, wordsProject } from "../support/words.ts"

const named = (spans: ReadonlyArray<Span>, name: string): ReadonlyArray<Span> =>
  spans.filter((span) => span.name === name)

it("a run, each stage that runs and each attempt is a span inside the one above it", async () => {
  const { address, spans } = await startCollector()
  const project = wordsProject()
  const { code, stderr } = await project.start(["run"], { OTEL_EXPORTER_OTLP_ENDPOINT: address }).ended
  expect(code, stderr).toBe(0)
  const [run] = named(spans(), "run")
  expect(attribute(run as Span, "repro.pipeline")).toBe("words")
  const stages = spans().filter(({ name }) => name.startsWith("stage "))
  expect(stages.map((span) => attribute(span, "repro.node")).sort()).toEqual(
    ["measure", "shout", "write"].flatMap((stage) => [`${stage}/words=1`, `${stage}/words=2`]),
  )
  expect(new Set(stages.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([run?.spanId]))
  expect(new Set(spans().map(({ traceId }) => traceId)).size).toBe(1)
  const attempts = named(spans(), "attempt")
  expect(attempts.map(({ parentSpanId }) => parentSpanId).sort()).toEqual(stages.map(({ spanId }) => spanId).sort())
  for (const { startTimeUnixNano, endTimeUnixNano } of stages) {
    expect(BigInt(startTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(run?.startTimeUnixNano ?? 0))
    expect(BigInt(endTimeUnixNano)).toBeLessThanOrEqual(BigInt(run?.endTimeUnixNano ?? 0))
  }
})

it("tells of failures their kind and nothing that they say, of attempts each", async () => {
  const { address, spans, text } = await startCollector()
  const definition = `export const give = Stage.make("give", {
    params: Schema.Struct({ secret: Schema.String }), inputs: {}, outputs: { value: Value }, retries: 1,
    run: ({ params }) => Effect.fail(new StageError({ message: "it said " + params.secret, where: "here", remedy: "", retryable: true })),
  })`
  const { start, root } = makeProject(oneStage(definition, '({ value: give({}, { secret: "hunter2" }).value })'))
  const { code, stderr } = await start(["run"], { OTEL_EXPORTER_OTLP_ENDPOINT: `${address}/` }).ended
  expect(code).toBe(1)
  expect(stderr).toContain("it said hunter2")
  expect(named(spans(), "attempt").map((span) => [attribute(span, "repro.attempt"), span.status])).toEqual([
    ["1", { code: 2, message: "retryable" }],
    ["2", { code: 2, message: "retryable" }],
  ])
  expect(text()).not.toContain("hunter2")
  expect(text()).not.toContain(root)
})

it("a collector that is not there costs a run nothing but a moment", async () => {
  const { code, stderr, stdout } = await wordsProject().start(["run"], {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
  }).ended
  expect(code, stderr).toBe(0)
  expect(stdout).toContain("measure/words=2")
})

it.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: "localhost" }, "OTEL_EXPORTER_OTLP_ENDPOINT is no address of a collector"],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    'Spans can\'t be sent by "grpc"',
  ],
])("refuses settings that can't work: %o", async (environment, message) => {
  const { code, stderr } = wordsProject().repro(["run"], environment)
  expect(code).toBe(1)
  expect(stderr).toContain(message)
  expect(stderr).not.toContain("    at ")
})
