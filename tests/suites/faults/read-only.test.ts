/** A store, or a whole project, that can't be written to: all that reads works, and what must write says what it can't. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { expect, it } from "vitest"
import type { TestProject } from "../../kit/support/project.ts"
import { millProject, NODES, PYTHON } from "./support/mill.ts"
import { mountless, readOnly } from "./support/mounts.ts"
import { expectToldPlainly, resultsOf } from "./support/results.ts"

const NOTEBOOK = `import { notebookCatalog } from "./kit/catalog/notebook.ts"
const catalog = await notebookCatalog()
const [row] = await catalog.rows("SELECT count(*) AS n FROM rows")
process.stdout.write(String(row.n))
catalog.close()
`

/** What a notebook's SQL gives. */
const askAsNotebook = ({ root }: TestProject): string =>
  execFileSync(process.execPath, ["--experimental-import-text", "--disable-warning=ExperimentalWarning", "ask.ts"], {
    cwd: root,
    encoding: "utf8",
  })

const finished = (): TestProject => {
  const project = millProject()
  project.write("ask.ts", NOTEBOOK)
  expect(project.repro(["run"], PYTHON)).toMatchObject({ code: 0 })
  return project
}

it.skipIf(mountless).each(["artifacts", "."])(
  "reads work on a read-only %s, and a run with nothing to do",
  (folder) => {
    const project = finished()
    const { root, repro } = project
    const before = resultsOf(`${root}/artifacts`)
    readOnly(`${root}/${folder}`)
    expect(() => fs.writeFileSync(`${root}/artifacts/here`, "")).toThrow(/EROFS/)
    const told: ReadonlyArray<readonly [args: ReadonlyArray<string>, what: string]> = [
      [["ls"], "cached"],
      [["show", "grind/n=2"], "up to date"],
      [["explain", "bake"], "bake is up to date"],
      [["plan"], `Nothing to do: all ${NODES} nodes`],
      [["query", "--format", "csv", "SELECT count(*) AS n FROM rows"], "n\n16\n"],
      [["trace", "bake"], "pour"],
      [["run"], `Nothing to do: all ${NODES} nodes`],
    ]
    for (const [args, what] of told) {
      const result = repro(args, PYTHON)
      expect(result, `${args}\n${result.stderr}`).toMatchObject({ code: 0 })
      expect(result.stdout + result.stderr).toContain(what)
    }
    expect(askAsNotebook(project)).toBe("16")
    expect(resultsOf(`${root}/artifacts`)).toEqual(before)
  },
)

it.skipIf(mountless).each(["artifacts", "."])(
  "a run that must write into a read-only %s says so and ends with 1",
  (folder) => {
    const { root, repro, edit } = finished()
    edit("stages/mill.ts", '"corn "', '"rye "')
    const store = resultsOf(`${root}/artifacts`)
    const { release } = readOnly(`${root}/${folder}`)
    expect(repro(["plan"])).toMatchObject({ code: 0 })
    for (const command of [["run"], ["stage", "pour/n=1"], ["run", "--force", "bake"]]) {
      const result = repro(command, PYTHON)
      expect(result.code, `${command}`).toBe(1)
      expectToldPlainly(result.stderr)
      expect(result.stderr).toMatch(/can't be written to/)
      expect(result.stderr).toContain("do: Give write permission")
    }
    expect(resultsOf(`${root}/artifacts`)).toEqual(store)
    release()
    expect(repro(["run"], PYTHON)).toMatchObject({ code: 0 })
  },
)

it.skipIf(mountless)("names that are lost on a read-only store are told; the results can still be looked at", () => {
  const { root, repro } = finished()
  fs.rmSync(`${root}/artifacts/heads`, { recursive: true })
  const { release } = readOnly(`${root}/artifacts`)
  const result = repro(["run"], PYTHON)
  expect(result.code).toBe(1)
  expect(result.stderr).toContain("Nothing to do")
  expectToldPlainly(result.stderr)
  expect(result.stderr).toMatch(/names \(heads and view\) can't be brought up to date: .*can't be written to/)
  expect(repro(["ls"])).toMatchObject({ code: 0, stdout: expect.stringContaining("cached") })
  release()
  expect(repro(["run"], PYTHON)).toMatchObject({ code: 0 })
})
