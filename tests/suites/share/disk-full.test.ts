import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { objects } from "../../kit/share/support/share-project.ts"
import { type TestProject, temporaryFolder } from "../../kit/support/project.ts"
import { bigProject } from "./support/big-project.ts"
import { startGateway } from "./support/gateway.ts"

/** Small disks in memory can be mounted by root only, on Linux. */
const canMount = process.platform === "linux" && process.getuid?.() === 0

const cleanups: Array<() => void> = []
afterAll(() => {
  for (const remove of cleanups.reverse()) remove()
})

/** A disk of 10 MB, less than the large object. */
const smallDisk = (): string => {
  const folder = `${temporaryFolder((remove) => void cleanups.push(remove))}/disk`
  fs.mkdirSync(folder)
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=10m", "tmpfs", folder])
  cleanups.push(() => execFileSync("umount", ["-l", folder]))
  return folder
}

describe.runIf(canMount)("a full disk (needs root: a small disk is mounted)", () => {
  let author: TestProject

  beforeAll(() => {
    author = bigProject((remove) => void cleanups.push(remove))
    expect(author.repro(["run"])).toMatchObject({ code: 0 })
  })

  it("of a folder is told, and nothing half written bears an object's name", () => {
    const disk = smallDisk()
    const pushed = author.repro(["push", `${disk}/shared`])
    expect(pushed).toMatchObject({ code: 1 })
    expect(pushed.stderr).toContain("The disk of the remote is full")
    expect(pushed.stderr).toContain("do: Free some space there")
    expect(objects(`${disk}/shared`).every((name) => fs.statSync(`${disk}/shared/objects/${name}`).size < 1000)).toBe(
      true,
    )
  })

  it("of a bucket's server is told", async () => {
    const gateway = await startGateway(smallDisk())
    try {
      const pushed = author.repro(["push", "s3://results/full"], gateway.environment)
      expect(pushed).toMatchObject({ code: 1 })
      expect(pushed.stderr).toMatch(/The disk of http:\/\/127.0.0.1:\d+ is full/)
    } finally {
      await gateway.stop()
    }
  })

  it("of one's own is told before anything is fetched", () => {
    const remote = `${temporaryFolder()}/shared`
    expect(author.repro(["push", remote])).toMatchObject({ code: 0 })
    const reviewer = bigProject()
    const pulled = reviewer.repro(["pull", remote, "--store", `${smallDisk()}/store`])
    expect(pulled).toMatchObject({ code: 1 })
    expect(pulled.stderr).toContain("The disk has room for")
  })
})

if (!canMount) it.skip("full disks were not tried: a small disk can be mounted by root on Linux only")
