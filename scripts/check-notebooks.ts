/**
 * Type-checks the code of notebooks with Deno: `node scripts/check-notebooks.ts [NOTEBOOK.ipynb…]` (default: all of
 * `notebooks/`). Each notebook's cells become one module in a shadow of the repository under `.cache/`, whose other
 * folders are links, so that relative imports mean what they mean in `notebooks/`. Errors name the cell and its line.
 */
import { existsSync } from "node:fs"
import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import process from "node:process"
import { $, glob } from "zx"
import { type NotebookCode, readNotebookCode } from "./lib/notebook-code.ts"
import { cache, root, shown } from "./lib/paths.ts"
import { Complaint, main, say } from "./lib/progress.ts"

/** Makes the shadow afresh: links to the source folders and an empty `notebooks`. */
const makeShadow = async (): Promise<string> => {
  const shadow = join(cache, "notebook-check", String(process.pid))
  await mkdir(join(shadow, "notebooks"), { recursive: true })
  for (const entry of await readdir(root, { withFileTypes: true })) {
    const source =
      entry.isDirectory() && !entry.name.startsWith(".") && !["node_modules", "notebooks"].includes(entry.name)
    if (source) await symlink(join(root, entry.name), join(shadow, entry.name))
  }
  return shadow
}

/** Deno's report with each place in the module turned into a cell and a line. */
export const nameCells = (report: string, notebook: string, code: NotebookCode): string =>
  report.replace(/file:\/\/\S*?\/notebooks\/[^\s:]+\.ts:(\d+):(\d+)/g, (_, line: string, column: string) => {
    const place = code.placeOf(Number(line))
    return `${notebook}, cell ${place.cell}, line ${place.line}, column ${column}`
  })

/** Checks one notebook; gives Deno's report, or nothing when all is well. */
const check = async (shadow: string, notebook: string): Promise<string | undefined> => {
  const code = await readNotebookCode(notebook).catch((error: unknown) => {
    throw new Complaint(
      `${notebook} is not a notebook that can be read: ${error instanceof Error ? error.message : error}`,
    )
  })
  const module = join(shadow, "notebooks", `${basename(notebook, ".ipynb")}.ts`)
  await writeFile(module, code.text)
  const env = {
    ...process.env,
    NO_COLOR: "1",
    RUST_BACKTRACE: "0",
    DENO_DIR: join(cache, "deno"),
    DENO_NO_UPDATE_CHECK: "1",
  }
  const deno = join(root, "node_modules", ".bin", "deno")
  const result = await $({ cwd: dirname(module), env, quiet: true, nothrow: true })`${deno} check --quiet ${module}`
  return result.exitCode === 0 ? undefined : nameCells(result.stderr + result.stdout, shown(notebook), code).trimEnd()
}

await main("check-notebooks", async () => {
  const named = process.argv.slice(2)
  const notebooks = named.length > 0 ? named : (await glob(join(root, "notebooks", "*.ipynb"))).sort()
  const missing = notebooks.find((notebook) => !existsSync(notebook))
  if (missing !== undefined) throw new Complaint(`there is no notebook ${missing}`)
  const shadow = await makeShadow()
  try {
    const reports: string[] = []
    for (const notebook of notebooks) {
      const report = await check(shadow, notebook)
      if (report) reports.push(report)
    }
    if (reports.length > 0)
      throw new Complaint(`${reports.length} of ${notebooks.length} have errors\n${reports.join("\n")}`)
    say(`${notebooks.length} notebooks type-checked`)
  } finally {
    await rm(shadow, { recursive: true, force: true })
  }
})
