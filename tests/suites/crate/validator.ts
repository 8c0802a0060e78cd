/** roc-validator in an environment of its own under `.cache/`, made from its lock when it is not there. */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"

const ROOT = path.resolve(import.meta.dirname, "../../..")
const FOLDER = `${ROOT}/.cache/crate-venv`
const LOCK = `${import.meta.dirname}/roc-validator.lock.txt`
const STAMP = `${FOLDER}/.installed`

const call = (command: string, args: ReadonlyArray<string>): void => {
  const env = { ...process.env, UV_CACHE_DIR: `${ROOT}/.cache/uv`, UV_PYTHON_DOWNLOADS: "never", VIRTUAL_ENV: "" }
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8", env })
  if (status !== 0) throw new Error(`${command} ${args[0]} ended with ${status}:\n${stderr}`)
}

/** Installs what the lock names, and puts the context of RO-Crate into the validator's cache. */
export const prepareValidator = (): void => {
  const wanted = createHash("sha256").update(fs.readFileSync(LOCK)).digest("hex")
  if (fs.existsSync(STAMP) && fs.readFileSync(STAMP, "utf8") === wanted) return
  const uv = `${ROOT}/.cache/uv-tool/bin/uv`
  const python = `${ROOT}/.cache/worker-venv/bin/python`
  call(uv, ["venv", "--quiet", "--clear", "--python", python, FOLDER])
  call(uv, ["pip", "sync", "--quiet", "--require-hashes", "--python", `${FOLDER}/bin/python`, LOCK])
  call(`${FOLDER}/bin/python`, [`${import.meta.dirname}/prime_context.py`, `${FOLDER}/http-cache`])
  fs.writeFileSync(STAMP, wanted)
}

/** What the validator found wrong. */
export interface Verdict {
  readonly passed: boolean
  readonly problems: ReadonlyArray<string>
}

interface Report {
  readonly passed: boolean
  readonly issues: ReadonlyArray<{ readonly message: string; readonly violatingEntity: string | null }>
}

/** Unpacks a zip file: the validator's JSON report fails on one. */
export const unpack = (zip: string, folder: string): string => {
  call(`${FOLDER}/bin/python`, ["-m", "zipfile", "-e", zip, folder])
  return folder
}

/** Judges a crate's folder against Provenance Run Crate at the required level, without the network. */
export const validate = (crate: string, report: string): Verdict => {
  const args = ["-y", "validate", "--no-paging", "-v", "-p", "provenance-run-crate", "-l", "required", "--offline"]
  const output = ["--cache-path", `${FOLDER}/http-cache`, "-f", "json", "-o", report]
  const { stdout, stderr } = spawnSync(`${FOLDER}/bin/rocrate-validator`, [...args, ...output, crate], {
    encoding: "utf8",
  })
  if (!fs.existsSync(report)) throw new Error(`the validator left no report:\n${stdout}\n${stderr}`)
  const { passed, issues } = JSON.parse(fs.readFileSync(report, "utf8")) as Report
  return { passed, problems: issues.map(({ message, violatingEntity }) => `${violatingEntity}: ${message}`) }
}
