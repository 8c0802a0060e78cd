/** How the code is laid out: imports point one way, and files stay small. */
import * as fs from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"

const root = path.resolve(import.meta.dirname, "../..")

/** Source files under a folder, relative to the root. */
const sources = (folder: string, ending = ".ts"): ReadonlyArray<string> =>
  fs
    .readdirSync(`${root}/${folder}`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending) && !/(^|\/)(node_modules|__pycache__|\.\w+)\//u.test(name))
    .map((name) => `${folder}/${name}`)
    .sort()

/** The project's files that a file imports, types too. */
const importsOf = (file: string): ReadonlyArray<string> => {
  const text = fs.readFileSync(`${root}/${file}`, "utf8")
  const code = text.replace(/\/\*[\s\S]*?\*\//gu, "")
  return [...code.matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/gu)].map(([, target]) =>
    path.relative(root, path.resolve(root, path.dirname(file), target as string)),
  )
}

const lines = (file: string): number => fs.readFileSync(`${root}/${file}`, "utf8").trimEnd().split("\n").length
const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

describe("imports point one way", () => {
  it.each([
    ["kit", ["kit"]],
    ["stages", ["kit", "stages"]],
    ["pipelines", ["kit", "stages", "pipelines"]],
    ["scripts", ["kit", "stages", "scripts"]],
  ])("%s imports only from %j", (folder, allowed) => {
    const wrong = sources(folder).flatMap((file) =>
      importsOf(file)
        .filter(
          (target) => !allowed.includes(target.split("/")[0] as string) && !/^paper\/.*\.(typ|bib)$/u.test(target),
        )
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })
  it("finds imports: the pipeline's are seen", () => {
    const found = importsOf("pipelines/safety-tuned-llamas.ts")
    expect(found).toContain("kit/pipeline.ts")
    expect(found).toContain("stages/generate.ts")
    expect(found).toContain("pipelines/read-data.ts")
  })
  it("and every file that is imported is there", () => {
    const missing = ["kit", "stages", "pipelines"].flatMap((folder) =>
      sources(folder).flatMap((file) => importsOf(file).filter((target) => !fs.existsSync(`${root}/${target}`))),
    )
    expect(missing).toEqual([])
  })
  it("without a file of stages or pipelines that nothing uses", () => {
    const used = new Set(
      ["kit", "stages", "pipelines", "scripts", "tests"].flatMap((folder) => sources(folder).flatMap(importsOf)),
    )
    // A pipeline is opened by its name on the command line.
    const isPipeline = (file: string): boolean =>
      /^export default /mu.test(fs.readFileSync(`${root}/${file}`, "utf8")) && file.startsWith("pipelines/")
    const unused = ["stages", "pipelines"].flatMap((folder) => sources(folder)).filter((file) => !used.has(file))
    expect(unused.filter((file) => !isPipeline(file))).toEqual([])
  })
})

describe("files stay small", () => {
  const code = [
    ...["kit", "stages", "pipelines", "scripts", "tests"].flatMap((folder) => sources(folder)),
    ...["worker/repro_worker", "worker/tests", "kit", "scripts"].flatMap((folder) => sources(folder, ".py")),
  ]
  it("none has more than 400 lines", () => {
    expect(code.map((file) => [file, lines(file)] as const).filter(([, count]) => count > 400)).toEqual([])
  })
  it.each([
    ["kit", ".ts"],
    ["stages", ".ts"],
    ["pipelines", ".ts"],
    ["worker/repro_worker", ".py"],
  ])("half of %s have fewer than 120 lines", (folder, ending) => {
    const files = sources(folder, ending)
    expect(files.length).toBeGreaterThan(5)
    expect(median(files.map(lines))).toBeLessThan(120)
  })
  it("each begins by saying what it is for", () => {
    const silent = ["kit", "stages", "pipelines", "scripts"]
      .flatMap((folder) => sources(folder))
      .filter((file) => {
        const text = fs.readFileSync(`${root}/${file}`, "utf8").replace(/^#!.*\n/u, "")
        return !/^(\/\*\*|\/\/)/u.test(text)
      })
    expect(silent).toEqual([])
  })
})
