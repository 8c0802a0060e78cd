/** A collection beside drivers: nothing that a driver relies on goes, however their steps fall. */

import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import { expect, it, onTestFinished } from "vitest"
import { sha256 } from "../../../kit/canonical.ts"
import { collectGarbage } from "../../../kit/gc/collect.ts"
import { openProject } from "../../../kit/project.ts"
import { type Claims, openClaims } from "../../../kit/store/claims.ts"
import { collectionCount } from "../../../kit/store/collections.ts"
import { objectPath, prepareStore, type StoreLayout } from "../../../kit/store/layout.ts"
import { ingestBytes } from "../../../kit/store/objects.ts"
import { readRecord, type StoreRecord, writeRecord } from "../../../kit/store/record.ts"
import { announcing } from "../../../kit/store/uses.ts"
import { makeProject, until } from "../support/project.ts"
import { plainRecord } from "../support/store.ts"

const NO_PIPELINE = JSON.stringify({ type: "module", repro: {} })

interface Collector {
  readonly child: ChildProcess
  rounds: number
  removed: number
}

const startCollector = (root: string): Collector => {
  const child = spawn(process.execPath, [
    "--disable-warning=ExperimentalWarning",
    `${import.meta.dirname}/../support/endless-gc.ts`,
    root,
  ])
  onTestFinished(() => void child.kill("SIGKILL"))
  const collector: Collector = { child, rounds: 0, removed: 0 }
  child.stdout.on("data", (data: Buffer) => {
    for (const line of data.toString().trim().split("\n")) {
      collector.rounds++
      const { records, objects } = JSON.parse(line) as { records: number; objects: number }
      collector.removed += records + objects
    }
  })
  return collector
}

const recordOf = (key: string, digest: string): StoreRecord => {
  const files = [{ path: "", digest, bytes: 1 }]
  const out = { ...{ type: "t", format: "json" as const, extension: ".json" }, digest, bytes: 1, files }
  const plain = plainRecord(key, { outputs: { out } })
  return { ...plain, run: { ...plain.run, log: digest } }
}

/** Does what a run does for one node, and says what was lost. The few texts are often in the store already, as garbage. */
const work = async (
  store: StoreLayout,
  claims: Claims,
  step: number,
  scratch: string,
): Promise<ReadonlyArray<string>> => {
  const key = sha256(`key ${step % 40}`)
  claims.uses.announce([key])
  const known = readRecord(store, key)
  const lost: Array<string> = []
  if (known === undefined) {
    const { digest } = await ingestBytes(announcing(store, claims.uses), `text ${step % 7}`, `${scratch}/${step}`)
    await new Promise((resolve) => setTimeout(resolve, (step % 5) * 15))
    writeRecord(store, recordOf(key, digest), scratch)
  }
  const record = readRecord(store, key)
  if (record === undefined) lost.push(`the record of step ${step}`)
  else if (!fs.existsSync(objectPath(store, record.outputs.out?.digest ?? "")))
    lost.push(`the object of step ${step}, which was ${known === undefined ? "made" : "found"}`)
  return lost
}

it("never takes what a driver relies on, while it removes all else", async () => {
  const { root } = makeProject({ "package.json": NO_PIPELINE })
  const store = { root: `${root}/artifacts` }
  prepareStore(store)
  const collector = startCollector(root)
  await until(() => collector.rounds > 2, "collections go on", 60_000)
  const lost: Array<string> = []
  const end = performance.now() + 6_000
  for (let step = 0; performance.now() < end; ) {
    const claims = openClaims(store)
    const scratch = `${store.root}/attempts/${claims.driver}`
    fs.mkdirSync(scratch)
    for (let count = 0; count < 15; count++) lost.push(...(await work(store, claims, step++, scratch)))
    claims.close()
  }
  collector.child.kill("SIGKILL")
  expect(lost).toEqual([])
  expect(collector.removed, "the collections did remove what was left").toBeGreaterThan(10)
}, 120_000)

it("leaves an object whose record is still to come, and takes it when none came", async () => {
  const { root } = makeProject({ "package.json": NO_PIPELINE })
  const store = { root: `${root}/artifacts` }
  prepareStore(store)
  const [driver, collector] = [openClaims(store), openClaims(store)]
  const project = openProject(root, undefined)
  const collect = () =>
    collectGarbage(project, collector, store.root, { days: 1, now: Date.now(), pipeline: undefined })
  const { digest } = await ingestBytes(announcing(store, driver.uses), "text", `${store.root}/scratch`)
  await ingestBytes(store, "nobody's", `${store.root}/scratch`)
  expect((await collect()).objects).toHaveLength(1)
  expect(fs.existsSync(objectPath(store, digest))).toBe(true)
  driver.close()
  expect((await collect()).objects).toMatchObject([{ digest }])
  collector.close()
})

it("lets one collection at a time work, and forgets uses once none goes on", () => {
  const { root } = makeProject({ "package.json": NO_PIPELINE })
  const store = { root: `${root}/artifacts` }
  prepareStore(store)
  const [driver, collector] = [openClaims(store), openClaims(store)]
  driver.uses.announce(["mine"])
  collector.uses.beginCollection()
  expect(driver.uses.collecting).toBe(true)
  driver.close()
  const removed: Array<string> = []
  const collect = (): number => collector.uses.removeUnused(["mine", "nobody's"], (id) => removed.push(id))
  expect(collect(), "a use outlives its driver while a collection goes on").toBe(1)
  collector.uses.endCollection()
  openClaims(store).close()
  expect(collect()).toBe(2)
  expect(removed).toEqual(["nobody's", "mine", "nobody's"])
  collector.close()
})

it("counts a collection that died, so that plans made beside it are looked at again", () => {
  const { root } = makeProject({ "package.json": NO_PIPELINE })
  const store = { root: `${root}/artifacts` }
  prepareStore(store)
  const dying = openClaims(store)
  dying.uses.beginCollection()
  const running = openClaims(store)
  expect(running.uses.collecting).toBe(true)
  expect(collectionCount(store)).toBe(0)
  running.close()
  dying.close()
  openClaims(store).close()
  expect(collectionCount(store), "it never said that it ended").toBe(1)
  openClaims(store).close()
  expect(collectionCount(store)).toBe(1)
})
