/** The locks cover Linux on x64 and arm64 and macOS on arm64, all in one file each, so that keys don't depend on the platform. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { pythonOf, root } from "../../scripts/lib/paths.ts"
import { PLATFORMS, type Platform } from "../../scripts/lib/platforms.ts"

/** Reads a lock with the standard's own parser: name, version and number of hashes of what applies in each environment. */
const READ = `
import json, re, sys
from packaging.requirements import Requirement
text = open(sys.argv[1]).read().replace("\\\\\\n", " ")
lines = list(filter(None, (re.sub(r"(^|\\s)#.*", "", line).strip() for line in text.splitlines())))
pins = [(Requirement(re.sub(r"--hash=\\S+", "", line).strip()), line.count("--hash=sha256:")) for line in lines]
print(json.dumps([
    [[pin.name, str(pin.specifier), hashes] for pin, hashes in pins if pin.marker is None or pin.marker.evaluate(environment)]
    for environment in json.loads(sys.argv[2])
]))
`

type Pin = readonly [name: string, version: string, hashes: number]

const PYTHONS = ["3.11.9", "3.12.8", "3.13.1"]

/** The pins of a lock on each platform, for each version of Python. */
const pinsOf = (lock: string): ReadonlyArray<ReadonlyArray<readonly Pin[]>> => {
  const environments = PYTHONS.flatMap((python) =>
    PLATFORMS.map(({ markers }) => ({ ...markers, python_full_version: python, python_version: python.slice(0, 4) })),
  )
  const args = ["-c", READ, join(root, lock), JSON.stringify(environments)]
  const found: ReadonlyArray<readonly Pin[]> = JSON.parse(
    execFileSync(pythonOf("worker-venv"), args, { encoding: "utf8" }),
  )
  return PYTHONS.map((_, index) => found.slice(index * PLATFORMS.length, (index + 1) * PLATFORMS.length))
}

const LOCKS = ["worker/locks/cpu.txt", "worker/locks/gpu.txt", "notebooks/locks/notebooks.txt", "scripts/uv.lock.txt"]
const ONLY_FOR_GPU = /^(nvidia-|cuda-|triton$)/

it.each(LOCKS)("%s pins the same on each platform, each package once and with its hashes", (lock) => {
  for (const platforms of pinsOf(lock)) {
    const [first = [], ...others] = platforms.map((pins) => pins.filter(([name]) => !ONLY_FOR_GPU.test(name)))
    expect(first.length).toBeGreaterThan(0)
    expect(new Set(first.map(([name]) => name)).size).toBe(first.length)
    for (const other of others) expect(other).toEqual(first)
    for (const [name, version, hashes] of platforms.flat()) {
      expect(version, name).toMatch(/^==[\w.+!]+$/)
      expect(hashes, name).toBeGreaterThan(0)
    }
  }
})

interface Locked {
  readonly integrity?: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const packages: Readonly<Record<string, Locked>> = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
).packages

const fits = ({ os, cpu, libc }: Locked, platform: Platform): boolean =>
  (os?.includes(platform.os) ?? true) &&
  (cpu?.includes(platform.cpu) ?? true) &&
  (platform.os !== "linux" || (libc?.includes("glibc") ?? true))

/** The parts of each package that has some for single platforms, but for those that only watch files. */
const native = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) => {
  const parts = Object.keys(optionalDependencies)
    .filter((name) => name !== "fsevents")
    .flatMap((name) => packages[`${place}/node_modules/${name}`] ?? packages[`node_modules/${name}`] ?? [])
    .filter(({ os, cpu }) => os !== undefined || cpu !== undefined)
  return parts.length === 0 ? [] : [[place === "" ? "the project" : place, parts] as const]
})

describe("package-lock.json", () => {
  it("holds packages with native parts", () => {
    expect(native.map(([place]) => place)).toContain("node_modules/rolldown")
  })

  it.each(native)("has the native part of %s for each platform, with its hash", (_, parts) => {
    for (const platform of PLATFORMS) {
      const found = parts.filter((part) => fits(part, platform))
      expect(found.length, platform.name).toBeGreaterThan(0)
      for (const { integrity } of found) expect(integrity).toMatch(/^sha512-/)
    }
  })
})
