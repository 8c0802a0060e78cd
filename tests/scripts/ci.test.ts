/** scripts/ci.ts: sums what the targets' reports say, and fails where anything failed, was skipped or nothing ran. */
import { join } from "node:path"
import { expect, it } from "vitest"
import { root } from "../../scripts/lib/paths.ts"
import { makeCheckout, type Result } from "./checkout.ts"

const node = join(root, "node_modules", ".bin", "node")

const vitestReport = (...statuses: readonly string[]): string =>
  JSON.stringify({
    testResults: [
      {
        name: "a.test.ts",
        status: statuses.includes("failed") ? "failed" : "passed",
        assertionResults: statuses.map((status, n) => ({ fullName: `test ${n}`, status })),
      },
    ],
  })

const pytestReport =
  '<testsuites><testsuite><testcase classname="t" name="a" /><testcase name="b"></testcase></testsuite></testsuites>'

interface Setting {
  readonly vitest?: string
  readonly pytest?: string
  readonly suite?: string
  /** Commands of the targets `test` and `reproduce`, besides leaving the reports. */
  readonly test?: string
  readonly reproduce?: string
  readonly started?: number
}

/** Runs CI in a checkout whose Makefile leaves the given reports. */
const ci = ({ vitest, pytest, suite, test = "true", reproduce = "true", started }: Setting): Result => {
  const { run, write } = makeCheckout()
  const leave = (name: string, text: string | undefined): string =>
    text === undefined ? "true" : `cp ${JSON.stringify(write(`saved/${name}`, text))} .cache/reports/`
  const commands = ["mkdir -p .cache/reports", leave("vitest.json", vitest), leave("pytest.xml", pytest), test]
  const suites = suite === undefined ? "" : `test-faults:\n\t${leave("suite-faults.json", suite)}\n`
  if (suite !== undefined) write("tests/suites/faults/a.test.ts", "")
  write("Makefile", `test:\n\t${commands.join("\n\t")}\n${suites}reproduce:\n\t${reproduce}\n`)
  return run([node, "scripts/ci.ts"], { CI_STARTED: String(started ?? Date.now() / 1000) })
}

const lastLine = ({ stdout }: Result): string | undefined => stdout.trimEnd().split("\n").at(-1)

it("sums Vitest, pytest, suites and the smoke run, and says nothing else on stdout", () => {
  const result = ci({ vitest: vitestReport("passed", "passed"), pytest: pytestReport, suite: vitestReport("passed") })
  expect(result).toMatchObject({ code: 0, stdout: "6 passed, 0 failed\n" })
})

it.each<[string, Setting, string]>([
  ["a failed test", { vitest: vitestReport("passed", "failed"), test: "exit 1" }, "2 passed, 1 failed"],
  [
    "a failed type check with all tests passing",
    { vitest: vitestReport("passed"), test: "exit 1" },
    "2 passed, 1 failed",
  ],
  ["a skipped test", { vitest: vitestReport("passed", "skipped") }, "2 passed, 1 failed"],
  ["a smoke run that fails", { vitest: vitestReport("passed"), reproduce: "exit 3" }, "1 passed, 1 failed"],
  ["no test at all", { test: "exit 1", reproduce: "exit 1" }, "0 passed, 2 failed"],
  ["no report although the command succeeded", {}, "1 passed, 1 failed"],
])("fails with %s", (_, setting, line) => {
  const result = ci(setting)
  expect(result.code).toBe(1)
  expect(lastLine(result)).toBe(line)
})

it("ends in time, with its last line, when a step hangs", () => {
  const began = Date.now()
  const result = ci({ test: "sleep 300", started: Date.now() / 1000 - (80 * 60 - 33) })
  expect(Date.now() - began).toBeLessThan(20_000)
  expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("the time for CI was used up") })
  expect(lastLine(result)).toMatch(/^\d+ passed, [1-9]\d* failed$/)
})

it("ends with a failure where set-up itself fails", () => {
  const { run, write } = makeCheckout()
  write("Makefile", "setup:\n\texit 1\n")
  const result = run(["bash", ".ci/run"])
  expect(result).toMatchObject({ code: 1, stdout: "0 passed, 1 failed\n" })
  expect(result.stderr).toContain('"make setup" failed')
})
