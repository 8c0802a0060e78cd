/** How files come into the view: by shared blocks where the file system can, else as a copy, and where large as a link. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { describe, expect, it } from "vitest"
import { oneStage } from "../support/words.ts"
import { makeProject, type TestProject } from "../support/project.ts"

const LARGE = 65 * 1024 * 1024

/** A project that makes a small and a large file. */
const files = (): TestProject =>
  makeProject(
    oneStage(
      `export const make = Stage.make("make", {
  params: Schema.Struct({}),
  inputs: {},
  outputs: { small: Artifact.file("smalls", { extension: ".txt" }), large: Artifact.file("larges", { extension: ".bin" }) },
  run: () => Effect.succeed({ small: "a few bytes", large: new Uint8Array(${LARGE}).fill(7) }),
})`,
      "make({}, {})",
    ),
  )

const VIEW = "artifacts/view/one/small/make"

/** The object that holds the bytes of an output. */
const objectOf = ({ root, repro }: TestProject, output: string): string => {
  const [step] = JSON.parse(repro(["trace", "make", "--format", "json"]).stdout).steps
  const { digest } = step.outputs[output]
  return `${root}/artifacts/objects/${digest.slice(0, 2)}/${digest.slice(2)}`
}

/** Whether a folder's file system shares blocks between files. */
const sharesBlocks = (folder: string): boolean => {
  fs.writeFileSync(`${folder}/probe`, "x")
  try {
    fs.copyFileSync(`${folder}/probe`, `${folder}/probe2`, fs.constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    return false
  } finally {
    for (const name of ["probe", "probe2"]) fs.rmSync(`${folder}/${name}`, { force: true })
  }
}

describe("the view", () => {
  it("holds files of its own, so that the store is unharmed by an editor; a large one is a link where blocks can't be shared", () => {
    const project = files()
    expect(project.repro(["run"]).code).toBe(0)
    const [small, large] = [`${project.root}/${VIEW}/small.txt`, `${project.root}/${VIEW}/large.bin`]
    const object = objectOf(project, "small")
    expect(fs.lstatSync(small).isFile()).toBe(true)
    expect(fs.statSync(small).ino).not.toBe(fs.statSync(object).ino)
    expect(fs.statSync(object).nlink).toBe(1)
    fs.writeFileSync(small, "edited")
    expect(fs.readFileSync(object, "utf8")).toBe("a few bytes")
    const [held] = [objectOf(project, "large")]
    expect(fs.statSync(held).mode & 0o222, "an object is read-only").toBe(0)
    if (sharesBlocks(project.root)) {
      expect(fs.lstatSync(large).isFile()).toBe(true)
      fs.writeFileSync(large, "edited")
    } else {
      expect(fs.lstatSync(large).isSymbolicLink()).toBe(true)
      expect(fs.realpathSync(large)).toBe(fs.realpathSync(held))
    }
    expect(fs.statSync(held).size).toBe(LARGE)
    expect(project.repro(["run"]).code).toBe(0)
    expect(fs.readFileSync(small, "utf8")).toBe("a few bytes")
    expect(fs.readFileSync(large).length).toBe(LARGE)
    expect(project.repro(["verify"]).code).toBe(0)
  })
})
