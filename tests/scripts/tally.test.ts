/** Counting test reports, as the real runners write them. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it, onTestFinished } from "vitest"
import { cache, pythonOf, root } from "../../scripts/lib/paths.ts"
import { inWords, strictly, tallyFile, tallyJunit, tallyVitest } from "../../scripts/lib/tally.ts"
import { runIn, temporaryFolder } from "./checkout.ts"

it("counts what Vitest reports, a file that cannot be loaded as one failure", () => {
  const folder = mkdtempSync(join(cache, "tally-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(
    join(folder, "a.test.ts"),
    `import { expect, it } from "vitest"
it("passes", () => {})
it("fails", () => expect(1).toBe(2))
it.skip("is skipped", () => {})
it.todo("is to come")
`,
  )
  writeFileSync(join(folder, "b.test.ts"), 'import "./none.ts"\n')
  const report = join(folder, "report.json")
  const vitest = [join(root, "node_modules/.bin/node"), join(root, "node_modules/vitest/vitest.mjs"), "run"]
  runIn(folder, [...vitest, "--root", folder, "--reporter=json", `--outputFile=${report}`])
  expect(tallyVitest(readFileSync(report, "utf8"))).toEqual({
    passed: 1,
    failed: 2,
    skipped: ["is skipped", "is to come"],
  })
})

it.runIf(existsSync(pythonOf("worker-venv")))("counts what pytest reports", () => {
  const folder = temporaryFolder()
  writeFileSync(
    join(folder, "test_a.py"),
    `import pytest
@pytest.fixture
def broken(): raise ValueError("<failure/>")
@pytest.mark.parametrize("n", [1, 2])
def test_passes(n): pass
def test_fails(): assert 1 == 2
def test_errs(broken): pass
def test_skips(): pytest.skip("needs a GPU")
`,
  )
  runIn(folder, [pythonOf("worker-venv"), "-m", "pytest", "-q", "--junitxml=r.xml", "-p", "no:cacheprovider", "."])
  const tally = tallyJunit(readFileSync(join(folder, "r.xml"), "utf8"))
  expect(tally).toEqual({ passed: 2, failed: 2, skipped: ["test_a.test_skips: needs a GPU"] })
})

it("counts nothing where there is no report", async () => {
  expect(await tallyFile("/none", tallyJunit)).toEqual({ passed: 0, failed: 0, skipped: [] })
})

it("takes a skipped test as failed in CI unless it needs a GPU", () => {
  const tally = { passed: 3, failed: 1, skipped: ["a: no network", "b: needs a GPU"] }
  expect(strictly(tally)).toEqual({ passed: 3, failed: 2, skipped: ["b: needs a GPU"] })
  expect(inWords(tally)).toBe("3 passed, 1 failed, 2 skipped")
})
