/**
 * A Python environment made from a lock file with hashes. A stamp inside it holds the digest of the lock and the
 * interpreter; it is taken away first and written last, so an installation that was interrupted is seen and repaired.
 */
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import process from "node:process"
import { $ } from "zx"
import { explainInstallFailure, type Installation } from "./install-failure.ts"
import { cache, pythonOf, root, shown } from "./paths.ts"
import { Complaint, elapsed, say } from "./progress.ts"

/** One environment: its folder under `.cache/`, its lock and how a person calls it. */
export interface Environment {
  readonly name: string
  /** For people: "the worker's packages". */
  readonly what: string
  /** Absolute path of the lock file. */
  readonly lock: string
}

const stampOf = (environment: Environment): string => join(cache, environment.name, ".installed")

/** What the stamp holds when the environment is as the lock says. */
const wanted = async (environment: Environment, python: string): Promise<string> =>
  `${createHash("sha256")
    .update(await readFile(environment.lock))
    .digest("hex")} ${python}\n`

const stamped = (environment: Environment): Promise<string> => readFile(stampOf(environment), "utf8").catch(() => "")

/**
 * Installs the environment unless its stamp says that it is there already.
 *
 * @param python the interpreter to make it with, an absolute path
 * @param install fills the environment; `fresh` says that the folder must be made anew
 */
export const ensure = async (
  environment: Environment,
  python: string,
  install: (fresh: boolean) => Promise<void>,
): Promise<void> => {
  const digest = await wanted(environment, python)
  const found = await stamped(environment)
  if (found === digest && existsSync(pythonOf(environment.name))) return
  const began = elapsed()
  say(`${environment.what} from ${shown(environment.lock)} …`)
  const sameInterpreter = found.endsWith(` ${python}\n`) && existsSync(pythonOf(environment.name))
  await rm(stampOf(environment), { force: true })
  await saying(environment.what, install(!sameInterpreter))
  await writeFile(stampOf(environment), digest)
  say(`${environment.what} installed in ${(elapsed() - began).toFixed(1)} s`)
}

/** Seconds between two signs of life while an installer is silent. */
const signOfLife = 15

/** Says now and then that an installation still goes on. */
const saying = async (what: string, installation: Promise<void>): Promise<void> => {
  const timer = setInterval(() => say(`${what}: still downloading and unpacking …`), signOfLife * 1000)
  await installation.finally(() => clearInterval(timer))
}

/** Runs an installer's command in the root; what it printed becomes a sentence when it fails. */
const attempt = async (installation: Installation, command: readonly string[]): Promise<void> => {
  const result = await $({ cwd: root, env: installerEnvironment(), quiet: true, nothrow: true })`${command}`
  if (result.exitCode !== 0) throw new Complaint(explainInstallFailure(installation, result.stdout + result.stderr))
}

/** The caller's environment, with uv kept inside the project and from downloading an interpreter. */
const installerEnvironment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  UV_CACHE_DIR: join(cache, "uv"),
  UV_PYTHON_DOWNLOADS: "never",
  UV_NO_CONFIG: "1",
  UV_NO_PROGRESS: "1",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  VIRTUAL_ENV: "",
})

const installationOf = (environment: Environment): Installation => ({
  what: environment.what,
  lock: shown(environment.lock),
})

/** Puts uv itself, with its hash checked by pip, into an environment of its own. */
export const installUv = async (environment: Environment, python: string): Promise<void> => {
  const installation = installationOf(environment)
  const folder = join(cache, environment.name)
  await attempt(installation, [python, "-m", "venv", "--clear", folder])
  const options = ["--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
  await attempt(installation, [pythonOf(environment.name), "-m", "pip", "install", ...options, "-r", environment.lock])
}

/** Makes an environment hold exactly what its lock names, with uv. */
export const syncWithUv = async (environment: Environment, python: string, fresh: boolean): Promise<void> => {
  const installation = installationOf(environment)
  const uv = join(cache, "uv-tool", "bin", "uv")
  if (fresh)
    await attempt(installation, [uv, "venv", "--quiet", "--clear", "--python", python, join(cache, environment.name)])
  const target = ["--python", pythonOf(environment.name)]
  await attempt(installation, [uv, "pip", "sync", "--quiet", "--require-hashes", ...target, environment.lock])
}
