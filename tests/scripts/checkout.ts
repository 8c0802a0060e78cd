/**
 * A checkout for tests of the doors: this project's Makefile, launcher and scripts in a temporary folder whose name has
 * spaces, with the same Node packages. What else a test needs it writes itself.
 */
import { spawnSync } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { onTestFinished } from "vitest"
import { root } from "../../scripts/lib/paths.ts"

/** What a command came to. */
export interface Result {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A temporary checkout; it is removed when the test has finished. */
export interface Checkout {
  readonly folder: string
  /** Writes a file, with its folders; gives its absolute path. */
  readonly write: (path: string, text: string, mode?: number) => string
  /** Runs a command in the checkout. Variables of a surrounding make are kept from it. */
  readonly run: (command: readonly string[], environment?: Readonly<Record<string, string>>) => Result
}

/** An empty temporary folder that is removed when the test has finished. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "repro test "))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Runs a command and waits for it, with an environment of PATH, HOME and what is given. */
export const runIn = (
  folder: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Result => {
  const { MAKEFLAGS: _, MAKELEVEL: __, MFLAGS: ___, ...inherited } = process.env
  const [program = "", ...args] = command
  const result = spawnSync(program, args, { cwd: folder, encoding: "utf8", env: { ...inherited, ...environment } })
  if (result.error) throw result.error
  return { code: result.status, stdout: result.stdout, stderr: result.stderr }
}

/** Makes a checkout; `nodePackages: false` leaves out node_modules, as on a fresh machine. */
export const makeCheckout = ({ nodePackages = true } = {}): Checkout => {
  const folder = join(temporaryFolder(), "the checkout")
  mkdirSync(folder)
  for (const entry of ["Makefile", "bin", "scripts", ".ci", "package.json", "package-lock.json", ".npmrc", "deno.json"])
    cpSync(join(root, entry), join(folder, entry), { recursive: true })
  if (nodePackages) symlinkSync(join(root, "node_modules"), join(folder, "node_modules"))
  const write = (path: string, text: string, mode = 0o644) => {
    const target = join(folder, path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, text)
    chmodSync(target, mode)
    return target
  }
  return { folder, write, run: (command, environment) => runIn(folder, command, environment) }
}

/** Leaves the stamps of a set-up that is done, so that make goes straight to the command. */
export const markSetUp = ({ write }: Checkout): void => {
  for (const name of ["uv-tool", "notebook-venv", "worker-venv"]) write(`.cache/${name}/.installed`, "done\n")
  for (const name of ["node", "python-cpu"]) write(`.cache/setup/${name}`, "")
}
