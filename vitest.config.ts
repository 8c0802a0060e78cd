/**
 * How the TypeScript tests run: `tests/` without `tests/suites/`, type tests included. A heavier suite is a folder
 * `tests/suites/NAME`; REPRO_SUITE=NAME runs that one alone. Errors outside the type tests are the type check's to report.
 */
import { readFile } from "node:fs/promises"
import { defineConfig, type Plugin } from "vitest/config"

/** Gives `import text from "./x.sql" with { type: "text" }` the file's text, as Node and Deno do. */
const textImports: Plugin = {
  name: "text-imports",
  enforce: "pre",
  async load(id) {
    const path = id.split("?")[0] ?? id
    if (!/\.(sql|typ|bib|txt)$/.test(path)) return null
    return `export default ${JSON.stringify(await readFile(path, "utf8"))}`
  },
}

const suite = process.env.REPRO_SUITE
const folder = suite ? `tests/suites/${suite}` : "tests"

export default defineConfig({
  plugins: [textImports],
  test: {
    include: [`${folder}/**/*.test.ts`],
    exclude: suite ? [] : ["tests/suites/**"],
    typecheck: { enabled: true, checker: "tsc", ignoreSourceErrors: true, include: [`${folder}/**/*.test-d.ts`] },
    testTimeout: suite ? 600_000 : 60_000,
    hookTimeout: suite ? 600_000 : 60_000,
    maxWorkers: 2,
  },
})
