/** Outputs above the size that the view copies, and folders of many files. */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, makeProject } from "../../kit/support/project.ts"
import { oneStage } from "../../kit/support/words.ts"
import { mountless, mountSmall } from "./support/mounts.ts"
import { resultsOf } from "./support/results.ts"

const MEBIBYTE = 1 << 20
const LARGE = 65 * MEBIBYTE
const MANY = 3000

const definition = `const Bytes = Artifact.file("bytes", { extension: ".bin" })
const Files = Artifact.folder("files")
export const large = Stage.make("large", {
  params: Schema.Struct({}), inputs: {}, outputs: { bytes: Bytes, files: Files },
  run: () => Effect.sync(() => ({
    bytes: Buffer.alloc(${LARGE}, "0123456789abcdef"),
    files: { "small.txt": "small", "deep/large.bin": Buffer.alloc(${LARGE}, "fedcba9876543210") },
  })),
})
export const many = Stage.make("many", {
  params: Schema.Struct({}), inputs: {}, outputs: { files: Files },
  run: () => Effect.sync(() => ({
    files: Object.fromEntries(Array.from({ length: ${MANY} }, (_, n) => ["d" + n % 30 + "/file " + n + " é.txt", "content " + n])),
  })),
})`

const project = () => makeProject(oneStage(definition, "({ large: large({}, {}).bytes, many: many({}, {}).files })"))

const VIEW = "artifacts/view/one/small"

/** A large file of the view is right if it shares blocks with its object or is a link to it, never a hard link. */
const expectUnlinked = (file: string): void => {
  expect(fs.statSync(file).size).toBe(LARGE)
  if (!fs.lstatSync(file).isSymbolicLink()) expect(fs.statSync(file).nlink).toBe(1)
}

it("large files are shown without a copy of their bytes, and mended when they are replaced", () => {
  const { repro, root } = project()
  expect(repro(["run", "large"])).toMatchObject({ code: 0 })
  const results = resultsOf(`${root}/artifacts`)
  const files = ["large/bytes.bin", "large/files/deep/large.bin"].map((name) => `${root}/${VIEW}/${name}`)
  for (const file of files) {
    expectUnlinked(file)
    for (const spoil of [() => fs.writeFileSync(file, "mine"), () => fs.symlinkSync("/etc/hostname", file), () => {}]) {
      fs.rmSync(file)
      spoil()
      expect(repro(["run", "large"]).stderr).toContain("Nothing to do")
      expectUnlinked(file)
      expect(resultsOf(`${root}/artifacts`)).toEqual(results)
    }
  }
})

it.skipIf(mountless)("large files fit on a disk that has room for them once", () => {
  const { repro, root } = project()
  mountSmall(`${root}/artifacts`, { size: "150m" })
  const result = repro(["run", "large"])
  expect(result, result.stderr).toMatchObject({ code: 0 })
  expect(fs.readlinkSync(`${root}/${VIEW}/large/bytes.bin`)).toMatch(/^\.\.\/.*objects/)
  expect(repro(["run", "large"]).stderr).toContain("Nothing to do")
})

it(`a folder of ${MANY} files is whole in store and view, and one damaged file in it is named`, () => {
  const { repro, root, read } = project()
  expect(repro(["run", "many"])).toMatchObject({ code: 0 })
  const results = resultsOf(`${root}/artifacts`)
  expect(filesUnder(`${root}/${VIEW}/many/files`)).toHaveLength(MANY)
  fs.rmSync(`${root}/${VIEW}/many/files/d7/file 7 é.txt`)
  expect(repro(["run", "many"]).stderr).toContain("Nothing to do")
  expect(read(`${VIEW}/many/files/d7/file 7 é.txt`)).toBe("content 7")
  const object = filesUnder(`${root}/artifacts/objects`).find(
    (name) => read(`artifacts/objects/${name}`) === "content 2999",
  )
  fs.truncateSync(`${root}/artifacts/objects/${object}`, 3)
  expect(repro(["plan", "many"]).stdout).toContain("output damaged: files/d29/file 2999 é.txt")
  expect(repro(["run", "many"])).toMatchObject({ code: 0 })
  expect(resultsOf(`${root}/artifacts`)).toEqual(results)
})
