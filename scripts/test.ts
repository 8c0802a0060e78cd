/**
 * Runs the project's checks and sums them up: `node scripts/test.ts` for those of `make test`, or with names for the
 * suites of `tests/suites/`. Each check's output goes to stderr, the summary to stdout; exits 1 when one failed.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import process from "node:process"
import { type Outcome, quickChecks, runCheck, suiteCheck } from "./lib/checks.ts"
import { root } from "./lib/paths.ts"
import { Complaint, main, say } from "./lib/progress.ts"
import { inWords } from "./lib/tally.ts"

/** One line of the summary. */
const summaryOf = ({ check, ok, tally, seconds }: Outcome): string => {
  const counted = check.report ? inWords(tally) : ok ? "no problem" : "problems, shown above"
  return `${ok ? "ok    " : "FAILED"}  ${check.name.padEnd(16)} ${counted}  (${seconds.toFixed(1)} s)`
}

await main("test", async () => {
  const suites = process.argv.slice(2)
  const unknown = suites.find((suite) => !existsSync(join(root, "tests", "suites", suite)))
  if (unknown !== undefined) throw new Complaint(`there is no suite tests/suites/${unknown}`)
  const outcomes: Outcome[] = []
  for (const check of suites.length > 0 ? suites.map(suiteCheck) : quickChecks()) {
    say(`${check.name} …`)
    outcomes.push(await runCheck(check))
  }
  process.stdout.write(`\n${outcomes.map(summaryOf).join("\n")}\n`)
  if (outcomes.some((outcome) => !outcome.ok)) process.exitCode = 1
})
