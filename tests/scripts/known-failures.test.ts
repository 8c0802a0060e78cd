/** Public reports of what broke for users of the peers: each has a test here that names it, so that the kind stays impossible. */
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import { filesUnder } from "../kit/support/project.ts"

const TESTS = path.resolve(import.meta.dirname, "..")

const REPORTS = {
  "rerun without a reason": ["snakemake#1694", "snakemake#2212", "nextflow#828", "zenml#3880"],
  "reused though something changed": [
    ...["redun#99", "redun#23", "zenml#1011", "calkit#587", "tango#413", "snakemake#3095"],
    "lm-evaluation-harness#4063",
  ],
  "state and locks": ["targets#368", "targets#1579", "dvc#5795", "nextflow#309", "nextflow#1448", "seen with DVC"],
  store: [
    ...["dvc#9641", "dvc#1448", "dvc#10525", "snakemake#275", "snakemake#1771", "snakemake#2981"],
    ...["nextflow#1392", "dvc#2524", "dvc#7915", "a million small files"],
  ],
  secrets: ["nextflow#5183", "nextflow#1075"],
} as const

const texts = filesUnder(TESTS)
  .filter((name) => name.endsWith(".test.ts") && !name.endsWith("known-failures.test.ts"))
  .map((name) => fs.readFileSync(`${TESTS}/${name}`, "utf8"))

describe.each(Object.entries(REPORTS))("%s", (_, reports) => {
  it.each(reports)("%s is named by a test", (report) => {
    expect(texts.filter((text) => text.includes(report)).length).toBeGreaterThan(0)
  })
})
