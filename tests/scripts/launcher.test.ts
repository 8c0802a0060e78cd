/** bin/repro: finds the pinned Node from anywhere and hands everything on. */
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { type Checkout, makeCheckout, runIn, temporaryFolder } from "./checkout.ts"

/** An entry that shows what the launcher gave it. */
const showing = (checkout: Checkout): Checkout => {
  checkout.write("kit/cli/words.sql", "select 1")
  checkout.write(
    "kit/cli/entry.ts",
    `import words from "./words.sql" with { type: "text" }
const seen: object = { arguments: process.argv.slice(2), node: process.version, words, folder: process.cwd() }
console.log(JSON.stringify(seen))
process.exitCode = 7
`,
  )
  return checkout
}

it("runs TypeScript under the pinned Node, imports text, and passes arguments and exit code through", () => {
  const { run } = showing(makeCheckout())
  const result = run(["bin/repro", "run", "two words", 'it\'s "$x"', ""])
  expect(result).toMatchObject({ code: 7, stderr: "" })
  expect(JSON.parse(result.stdout)).toMatchObject({
    arguments: ["run", "two words", 'it\'s "$x"', ""],
    node: expect.stringMatching(/^v2[46]\./),
    words: "select 1",
  })
})

it("resolves a chain of symbolic links and stays in the caller's folder", () => {
  const { folder } = showing(makeCheckout())
  const elsewhere = temporaryFolder()
  mkdirSync(join(elsewhere, "links"))
  symlinkSync(join(folder, "bin", "repro"), join(elsewhere, "links", "first"))
  symlinkSync("links/first", join(elsewhere, "second"))
  const result = runIn(elsewhere, ["./second", "plan"])
  expect(JSON.parse(result.stdout)).toMatchObject({ arguments: ["plan"], folder: elsewhere })
})

it("is found through PATH and by a bare name in its own folder", () => {
  const { folder } = showing(makeCheckout())
  const path = `${join(folder, "bin")}:${process.env.PATH}`
  expect(runIn(temporaryFolder(), ["sh", "-c", "repro a"], { PATH: path }).code).toBe(7)
  expect(runIn(join(folder, "bin"), ["sh", "repro", "a"]).code).toBe(7)
})

it("says what to do where nothing is installed", () => {
  const { run } = makeCheckout({ nodePackages: false })
  const result = run(["bin/repro", "plan"])
  expect(result).toMatchObject({ code: 1, stdout: "" })
  expect(result.stderr).toMatch(/nothing is installed yet .*\n.*make setup/)
})

it("says so where Node's packages are there without a Node for this machine", () => {
  const { folder, run } = makeCheckout({ nodePackages: false })
  mkdirSync(join(folder, "node_modules"))
  expect(run(["bin/repro"]).stderr).toContain("no pinned Node")
})
