/** SQL views over a catalog, in a real DuckDB: labels, types, what is withheld, and artifacts without rows. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Schema from "effect/Schema"
import { expect, it, onTestFinished } from "vitest"
import { type AnyArtifactType, Artifact } from "../../../kit/artifact.ts"
import type { Catalog, CatalogEntry } from "../../../kit/catalog/entries.ts"
import { notebookCatalog } from "../../../kit/catalog/notebook.ts"
import { openCatalog } from "../../../kit/catalog/open.ts"
import { columnsOf } from "../../../kit/lib/columns.ts"
import type { Labels } from "../../../kit/node.ts"
import { temporaryFolder } from "../support/project.ts"

const Answers = Artifact.jsonl(
  "answers",
  Schema.Struct({
    id: Schema.String,
    answer: Schema.String,
    unsafe: Schema.Boolean,
    score: Schema.NullOr(Schema.Number),
  }),
  { sensitive: { column: "answer", when: "unsafe" } },
)

interface Made {
  readonly type: AnyArtifactType
  readonly labels: Labels
  readonly text: string
}

/** A catalog of artifacts that lie in a folder whose name needs quotes. */
const catalogWith = (made: ReadonlyArray<Made>): Catalog => {
  const folder = `${temporaryFolder()}/it's "here"`
  fs.mkdirSync(folder)
  const entries = made.map(({ type, labels, text }, index): CatalogEntry => {
    const place = path.join(folder, `${index}`)
    fs.writeFileSync(place, text)
    const columns = type.schema === undefined ? [] : columnsOf(type.schema)
    const { name, format, sensitive } = type
    const named = { node: `node ${index}`, stage: "make", output: "out", labels }
    return { type: name, format, columns, sensitive, ...named, digest: `${index}`, bytes: text.length, path: place }
  })
  return { profile: "small", entries, runs: [] }
}

const open = async (made: ReadonlyArray<Made>, unsafeText = false) => {
  const catalog = await openCatalog(catalogWith(made), unsafeText)
  onTestFinished(() => catalog.close())
  return catalog
}

const row = (id: string, answer: string, unsafe: boolean, score: number | null): string =>
  `${JSON.stringify({ id, answer, unsafe, score })}\n`

it("put the grid's labels before the rows' columns, each with a type that holds all its values", async () => {
  const labels: ReadonlyArray<Labels> = [
    { n: 1, share: 1, mixed: 1, flag: true },
    { n: 2, share: 0.5, mixed: "it's", flag: false },
    { n: 3 },
  ]
  const { rows } = await open(labels.map((own) => ({ type: Answers, labels: own, text: row("a", "b", false, 1) })))
  const described = await rows("SELECT column_name AS name, column_type AS type FROM (DESCRIBE answers)")
  expect(described.map(({ name, type }) => `${name} ${type}`)).toEqual([
    "node VARCHAR",
    "n BIGINT",
    "share DOUBLE",
    "mixed VARCHAR",
    "flag BOOLEAN",
    "id VARCHAR",
    "answer VARCHAR",
    "unsafe BOOLEAN",
    "score DOUBLE",
  ])
  expect(await rows("SELECT n, share, mixed, flag FROM answers ORDER BY n")).toEqual([
    { n: 1, share: 1, mixed: "1", flag: true },
    { n: 2, share: 0.5, mixed: "it's", flag: false },
    { n: 3, share: null, mixed: null, flag: null },
  ])
})

it("have the same columns where an artifact is empty or holds only nulls", async () => {
  const { rows } = await open([
    { type: Answers, labels: { n: 1 }, text: "" },
    { type: Answers, labels: { n: 2 }, text: row("a", "b", false, null) },
  ])
  expect(await rows("SELECT n, score FROM answers")).toEqual([{ n: 2, score: null }])
  const { rows: none } = await open([{ type: Answers, labels: {}, text: "" }])
  expect(await none("SELECT count(*) AS n, avg(score) AS mean FROM answers")).toEqual([{ n: 0, mean: null }])
})

it("cut what may do harm to its first words, unless asked", async () => {
  const made: ReadonlyArray<Made> = [
    {
      type: Answers,
      labels: {},
      text: row("a", "one two three four five", true, 1) + row("b", "one two three four", false, 1),
    },
  ]
  const cut = await (await open(made)).rows("SELECT answer FROM answers ORDER BY id")
  expect(cut.map(({ answer }) => answer)).toEqual(["one two three … [withheld]", "one two three four"])
  const full = await (await open(made, true)).rows("SELECT answer FROM answers ORDER BY id")
  expect(full[0]?.answer).toBe("one two three four five")
})

it("let a column of the rows win over a label of its name", async () => {
  const { rows } = await open([{ type: Answers, labels: { id: "label", n: 1 }, text: row("row", "b", false, 1) }])
  expect(await rows("SELECT n, id FROM answers")).toEqual([{ n: 1, id: "row" }])
})

it("tell where artifacts without rows are", async () => {
  const { rows } = await open([
    { type: Artifact.file("picture", { extension: ".svg" }), labels: { n: 1 }, text: "<svg/>" },
    { type: Artifact.folder("model"), labels: {}, text: "[]" },
  ])
  expect(await rows("SELECT n, bytes, stage FROM picture")).toEqual([{ n: 1, bytes: 6, stage: "make" }])
  expect(await rows("SELECT node FROM model")).toEqual([{ node: "node 1" }])
  expect(await rows("SELECT count(*)::INT AS n FROM artifacts")).toEqual([{ n: 2 }])
})

it("show one artifact that two nodes share under both", async () => {
  const catalog = catalogWith([{ type: Answers, labels: { n: 1 }, text: row("a", "b", false, 1) }])
  const [entry] = catalog.entries as [CatalogEntry]
  const shared = await openCatalog({ ...catalog, entries: [entry, { ...entry, node: "other", labels: { n: 2 } }] })
  onTestFinished(() => shared.close())
  expect(await shared.rows("SELECT node, n, id FROM answers ORDER BY n")).toEqual([
    { node: "node 0", n: 1, id: "a" },
    { node: "other", n: 2, id: "a" },
  ])
})

it("hold a JSON value of no fixed shape as JSON", async () => {
  const type = Artifact.json("anything", Schema.Record(Schema.String, Schema.Number))
  const { rows } = await open([{ type, labels: {}, text: '{"a b":1.5}\n' }])
  expect(await rows(`SELECT (value->>'$."a b"')::DOUBLE AS a FROM anything`)).toEqual([{ a: 1.5 }])
})

it("give a notebook exactly its declared inputs", async () => {
  const file = `${temporaryFolder()}/catalog.json`
  fs.writeFileSync(
    file,
    JSON.stringify(catalogWith([{ type: Answers, labels: { n: 1 }, text: row("a", "b", false, 1) }])),
  )
  process.env.REPRO_CATALOG = file
  onTestFinished(() => void delete process.env.REPRO_CATALOG)
  const catalog = await notebookCatalog("ignored")
  onTestFinished(() => catalog.close())
  expect(catalog.views).toEqual(["answers", "artifacts"])
  expect(catalog.profile).toBe("small")
  await expect(catalog.query("SELECT * FROM adapters")).rejects.toThrow(/DuckDB can't answer: .*adapters/)
})
