/** Claims: one living driver for a key, whoever asks, and none that a dead one keeps. */
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import * as readline from "node:readline"
import { expect, it, onTestFinished } from "vitest"
import { StoreError } from "../../../kit/errors.ts"
import { openClaims } from "../../../kit/store/claims.ts"
import { temporaryFolder } from "../support/project.ts"

const CLAIMER = path.resolve(import.meta.dirname, "../support/claimer.ts")

interface Driver {
  readonly child: ChildProcess
  readonly driver: string
  readonly got: boolean
  readonly end: (how: "close" | NodeJS.Signals) => Promise<void>
}

/** Starts a driver that claims a key and stays. */
const startDriver = async (root: string, key: string): Promise<Driver> => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", CLAIMER, root, key])
  onTestFinished(() => void child.kill("SIGKILL"))
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).once("line", resolve)
    readline.createInterface({ input: child.stderr }).once("line", (text) => reject(new Error(text)))
  })
  const end = (how: "close" | NodeJS.Signals): Promise<void> => {
    if (how === "close") child.stdin.write("\n")
    else child.kill(how)
    return closed
  }
  return { child, end, ...JSON.parse(line) }
}

const openHere = (root: string) => {
  const claims = openClaims({ root })
  onTestFinished(() => claims.close())
  return claims
}

it("refuses a key that another living driver has, and no other key (dvc#5795)", async () => {
  const root = temporaryFolder()
  const other = await startDriver(root, "k1")
  expect(other.got).toBe(true)
  const claims = openHere(root)
  expect(claims.alive(other.driver)).toBe(true)
  expect(claims.claim("k1")).toBe(false)
  expect(claims.claim("k2")).toBe(true)
  expect(claims.claim("k1")).toBe(false)
  await other.end("close")
  expect(claims.claim("k1")).toBe(true)
})

it.each(["SIGKILL", "SIGTERM"] as const)(
  "takes over at once what a driver had that died of %s (nextflow#309)",
  async (signal) => {
    const root = temporaryFolder()
    const [dying, waiting] = [await startDriver(root, "k1"), openHere(root)]
    expect(waiting.claim("k1")).toBe(false)
    await dying.end(signal)
    expect(waiting.alive(dying.driver)).toBe(false)
    expect(waiting.claim("k1")).toBe(true)
    expect((await startDriver(root, "k1")).got).toBe(false)
    expect(fs.readdirSync(`${root}/claims/drivers`).filter((name) => name.startsWith(dying.driver))).toEqual([])
  },
)

it("gives a released key to another driver, and only the owner can release it", async () => {
  const root = temporaryFolder()
  const [one, two] = [openHere(root), openHere(root)]
  expect(one.claim("k")).toBe(true)
  two.release("k")
  expect(two.claim("k")).toBe(false)
  one.release("k")
  expect(two.claim("k")).toBe(true)
})

it("gives one key to exactly one of many drivers that start at once", async () => {
  const root = temporaryFolder()
  const drivers = await Promise.all(Array.from({ length: 8 }, () => startDriver(root, "k")))
  expect(drivers.filter(({ got }) => got)).toHaveLength(1)
  const claims = openHere(root)
  for (const { driver } of drivers) expect(claims.alive(driver)).toBe(true)
  expect(claims.claim("k")).toBe(false)
})

it("never shows a driver that is just starting as a dead one", async () => {
  const root = temporaryFolder()
  const claims = openHere(root)
  let starting = true
  const started = Promise.all(Array.from({ length: 6 }, (_, index) => startDriver(root, `${index}`)))
  void started.finally(() => {
    starting = false
  })
  const seen = new Set<string>()
  while (starting) {
    for (const name of fs.readdirSync(`${root}/claims/drivers`)) {
      if (!/^[\w-]+\.db$/.test(name)) continue
      seen.add(name)
      expect(claims.alive(name.slice(0, -".db".length))).toBe(true)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  await started
  expect(seen.size).toBeGreaterThanOrEqual(6)
})

it("says where claims can't be opened", () => {
  const root = `${temporaryFolder()}/file`
  fs.writeFileSync(root, "")
  expect(() => openClaims({ root })).toThrow(StoreError)
})
