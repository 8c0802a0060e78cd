/** A project of one stage that makes a small file and one that is too large to be copied into the view. */
import * as fs from "node:fs"
import { makeProject, type TestProject } from "./project.ts"
import { oneStage } from "./words.ts"

export const LARGE = 65 * 1024 * 1024

export const largeFileProject = (): TestProject =>
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

/** Where the view shows an output. */
export const shownAt = ({ root }: TestProject, file: "small.txt" | "large.bin"): string =>
  `${root}/artifacts/view/one/small/make/${file}`

/** The object that holds the bytes of an output. */
export const objectOf = ({ root, repro }: TestProject, output: "small" | "large"): string => {
  const [step] = JSON.parse(repro(["trace", "make", "--format", "json"]).stdout).steps
  const { digest } = step.outputs[output]
  return `${root}/artifacts/objects/${digest.slice(0, 2)}/${digest.slice(2)}`
}

/** Whether a folder's file system lets files share blocks. */
export const sharesBlocks = (folder: string): boolean => {
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
