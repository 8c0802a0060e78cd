/** scripts/run_notebook.py with the real Deno kernel: no output is lost, the page is the same each time and stands alone. */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { pythonOf, root } from "../../scripts/lib/paths.ts"
import { runIn, temporaryFolder } from "./checkout.ts"

const installed = existsSync(pythonOf("notebook-venv"))
if (!installed) console.warn('run-notebook: skipped, the notebook environment is missing; run "make setup"')

/** Writes a notebook whose code cells are the given ones. */
const notebookOf = (folder: string, cells: readonly string[]): string => {
  const code = cells.map((source) => ({ cell_type: "code", execution_count: null, metadata: {}, outputs: [], source }))
  const path = join(folder, "the notebook.ipynb")
  const markdown = { cell_type: "markdown", metadata: {}, source: "# Title with $x^2$" }
  const metadata = { kernelspec: { display_name: "Deno", language: "typescript", name: "deno" } }
  writeFileSync(path, JSON.stringify({ cells: [markdown, ...code], metadata, nbformat: 4, nbformat_minor: 4 }))
  return path
}

interface Ran {
  readonly code: number | null
  readonly stderr: string
  readonly page: string | undefined
  readonly executed: string
}

/** Runs the cells from an unrelated folder. */
const run = (cells: readonly string[], ...options: readonly string[]): Ran => {
  const folder = temporaryFolder()
  const [html, ipynb] = [join(folder, "page.html"), join(folder, "executed.ipynb")]
  const script = join(root, "scripts", "run_notebook.py")
  const outputs = ["--html", html, "--ipynb", ipynb, "--state", join(folder, "state")]
  const command = [pythonOf("notebook-venv"), script, notebookOf(folder, cells), ...outputs, ...options]
  const { code, stderr } = runIn(folder, command, { REPRO_CATALOG: "/the/catalog.json", HOME: "/nowhere" })
  const read = (path: string) => (existsSync(path) ? readFileSync(path, "utf8") : undefined)
  return { code, stderr, page: read(html), executed: read(ipynb) ?? "" }
}

describe.runIf(installed)("a notebook that runs through", () => {
  const cells = [
    'import { DuckDBInstance } from "@duckdb/node-api"\nconst db = await (await DuckDBInstance.create(":memory:")).connect()',
    '(await db.runAndReadAll("select 40 + 2 as answer")).getRowObjectsJson()',
    'console.log("said on stdout", Deno.env.get("REPRO_CATALOG"))',
    'await Deno.jupyter.display({ "image/svg+xml": "<svg xmlns=\'http://www.w3.org/2000/svg\'><title>drawn</title></svg>", "text/plain": "a drawing" }, { raw: true })',
  ]

  it("shows every output, with packages and environment at hand, and gives the same page again", () => {
    const first = run(cells)
    expect(first).toMatchObject({ code: 0, stderr: "" })
    for (const shown of [
      "answer: ",
      "42",
      "said on stdout /the/catalog.json",
      'alt="a drawing" src="data:image/svg+xml;base64,',
    ])
      expect(first.page).toContain(shown)
    expect(run(cells).page).toBe(first.page)
  })

  it("loads nothing from the network", () => {
    const { page } = run(["1"])
    expect(page).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=["']?(https?:)?\/\//i)
    expect(page).not.toMatch(/mathjax\.js|require\.min|cdnjs|unpkg|jsdelivr/i)
    expect(page).toContain("default-src 'none'")
  })

  it("loses no output of thirty cells that print late", () => {
    const many = Array.from({ length: 30 }, (_, n) => `console.log("line ${n}."); await Promise.resolve(${n} * 1000)`)
    const { code, executed } = run(many)
    expect(code).toBe(0)
    for (let n = 0; n < many.length; n++) {
      expect(executed).toContain(`line ${n}.\\n`)
      if (n > 0) expect(executed).toContain(`"${n * 1000}"`)
    }
  })

  it("keeps the kernel's home inside the state folder", () => {
    const { executed } = run(['Deno.env.get("HOME") + " " + Deno.env.get("DENO_DIR")'])
    expect(executed).toMatch(/state\/home .*state\/deno/)
  })
})

describe.runIf(installed)("a notebook that fails", () => {
  it("names the cell, its first line and the error, and writes no page", () => {
    const failed = run(["const fine = 1", "\nconst limit = 3\nthrow new RangeError('beyond ' + limit)", "fine"])
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain("cell 2 (`const limit = 3`) failed: RangeError: beyond 3")
    expect(failed.page).toBeUndefined()
    expect(failed.executed).toContain("RangeError")
  })

  it("says so when a cell takes too long", () => {
    const slow = run(["await new Promise((done) => setTimeout(done, 60_000))"], "--timeout", "2")
    expect(slow).toMatchObject({ code: 1, page: undefined })
    expect(slow.stderr).toContain(
      "cell 1 (`await new Promise((done) => setTimeout(done, 60_000))`) failed: it ran longer than 2 s",
    )
  })

  it("says so when the kernel dies", () => {
    expect(run(["Deno.exit(3)"]).stderr).toContain("the Deno kernel died")
  })

  it.each([
    ["a script", '<script src="https://example.org/a.js"></script>'],
    ["a style sheet", '<style>@import url("//example.org/a.css");</style>'],
    ["an image", "<img src='http://example.org/a.png'>"],
  ])("refuses %s from the network", (_, html) => {
    const { code, stderr, page } = run([`Deno.jupyter.html\`${html}\``])
    expect({ code, page }).toEqual({ code: 1, page: undefined })
    expect(stderr).toMatch(/would load .*example\.org/)
  })

  it("tells a broken file from a failing cell", () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "broken.ipynb"), "{")
    const script = join(root, "scripts", "run_notebook.py")
    const result = runIn(folder, [
      pythonOf("notebook-venv"),
      script,
      "broken.ipynb",
      "--html",
      "x.html",
      "--state",
      "state",
    ])
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(/^run_notebook: .*broken\.ipynb is not a notebook/)
  })
})
