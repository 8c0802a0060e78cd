/** On a file system whose files may share blocks the view holds large files too, at no cost, and an editor spoils none of the store's. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { LARGE, largeFileProject, objectOf, sharesBlocks, shownAt } from "../../kit/support/large-file.ts"
import { mountSharing, sharingless } from "./support/mounts.ts"

it.skipIf(sharingless)("a large file is shown as one of its own that shares the object's blocks (dvc#9641)", () => {
  const project = largeFileProject()
  const store = `${project.root}/artifacts`
  mountSharing(store)
  expect(sharesBlocks(store)).toBe(true)
  const result = project.repro(["run"])
  expect(result.code, result.stderr).toBe(0)
  const [large, held] = [shownAt(project, "large.bin"), objectOf(project, "large")]
  expect(fs.lstatSync(large).isFile()).toBe(true)
  expect(fs.statSync(large).ino).not.toBe(fs.statSync(held).ino)
  const { blocks, bfree, bsize } = fs.statfsSync(store)
  expect((blocks - bfree) * bsize, "the bytes lie there once").toBeLessThan(1.5 * LARGE)
  const handle = fs.openSync(large, "r+")
  fs.writeSync(handle, "edited", 1000)
  fs.closeSync(handle)
  expect(project.repro(["verify"]).code, "the store is unharmed").toBe(0)
  expect(project.repro(["run"]).code).toBe(0)
  expect(fs.readFileSync(large).equals(fs.readFileSync(held)), "the next run mends the view").toBe(true)
})
