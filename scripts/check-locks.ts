/**
 * Asks the package index whether every Python lock can be installed on every platform that it covers, with the hashes
 * that it holds: `make check-locks`. Nothing is installed. A GPU's lock is asked for on Linux alone.
 */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import process from "node:process"
import { $ } from "zx"
import { cache, root } from "./lib/paths.ts"
import { MACOS, PLATFORMS, type Platform } from "./lib/platforms.ts"
import { Complaint, main, say } from "./lib/progress.ts"

const LOCKS = ["worker/locks/cpu.txt", "worker/locks/gpu.txt", "notebooks/locks/notebooks.txt", "scripts/uv.lock.txt"]

/** Packages that come as sources alone. They hold no compiled code, so they fit every platform. */
const SOURCES = new Set(["rouge-score", "sqlitedict", "word2number", "cuda-toolkit"])

/** Says why a lock can't be installed somewhere, or undefined when it can. */
const problemOf = async (lock: string, platform: Platform): Promise<string | undefined> => {
  const text = await readFile(join(root, lock), "utf8")
  const names = new Set([...text.matchAll(/^([\w.-]+)==/gm)].map((match) => match[1] as string))
  const wheels = [...names].filter((name) => !SOURCES.has(name)).flatMap((name) => ["--only-binary", name])
  const target = ["--target", join(cache, "check-locks"), "--python-version", "3.11", "--python-platform", platform.uv]
  const env = { ...process.env, UV_CACHE_DIR: join(cache, "uv"), MACOSX_DEPLOYMENT_TARGET: MACOS }
  const uv = join(cache, "uv-tool", "bin", "uv")
  const command = [uv, "pip", "install", "--dry-run", "--no-deps", "--require-hashes", ...target, ...wheels, "-r", lock]
  const result = await $({ cwd: root, env, quiet: true, nothrow: true })`${command}`
  return result.exitCode === 0 ? undefined : result.stderr.trim().split("\n").slice(-6).join("\n")
}

await main("check-locks", async () => {
  const problems: string[] = []
  for (const lock of LOCKS) {
    for (const platform of PLATFORMS) {
      if (lock.includes("gpu") && platform.os !== "linux") continue
      say(`${lock} on ${platform.name} …`)
      const problem = await problemOf(lock, platform)
      process.stdout.write(`${problem === undefined ? "ok    " : "FAILED"}  ${platform.name.padEnd(12)}  ${lock}\n`)
      if (problem !== undefined) problems.push(`${lock} on ${platform.name}: ${problem}`)
    }
  }
  if (problems.length > 0)
    throw new Complaint(`${problems.join("\n")}\nCompile the lock again (worker/README.md), or check the network.`)
})
