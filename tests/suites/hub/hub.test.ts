/** The worker against a double of the Hugging Face hub: official benchmarks, and the test of the published checkpoint. */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { expect, it } from "vitest"

const worker = path.resolve(import.meta.dirname, "../../../worker")
const python = path.resolve(worker, "../.cache/worker-venv/bin/python")
const files = fs.readdirSync(`${worker}/suites`).filter((file) => file.startsWith("test_"))

it("has files to run", () => {
  expect(files.length).toBeGreaterThanOrEqual(2)
})

it.each(files)("worker/suites/%s passes, and skips nothing", { timeout: 900_000 }, (file) => {
  const { status, stdout, stderr } = spawnSync(python, ["-m", "pytest", "-rs", `suites/${file}`], {
    cwd: worker,
    encoding: "utf8",
  })
  expect(`${status} ${status === 0 ? "" : stdout + stderr}`).toBe("0 ")
  expect(stdout).not.toMatch(/skipped/iu)
})
