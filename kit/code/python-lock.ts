/**
 * The digest of a Python lock: a requirements file in which every package is pinned, as `uv pip compile
 * --generate-hashes` writes it. Names, versions, markers and hashes count; comments, order, layout and the address of
 * an index don't, for a package with the right hash is the same wherever it comes from.
 */
import { hash } from "node:crypto"
import { readFileSync } from "node:fs"
import { LockProblem } from "./errors.ts"

/** What a Python lock pins. */
export type PythonLock = {
  /** SHA-256 in hexadecimal over names, versions, markers and hashes. */
  readonly digest: string
  /** Version of each package by its normalised name; several versions under different markers are joined by ` | `. */
  readonly packages: Readonly<Record<string, string>>
}

type Pin = { readonly name: string; readonly version: string; readonly text: string }

/** A package's name in the one spelling that all spellings share (PEP 503). */
export const normalisedName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-")

/** Lines joined where a backslash continues them, without comments. A `#` inside a URL has no space before it and stays. */
const logicalLines = (text: string): ReadonlyArray<string> =>
  text
    .replace(/(^|\s)#.*$/gm, "$1")
    .replace(/\\[ \t]*\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")

const INDEX_OPTION = /^(-i|-f|--(extra-)?index-url|--find-links|--no-index|--trusted-host|--index-strategy)\b/
const PIN = /^([\w.-]+)\s*(?:\[([^\]]*)\])?\s*(?:===?\s*([^\s;]+)|@\s*(\S+))\s*(?:;(.*))?$/

const parsePin = (file: string, line: string): Pin => {
  const hashes = [...line.matchAll(/--hash[= ](\S+)/g)].map((match) => match[1] ?? "")
  const match = PIN.exec(line.replace(/--hash[= ]\S+/g, "").trim())
  if (match === null) {
    const remedy = "Write the lock with: uv pip compile --generate-hashes"
    throw new LockProblem(file, `"${line.slice(0, 80)}" pins no version`, remedy)
  }
  const [, name = "", extras = "", version, address, marker = ""] = match
  const pinned = version ?? address ?? ""
  const normalised = normalisedName(name)
  const extraNames = extras
    .split(",")
    .map((extra) => normalisedName(extra.trim()))
    .filter(Boolean)
  const parts = [normalised, extraNames.sort(), pinned, marker.trim().replace(/\s+/g, " "), hashes.sort()]
  return { name: normalised, version: pinned, text: JSON.stringify(parts) }
}

/** Reads a Python lock file. Throws `LockProblem` if it is missing, or if one of its lines pins no version. */
export const pythonLockDigest = (file: string): PythonLock => {
  let text: string
  try {
    text = readFileSync(file, "utf8")
  } catch (cause) {
    throw new LockProblem(
      file,
      `it can't be read (${(cause as Error).message})`,
      "Check the lock that the profile names",
    )
  }
  const pins = logicalLines(text)
    .filter((line) => !INDEX_OPTION.test(line))
    .map((line) => parsePin(file, line))
  const packages: Record<string, string> = {}
  for (const { name, version } of pins.toSorted((a, b) => (a.text < b.text ? -1 : 1))) {
    packages[name] = packages[name] === undefined ? version : `${packages[name]} | ${version}`
  }
  return {
    digest: hash(
      "sha256",
      pins
        .map((pin) => pin.text)
        .sort()
        .join("\n"),
    ),
    packages,
  }
}
