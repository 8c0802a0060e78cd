import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as Schema from "effect/Schema"
import { afterAll, expect, it } from "vitest"
import { withDatabase } from "../../../kit/lib/duckdb.ts"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "duckdb-test-"))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const Row = Schema.Struct({ id: Schema.String, count: Schema.Int, score: Schema.NullOr(Schema.Number) })

const file = (name: string, text: string): string => {
  const place = path.join(folder, name)
  fs.writeFileSync(place, text)
  return place
}

it("loads rows from paths that look like patterns or hold quotes, and only from those", async () => {
  const odd = file("it's [a-z]*?.jsonl", '{"id":"one","count":3,"score":0.5}\n')
  file("it's bcd!.jsonl", '{"id":"wrong","count":0,"score":0}\n')
  const rows = await withDatabase(async (database) => {
    await database.load("things", Row, [{ path: odd, member: "it's me" }])
    return database.query("SELECT * FROM things")
  })
  expect(rows).toEqual([{ member: "it's me", id: "one", count: 3, score: 0.5 }])
})

it("gives an empty file the columns of a full one, and keeps null apart from 0", async () => {
  const files = [file("empty", ""), file("null", '{"id":"a","count":1,"score":null}\n')]
  const rows = await withDatabase(async (database) => {
    await database.load("things", Row, [{ path: files[0] as string, member: "m" }])
    const empty = await database.query("SELECT typeof(any_value(count)) AS type, count(*) AS n FROM things")
    await database.load("more", Row, [{ path: files[1] as string, member: "m" }])
    return [
      empty[0],
      ...(await database.query("SELECT score, avg(score) OVER () AS mean FROM more WHERE count < $limit", {
        limit: 2,
      })),
    ]
  })
  expect(rows).toEqual([
    { type: "BIGINT", n: 0 },
    { score: null, mean: null },
  ])
})

it("says which file is not JSON", async () => {
  const torn = file("torn", '{"id": "a", ')
  await expect(withDatabase((database) => database.load("things", Row, [{ path: torn, member: "m" }]))).rejects.toThrow(
    torn,
  )
})
