/** The programs and packages that the kit runs with: Node, Python, uv, Typst, fonts, Deno. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { readPackageLocks } from "../code/lock.ts"
import { workerPython } from "../executors/local.ts"
import { sansFiles } from "../lib/fonts.ts"
import type { Project } from "../project.ts"
import { type Finding, lacking, missing, note, ok } from "./finding.ts"

const PACKAGES = path.join(import.meta.dirname, "python_packages.py")
const SETUP = "Run `make setup`."
const NODE = 24

/** The first line that a program prints, or undefined where it can't be run. */
const firstLine = (program: string, args: ReadonlyArray<string>): string | undefined => {
  try {
    const text = execFileSync(program, [...args], {
      encoding: "utf8",
      timeout: 20_000,
      stdio: ["ignore", "pipe", "ignore"],
    })
    return text.split("\n")[0]?.trim()
  } catch {
    return undefined
  }
}

export const node = (): Finding => {
  const { node: version } = process.versions
  return Number(version.split(".")[0]) >= NODE
    ? ok("Node", version)
    : missing("Node", `${version}; the kit needs ${NODE} or newer`, `${SETUP} Then start with \`bin/repro\`.`)
}

/** Whether the Node packages that are installed are those of the lock. */
export const nodePackages = ({ root }: Project): Finding => {
  try {
    const { locked, installed } = readPackageLocks(root)
    const wanted = Object.entries(locked).filter(([name, entry]) => name !== "" && entry.optional !== true)
    const wrong = wanted
      .filter(([name, { version }]) => installed[name]?.version !== version)
      .map(([name]) => shortName(name))
    if (wrong.length === 0) return ok("Node packages", `${wanted.length} as locked`)
    return missing("Node packages", `not as locked: ${list(wrong)}`, SETUP)
  } catch (error) {
    return missing("Node packages", `can't be told: ${(error as Error).message}`, SETUP)
  }
}

const shortName = (entry: string): string => entry.slice(entry.lastIndexOf("node_modules/") + "node_modules/".length)

const list = (names: ReadonlyArray<string>): string =>
  names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ")

export const systemPython = (needed: boolean): Finding => {
  for (const name of [process.env.REPRO_PYTHON ?? "python3.11", "python3.12", "python3.13", "python3"]) {
    const version = firstLine(name, ["-c", "import sys; print('.'.join(map(str, sys.version_info[:3])))"])
    if (version !== undefined && /^3\.1[123]\./u.test(version)) return ok("Python", `${version} (${name})`)
  }
  return lacking(needed, "Python", "no 3.11, 3.12 or 3.13", "Install Python 3.11, or name one in REPRO_PYTHON.")
}

export const uv = ({ cache }: Project, needed: boolean): Finding => {
  const version = firstLine(`${cache}/uv-tool/bin/uv`, ["--version"]) ?? firstLine("uv", ["--version"])
  return version === undefined ? lacking(needed, "uv", "not installed", SETUP) : ok("uv", version)
}

interface Packages {
  readonly python: string
  readonly count: number
  readonly wrong: ReadonlyArray<string>
}

/** Whether the worker's environment holds what the profile's lock says. */
export const workerPackages = (project: Project, lock: string, needed: boolean): Finding => {
  const name = `worker packages (${lock})`
  const python = workerPython(project)
  if (!fs.existsSync(python)) return lacking(needed, name, "there is no environment for the worker", SETUP)
  if (!fs.existsSync(`${project.root}/${lock}`))
    return lacking(needed, name, "there is no such lock", "Correct the profile's lock.")
  try {
    const text = execFileSync(python, ["-I", PACKAGES, `${project.root}/${lock}`], {
      encoding: "utf8",
      timeout: 60_000,
    })
    const { python: version, count, wrong } = JSON.parse(text) as Packages
    if (wrong.length === 0) return ok(name, `${count} as locked, Python ${version}`)
    const remedy = lock.includes("gpu") ? "Run `REPRO_WORKER_LOCK=gpu make setup`." : SETUP
    return lacking(needed, name, `not as locked: ${list(wrong)}`, remedy)
  } catch {
    return lacking(needed, name, `${python} can't be run`, SETUP)
  }
}

export const typst = async (): Promise<Finding> => {
  try {
    const { NodeCompiler } = await import("@myriaddreamin/typst-ts-node-compiler")
    return typeof NodeCompiler.create === "function"
      ? ok("Typst", "loads")
      : missing("Typst", "is another version", SETUP)
  } catch (error) {
    return missing("Typst", `doesn't load: ${(error as Error).message.split("\n")[0]}`, SETUP)
  }
}

export const fonts = ({ root }: Project): Finding => {
  const gone = Object.values(sansFiles(root)).filter((file) => !fs.existsSync(file))
  return gone.length === 0 ? ok("fonts", "DejaVu Sans") : missing("fonts", `absent: ${gone.join(", ")}`, SETUP)
}

export const deno = ({ root }: Project): Finding => {
  const version = firstLine(`${root}/node_modules/.bin/deno`, ["--version"])
  return version === undefined ? note("Deno", "doesn't run; notebooks need it", SETUP) : ok("Deno", version)
}
