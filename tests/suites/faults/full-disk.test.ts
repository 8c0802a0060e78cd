/**
 * A disk that fills up while a run goes on, at any point of it: the run says so and ends with 1, nothing half-written is
 * taken as good, and it goes on when there is room again (dvc#1448).
 */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { millProject, NODES, PYTHON } from "./support/mill.ts"
import { mountless, mountSmall, type Room } from "./support/mounts.ts"
import { randomFrom, seed } from "./support/random.ts"
import { expectSwept, expectToldPlainly, resultsOf } from "./support/results.ts"

const STEPS = 10

const inodesOf = (folder: string): number => {
  const { files, ffree } = fs.statfsSync(folder)
  return files - ffree
}

/** Bytes and inodes that a finished store takes on a small file system. */
const fullSize = () => {
  const project = millProject()
  const store = `${project.root}/artifacts`
  mountSmall(store, {})
  const result = project.repro(["run"], PYTHON)
  expect(result, result.stderr).toMatchObject({ code: 0 })
  const { blocks, bfree, bsize } = fs.statfsSync(store)
  return { results: resultsOf(store), bytes: (blocks - bfree) * bsize, inodes: inodesOf(store) }
}

const FULL: ReadonlyArray<readonly [what: string, room: (share: number, full: ReturnType<typeof fullSize>) => Room]> = [
  ["bytes", (share, { bytes }) => ({ size: `${Math.max(1, Math.round((share * bytes) / 4096)) * 4}k` })],
  ["inodes", (share, { inodes }) => ({ inodes: Math.max(2, Math.round(share * inodes)) })],
]

it.skipIf(mountless).each(FULL)(`out of %s at ${STEPS} points of a run (seed ${seed})`, (_, roomOf) => {
  const random = randomFrom(seed)
  const full = fullSize()
  let failed = 0
  for (let step = 0; step < STEPS; step++) {
    const project = millProject()
    const store = `${project.root}/artifacts`
    const room = roomOf((step + random()) / STEPS, full)
    const what = `${JSON.stringify(room)}, seed ${seed}`
    const disk = mountSmall(store, room)
    const broken = project.repro(["run", "--jobs", "2"], PYTHON)
    if (broken.code !== 0) {
      failed++
      expect(broken.code, what).toBe(1)
      expectToldPlainly(broken.stderr)
      expect(broken.stderr, `${what}\n${broken.stderr}`).toContain("The disk is full")
      expect(broken.stderr, what).toContain("do: Free some space")
    }
    expect(Object.keys(full.results), what).toEqual(expect.arrayContaining(Object.keys(resultsOf(store))))
    disk.resize({})
    const again = project.repro(["run"], PYTHON)
    expect(again, `${what}\n${again.stderr}`).toMatchObject({ code: 0 })
    expect(resultsOf(store), what).toEqual(full.results)
    expectSwept(project, what)
  }
  expect(failed, "runs that met a full disk").toBeGreaterThanOrEqual(STEPS - 3)
})

/** Pages of 4 KiB around those that the claims' database takes when it is made. */
const PAGES = Array.from({ length: 12 }, (_, index) => index + 12)

it.skipIf(mountless)("at each page of the claims, which a run makes first", () => {
  for (const pages of PAGES) {
    const project = millProject()
    const disk = mountSmall(`${project.root}/artifacts`, { size: `${4 * pages}k` })
    const broken = project.repro(["run", "pour"], PYTHON)
    expect(broken.code, broken.stderr).toBe(1)
    expectToldPlainly(broken.stderr)
    expect(broken.stderr, `${pages} pages`).toContain("The disk is full")
    disk.resize({})
    expect(project.repro(["run", "pour"], PYTHON), `${pages} pages`).toMatchObject({ code: 0 })
  }
})

it.skipIf(mountless)("where only names don't fit, results are kept, and the run says what could not be written", () => {
  const { root, repro } = millProject()
  const store = `${root}/artifacts`
  const disk = mountSmall(store, {})
  expect(repro(["run"], PYTHON)).toMatchObject({ code: 0 })
  const results = resultsOf(store)
  const needed = inodesOf(store)
  for (const folder of ["view", "heads"]) {
    for (const lacking of [1, 4, 12]) {
      fs.rmSync(`${store}/${folder}`, { recursive: true })
      disk.resize({ inodes: Math.max(inodesOf(store), needed - lacking) })
      const broken = repro(["run"], PYTHON)
      expect(broken.stderr).toContain(`Nothing to do: all ${NODES} nodes`)
      if (folder === "view") expect(broken.code).toBe(1)
      if (broken.code !== 0) {
        expectToldPlainly(broken.stderr)
        expect(broken.stderr).toMatch(/their names \(heads and view\) can't be brought up to date: .*The disk is full/)
      }
      disk.resize({})
      const again = repro(["run"], PYTHON)
      expect(again.stderr).toContain("Nothing to do")
      expect(again.code, again.stderr).toBe(0)
      expect(resultsOf(store)).toEqual(results)
    }
  }
})

it.skipIf(mountless)("a full cache costs time only; a worker without a home is told as such", () => {
  const project = millProject()
  const { root, repro } = project
  const disk = mountSmall(`${root}/.cache`, { inodes: 1 })
  expect(repro(["plan"])).toMatchObject({ code: 0 })
  expect(repro(["run", "pour"], PYTHON)).toMatchObject({ code: 0 })
  const broken = repro(["run"], PYTHON)
  expect(broken.code).toBe(1)
  expectToldPlainly(broken.stderr)
  expect(broken.stderr).toContain("The worker's process can't be started: The disk is full")
  disk.resize({})
  expect(repro(["run"], PYTHON)).toMatchObject({ code: 0 })
})
