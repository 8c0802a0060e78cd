/**
 * Counts of passed, failed and skipped tests, read from the reports that the test runners leave: Vitest's JSON and
 * pytest's JUnit XML.
 */
import { readFile } from "node:fs/promises"

/** What a test run came to. `skipped` holds the names, with the reason where the report gives one. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: readonly string[]
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: [] }

/** The sum of two tallies. */
export const add = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: [...a.skipped, ...b.skipped],
})

/** One line for a person: "12 passed, 0 failed", and ", 1 skipped" only where something was. */
export const inWords = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}`

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** Counts a Vitest JSON report; a file that could not even be loaded counts as one failure. */
export const tallyVitest = (json: string): Tally => {
  const files = (JSON.parse(json) as VitestReport).testResults
  const tests = files.flatMap((file) => file.assertionResults)
  const failedTests = tests.filter((test) => test.status === "failed").length
  const brokenFiles = files.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length
  return {
    passed: tests.filter((test) => test.status === "passed").length,
    failed: failedTests + brokenFiles,
    skipped: tests.filter((test) => !["passed", "failed"].includes(test.status)).map((test) => test.fullName),
  }
}

/** Counts pytest's JUnit XML: a test case with a `failure` or an `error` failed, one with `skipped` was skipped. */
export const tallyJunit = (xml: string): Tally => {
  const cases = [...xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, attributes, body]) => ({
      name: [attribute(attributes, "classname"), attribute(attributes, "name")].filter(Boolean).join("."),
      body: body ?? "",
    }),
  )
  const failed = cases.filter(({ body }) => /<(failure|error)\b/.test(body))
  const skipped = cases.filter(({ body }) => !/<(failure|error)\b/.test(body) && /<skipped\b/.test(body))
  return {
    passed: cases.length - failed.length - skipped.length,
    failed: failed.length,
    skipped: skipped.map(({ name, body }) => `${name}: ${attribute(body, "message")}`),
  }
}

const attribute = (text: string | undefined, name: string): string =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(text ?? "")?.[1] ?? ""

/** Reads a report and counts it; a report that isn't there counts nothing. */
export const tallyFile = async (path: string, count: (text: string) => Tally): Promise<Tally> => {
  const text = await readFile(path, "utf8").catch(() => undefined)
  return text === undefined ? nothing : count(text)
}

/**
 * The tally as CI judges it: a test that was skipped there proves nothing, so it counts as failed. Only what names a
 * GPU may be skipped, since CI machines have none.
 */
export const strictly = (tally: Tally): Tally => {
  const allowed = tally.skipped.filter((name) => /\bGPU\b/i.test(name))
  return { ...tally, failed: tally.failed + tally.skipped.length - allowed.length, skipped: allowed }
}
