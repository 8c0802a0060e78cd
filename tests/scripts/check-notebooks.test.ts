/** scripts/check-notebooks.ts, under Node and under Deno: type errors in cells are found and named by cell and line. */
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { joinCells } from "../../scripts/lib/notebook-code.ts"
import { cache, root } from "../../scripts/lib/paths.ts"
import { runIn, temporaryFolder } from "./checkout.ts"

const script = join(root, "scripts", "check-notebooks.ts")
const runtimes: [string, string[]][] = [
  ["Node", [join(root, "node_modules", ".bin", "node")]],
  ["Deno", [join(root, "node_modules", ".bin", "deno"), "run", "--quiet", "--allow-all"]],
]

const notebook = (name: string, sources: readonly string[]): string => {
  const path = join(temporaryFolder(), name)
  const cells = sources.map((source) => ({ cell_type: "code", source: source.split(/(?<=\n)/) }))
  writeFileSync(path, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }))
  return path
}

it.each(runtimes)("passes a sound notebook under %s", (_, runtime) => {
  const sound = notebook("sound.ipynb", [
    "import { say } from '../scripts/lib/progress.ts'",
    "await Promise.resolve(say('x'))",
  ])
  expect(runIn(root, [...runtime, script, sound], { NO_COLOR: "1" })).toMatchObject({ code: 0, stdout: "" })
})

it.each(runtimes)("names cell and line of a type error under %s", (_, runtime) => {
  const wrong = notebook("wrong.ipynb", ["const a = 1", "// two\nconst b: string = a"])
  const { code, stderr } = runIn(root, [...runtime, script, wrong], { NO_COLOR: "1" })
  expect(code).toBe(1)
  expect(stderr).toMatch(/wrong\.ipynb, cell 2, line 2, column 7/)
  expect(stderr).not.toMatch(/notebook-check|backtrace/i)
})

it("leaves nothing behind", () => {
  const left = readdirSync(join(cache, "notebook-check"))
  runIn(root, [...(runtimes[0]?.[1] ?? []), script, notebook("n.ipynb", ["1"])])
  expect(readdirSync(join(cache, "notebook-check"))).toEqual(left)
})

it("says which notebook is missing or broken", () => {
  const [node = ""] = runtimes[0]?.[1] ?? []
  expect(runIn(root, [node, script, "none.ipynb"]).stderr).toBe("check-notebooks: there is no notebook none.ipynb\n")
  const broken = join(temporaryFolder(), "broken.ipynb")
  writeFileSync(broken, "{")
  expect(runIn(root, [node, script, broken]).stderr).toMatch(/^check-notebooks: .*broken\.ipynb is not a notebook/)
})

it("numbers cells as the runner does: markdown and empty ones are left out", () => {
  const code = joinCells([
    { cell_type: "markdown", source: "# a" },
    { cell_type: "code", source: ["const a = 1\n", "a"] },
    { cell_type: "code", source: "  \n" },
    { cell_type: "code", source: "a + 1" },
  ])
  expect(code.text).toBe("const a = 1\na\na + 1\nexport {}\n")
  expect([1, 2, 3].map(code.placeOf)).toEqual([
    { cell: 1, line: 1 },
    { cell: 1, line: 2 },
    { cell: 2, line: 1 },
  ])
})
