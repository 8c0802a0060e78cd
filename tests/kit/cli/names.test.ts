/** Labels and file names with every character that has broken a peer (snakemake#2981, nextflow#1392, dvc#2524). */
import * as path from "node:path"
import { expect, it } from "vitest"
import { filesUnder, makeProject } from "../support/project.ts"
import { oneStage } from "../support/words.ts"

const LABELS = [
  "a b",
  `it's "quoted"`,
  "x; rm -rf *",
  "line\nbreak",
  "🦙 é",
  "../up",
  "*",
  "$(id)",
  "-rf",
  "",
  "%2f",
  "\u001b[31mred",
]

const definition = `const LABELS = ${JSON.stringify(LABELS)}
export const give = Stage.make("give", {
  params: Schema.Struct({ text: Schema.String }), inputs: {}, outputs: { value: Value },
  run: ({ params }) => Effect.succeed({ value: { value: params.text } }),
})
export const take = Stage.make("take", {
  params: Schema.Struct({}), inputs: { all: Artifact.many(Value) }, outputs: { value: Value },
  run: ({ inputs }) => Effect.map(Effect.all(inputs.all.map((file) => file.read)), (all) => ({
    value: { value: JSON.stringify(all.map(({ value }, index) => value === inputs.all[index].labels["odd; 'name'"])) },
  })),
})`
const call = `({ value: take({ all: grid({ "odd; 'name'": LABELS }, (point) => give({}, { text: point["odd; 'name'"] }).value) }, {}).value })`

it("go through run, view, query, selectors and show unharmed", () => {
  const { repro, root, read } = makeProject(oneStage(definition, call))
  const first = repro(["run"])
  expect(first).toMatchObject({ code: 0 })
  expect(first.stdout + first.stderr).not.toContain("\u001b")
  expect(repro(["run"]).stderr).toContain(`Nothing to do: all ${LABELS.length + 1} nodes`)
  expect(JSON.parse(read("artifacts/view/one/small/take/value.json")).value).toBe(
    JSON.stringify(LABELS.map(() => true)),
  )

  const views = filesUnder(`${root}/artifacts/view/one/small`).filter((name) => name.startsWith("give/"))
  const values = views.map((name) => JSON.parse(read(`artifacts/view/one/small/${name}`)).value)
  expect(values.sort()).toEqual([...LABELS].sort())
  for (const name of filesUnder(`${root}/artifacts`)) expect(path.normalize(name)).toBe(name)

  const sql = `SELECT "odd; 'name'" AS label, value FROM "values" WHERE starts_with(node, 'give')`
  const rows = repro(["query", "--format", "json", sql])
  expect(
    JSON.parse(rows.stdout)
      .map((row: { label: string }) => row.label)
      .sort(),
  ).toEqual([...LABELS].sort())
  for (const row of JSON.parse(rows.stdout)) expect(row.value).toBe(row.label)

  expect(repro(["plan", "give*break"]).stdout).toContain("all 1 nodes")
  const shown = repro(["show", `give/odd; 'name'=${LABELS[2]}`])
  expect(shown).toMatchObject({ code: 0 })
  expect(shown.stdout).not.toContain("\u001b")
  const byHand = /by hand\n +repro stage (.*) --profile small/.exec(shown.stdout)?.[1]
  expect(byHand).toBe(`'give/odd; '\\''name'\\''=x; rm -rf *'`)
})

it("of files in a folder artifact must stay inside it", () => {
  const folder = (name: string) =>
    makeProject(
      oneStage(
        `const Files = Artifact.folder("files")
        export const give = Stage.make("give", {
          params: Schema.Struct({}), inputs: {}, outputs: { files: Files },
          run: () => Effect.succeed({ files: { ${JSON.stringify(name)}: "content" } }),
        })`,
        "({ files: give({}, {}).files })",
      ),
    )
  for (const name of ["../../../../../../outside.txt", "/outside.txt", "a/../../b", "", "a//b", "."]) {
    const { repro, root } = folder(name)
    const result = repro(["run"])
    expect(result.code, name).toBe(1)
    expect(result.stderr).toContain('output "files" of give')
    expect(filesUnder(root).filter((file) => file.endsWith("outside.txt"))).toEqual([])
  }
  const { repro, read } = folder("deep/er/a b é.txt")
  expect(repro(["run"])).toMatchObject({ code: 0 })
  expect(read("artifacts/view/one/small/give/files/deep/er/a b é.txt")).toBe("content")
})

it("of outputs may be those of the engine's own files", () => {
  const names = ["log", "scratch", "state", "inputs", "outputs", "constructor"]
  const { repro } = makeProject(
    oneStage(
      `export const give = Stage.make("give", {
        params: Schema.Struct({}), inputs: {}, outputs: { ${names.map((name) => `${name}: Value`).join(", ")} },
        run: () => Effect.succeed({ ${names.map((name) => `${name}: { value: "${name}" }`).join(", ")} }),
      })`,
      "({ value: give({}, {}).log })",
    ),
  )
  expect(repro(["run"])).toMatchObject({ code: 0 })
  const found = repro(["query", "--format", "csv", 'SELECT value FROM "values" ORDER BY value'])
  expect(found.stdout).toBe(`value\n${names.sort().join("\n")}\n`)
})
