/**
 * Runs notebooks by hand, as a stage of the kit would, and leaves the page and the executed notebook in
 * `.cache/notebooks/`: `node scripts/run-notebook.ts notebooks/NAME.ipynb…`. The pages' paths go to stdout.
 * What a notebook reads of the environment (REPRO_CATALOG) is passed on.
 */
import { existsSync } from "node:fs"
import { basename, join } from "node:path"
import process from "node:process"
import { $ } from "zx"
import { cache, pythonOf, root, shown } from "./lib/paths.ts"
import { Complaint, main, say } from "./lib/progress.ts"

/** Runs one notebook and gives the path of its page. */
const runOne = async (notebook: string): Promise<string> => {
  const out = join(cache, "notebooks", basename(notebook, ".ipynb"))
  say(`${shown(notebook)} …`)
  const outputs = ["--html", `${out}.html`, "--ipynb", `${out}.ipynb`]
  const script = join(root, "scripts", "run_notebook.py")
  const result = await $({
    stdio: ["ignore", "inherit", "inherit"],
    nothrow: true,
  })`${pythonOf("notebook-venv")} ${script} ${notebook} ${outputs}`
  if (result.exitCode !== 0) throw new Complaint(`${shown(notebook)} did not run through; the line above says why.`)
  return `${out}.html`
}

await main("run-notebook", async () => {
  const notebooks = process.argv.slice(2)
  if (notebooks.length === 0) throw new Complaint("name the notebooks to run: run-notebook.ts notebooks/NAME.ipynb")
  if (!existsSync(pythonOf("notebook-venv"))) throw new Complaint('nothing is installed yet; run "make setup" first.')
  for (const notebook of notebooks) process.stdout.write(`${await runOne(notebook)}\n`)
})
