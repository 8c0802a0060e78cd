/** How files come into the view: as files of their own, and as a link where one is large and its blocks can't be shared. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { LARGE, largeFileProject, objectOf, sharesBlocks, shownAt } from "../support/large-file.ts"

it("a small file is a copy, which an editor may spoil; a large one that can't be copied is a link to a read-only object (dvc#9641)", ({
  skip,
}) => {
  const project = largeFileProject()
  skip(sharesBlocks(project.root), "this file system shares blocks; the suite of faults tries that")
  expect(project.repro(["run"]).code).toBe(0)
  const [small, large] = [shownAt(project, "small.txt"), shownAt(project, "large.bin")]
  const [object, held] = [objectOf(project, "small"), objectOf(project, "large")]
  expect(fs.lstatSync(small).isFile()).toBe(true)
  expect(fs.statSync(small).ino).not.toBe(fs.statSync(object).ino)
  expect([object, held].map((file) => fs.statSync(file).nlink)).toEqual([1, 1])
  fs.writeFileSync(small, "edited")
  expect(fs.readFileSync(object, "utf8")).toBe("a few bytes")
  expect(fs.lstatSync(large).isSymbolicLink()).toBe(true)
  expect(fs.realpathSync(large)).toBe(fs.realpathSync(held))
  expect(fs.statSync(held).mode & 0o222, "nobody may write to an object").toBe(0)
  fs.rmSync(large)
  expect(project.repro(["run"]).code).toBe(0)
  expect(fs.readFileSync(small, "utf8")).toBe("a few bytes")
  expect(fs.readFileSync(large).length).toBe(LARGE)
  expect(project.repro(["verify"]).code).toBe(0)
})
