/** Names of every kind in labels, files, stores and profiles (snakemake#275, #1771, #2981, nextflow#1392, dvc#2524). */
import * as fs from "node:fs"
import { expect, it } from "vitest"
import { filesUnder, makeProject } from "../../kit/support/project.ts"
import { oneStage } from "../../kit/support/words.ts"

const LONG = "x".repeat(299)
const NAMES = [
  `${LONG}y`,
  `${LONG}z`,
  "🦙".repeat(75),
  "a b",
  ` '"; DROP VIEW "values"; --`,
  "line\nbreak\ttab\rreturn",
  "🦙 é é ‮right to left",
  "..",
  "a/../../b",
  "*?[a-z]{x,y}",
  "$(touch hacked) `touch hacked`",
  "-rf",
  "%00%2e",
  "CON",
  "Case",
  "case",
]

const definition = `const NAMES = ${JSON.stringify(NAMES)}
const Files = Artifact.folder("files")
export const give = Stage.make("give", {
  params: Schema.Struct({ text: Schema.String }), inputs: {}, outputs: { value: Value, files: Files },
  run: ({ params }) => Effect.succeed({
    value: { value: params.text },
    files: { [encodeURIComponent(params.text).slice(0, 200) + " ';\\"\\n🦙*[x]"]: params.text },
  }),
})
export const take = Stage.make("take", {
  params: Schema.Struct({}), inputs: { values: Artifact.many(Value), files: Artifact.many(Files) }, outputs: { value: Value },
  run: ({ inputs }) => Effect.gen(function* () {
    const values = yield* Effect.all(inputs.values.map((file) => file.read))
    const right = values.every(({ value }, index) => value === inputs.values[index].labels["the 'name'; \\"x\\""])
    const texts = inputs.files.map(({ path }) => fs.readFileSync(path + "/" + fs.readdirSync(path)[0], "utf8"))
    return { value: { value: right + " " + values.every(({ value }, index) => value === texts[index]) } }
  }),
})`
const call = `{
  const all = grid({ 'the \\'name\\'; "x"': NAMES }, (point) => give({}, { text: Object.values(point)[0] }))
  return { value: take({ values: all.map(({ value }) => value), files: all.map(({ files }) => files) }, {}).value }
}`

/** Stores in folders with such names too: SQL reads paths literally. */
const STORES = ["artifacts", `st*re [1] {a,b}? ;'"$x\n🦙`]

it.each(STORES)("go unharmed through run, view, SQL, show, stage and a damaged object, in the store %j", (store) => {
  const { repro, root } = makeProject(oneStage(definition, call))
  const at = (...args: ReadonlyArray<string>) => repro([...args, "--store", store])
  const first = at("run")
  expect(first, first.stderr).toMatchObject({ code: 0 })
  for (const control of ["\u001b", "\r"]) expect(first.stdout + first.stderr).not.toContain(control)
  expect(at("run").stderr).toContain(`Nothing to do: all ${NAMES.length + 1} nodes`)
  const view = `${root}/${store}/view/one/small`
  expect(JSON.parse(fs.readFileSync(`${view}/take/value.json`, "utf8"))).toEqual({ value: "true true" })
  expect(filesUnder(`${view}/give`)).toHaveLength(NAMES.length * 2)
  expect(fs.existsSync(`${root}/hacked`)).toBe(false)
  const sql = `SELECT "the 'name'; ""x""" AS name, value FROM "values" WHERE node <> 'take'`
  const rows = JSON.parse(at("query", "--format", "json", sql).stdout) as ReadonlyArray<{ name: string; value: string }>
  expect(rows.map(({ name }) => name).sort()).toEqual([...NAMES].sort())
  for (const { name, value } of rows) expect(value).toBe(name)
  const node = `give/the 'name'; "x"=${NAMES[0]}`
  expect(at("show", node)).toMatchObject({ code: 0, stdout: expect.stringContaining("up to date") })
  expect(at("stage", node)).toMatchObject({ code: 0, stdout: expect.stringContaining("equals the recorded one") })
  const objects = filesUnder(`${root}/${store}/objects`).map((name) => `${root}/${store}/objects/${name}`)
  for (const object of objects.filter((name) => fs.readFileSync(name, "utf8").includes("hacked"))) fs.rmSync(object)
  expect(at("run", "give")).toMatchObject({ code: 0 })
  expect(at("run").stderr).toContain("Nothing to do")
})

it.each([
  ["a name that is too long", `["deep/" + "é".repeat(150)]: "content"`],
  ["a file inside another file", `a: "file", "a/b/c": "inside it"`],
])("a folder with %s is refused with where and why, and nothing is recorded", (_, files) => {
  const folder = `const Files = Artifact.folder("files")
  export const give = Stage.make("give", {
    params: Schema.Struct({}), inputs: {}, outputs: { files: Files },
    run: () => Effect.succeed({ files: { ${files} } }),
  })`
  const { repro } = makeProject(oneStage(folder, "({ files: give({}, {}).files })"))
  const result = repro(["run"])
  expect(result.code).toBe(1)
  expect(result.stderr).toContain("error: A folder can't hold a file named")
  expect(result.stderr).toContain('output "files" of give')
  expect(repro(["plan"]).stdout).toContain("1 would run")
})
