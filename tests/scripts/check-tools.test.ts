/** The checks before set-up: each tool that is missing or too old gets one sentence with its remedy. */
import { spawnSync } from "node:child_process"
import { chmodSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { makeCheckout, temporaryFolder } from "./checkout.ts"

const fakes = {
  node: "echo v20.1.0",
  oldNode: "echo v18.19.1",
  npm: "exit 0",
  python: 'case "$2" in *version_info*) echo "$0";; esac',
  oldPython: "exit 0",
}

/** A PATH with the shell's own tools and the programs given as name and shell text. */
const pathWith = (programs: Readonly<Record<string, string>>): string => {
  const folder = temporaryFolder()
  for (const tool of ["sh", "make", "dirname", "mkdir", "touch", "rm", "date", "cmp", "tail", "grep", "uname", "cp"]) {
    const found = spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim()
    symlinkSync(found, join(folder, tool))
  }
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return folder
}

const setup = (programs: Readonly<Record<string, string>>) =>
  makeCheckout({ nodePackages: false }).run(["make", "setup"], { PATH: pathWith(programs), REPRO_PYTHON: "" })

const sentences = (stderr: string): string[] => stderr.split("\n").filter((line) => line.startsWith("setup: "))

it.each([
  ["no Python", { node: fakes.node, npm: fakes.npm }, /Python 3\.11 is missing.*install it/],
  ["a Python too old", { node: fakes.node, npm: fakes.npm, python3: fakes.oldPython }, /Python 3\.11 is missing/],
  ["no Node", { npm: fakes.npm, python3: fakes.python }, /Node is missing; install Node 20 or newer/],
  [
    "a Node too old",
    { node: fakes.oldNode, npm: fakes.npm, python3: fakes.python },
    /Node 18\.19\.1 is too old; install/,
  ],
  ["a Node that gives no version", { node: "exit 1", npm: fakes.npm, python3: fakes.python }, /gives no version/],
  ["no npm", { node: fakes.node, python3: fakes.python }, /npm is missing; install it/],
])("%s: one sentence and a failure", (_, programs, sentence) => {
  const { code, stdout, stderr } = setup(programs)
  expect(code).not.toBe(0)
  expect(stdout).toBe("")
  expect(sentences(stderr)).toEqual([expect.stringMatching(sentence)])
})

it("names everything that is missing at once", () => {
  expect(sentences(setup({}).stderr)).toHaveLength(3)
})

it("says when Python lacks venv, and prefers REPRO_PYTHON", () => {
  const noVenv = 'case "$2" in *version_info*) echo "$0";; *) exit 1;; esac'
  expect(setup({ node: fakes.node, npm: fakes.npm, python3: noVenv }).stderr).toContain("python3-venv")
  const path = pathWith({ node: fakes.node, npm: fakes.npm, python3: fakes.python, mine: fakes.python })
  const { run } = makeCheckout({ nodePackages: false })
  expect(run(["sh", "scripts/check-tools.sh"], { PATH: path, REPRO_PYTHON: "mine" }).stdout).toMatch(/\/mine\n$/)
})
