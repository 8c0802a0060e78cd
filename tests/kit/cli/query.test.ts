/** SQL over the artifacts, through the real command line. One run serves all tests, which only read. */
import { beforeAll, describe, expect, it } from "vitest"
import { ranProject } from "../support/held-project.ts"
import type { TestProject } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"

let project: TestProject
beforeAll(() => {
  const ran = ranProject(wordsProject)
  project = ran.project
  return ran.remove
})

const query = (sql: string, ...more: ReadonlyArray<string>) => project.repro(["query", ...more, sql])

describe("an answer", () => {
  const sql = "SELECT words, length, 'a,\"b\"' AS quoted, NULL AS nothing FROM lengths ORDER BY words"

  it("is a table for people, with the count on stderr", () => {
    const { code, stdout, stderr } = query(sql)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^words {2}length {2}quoted/)
    expect(stdout).toMatch(/1 +5 +a,"b"/)
    expect(stderr).toBe("2 rows\n")
  })

  it("is CSV as RFC 4180 has it", () => {
    expect(query(sql, "--format", "csv")).toEqual({
      code: 0,
      stdout: 'words,length,quoted,nothing\n1,5,"a,""b""",\n2,10,"a,""b""",\n',
      stderr: "",
    })
  })

  it("is JSON", () => {
    expect(JSON.parse(query(sql, "--format", "json").stdout)).toEqual([
      { words: 1, length: 5, quoted: 'a,"b"', nothing: null },
      { words: 2, length: 10, quoted: 'a,"b"', nothing: null },
    ])
  })

  it("keeps integers that a double can't hold", () => {
    expect(query("SELECT 9007199254740993 AS big, 7 AS small", "--format", "json").stdout).toContain(
      '"9007199254740993"',
    )
  })

  it("lets no control character reach the terminal", () => {
    expect(query("SELECT chr(27) || '[31mred' AS text").stdout).not.toContain("\u001b")
  })
})

describe("the views", () => {
  it("are one for each type, and two about the store", () => {
    const names = query("SHOW TABLES", "--format", "csv").stdout.trim().split("\n")
    expect(names.slice(1).sort()).toEqual(["artifacts", "lengths", "runs", "texts"])
  })

  it("hold the artifacts of all nodes that made the type, with the grid's labels as columns", () => {
    const sql = "SELECT node, words, text FROM texts ORDER BY node"
    expect(query(sql, "--format", "csv").stdout).toBe(
      "node,words,text\nshout/words=1,1,WORD!\nshout/words=2,2,WORD WORD!\nwrite/words=1,1,word\nwrite/words=2,2,word word\n",
    )
  })

  it("tell where artifacts are and how runs went", () => {
    const sql = `SELECT r.stage, count(*) AS n, bool_and(r.seconds >= 0) AS timed, bool_and(length(a.digest) = 64) AS digested
      FROM runs r JOIN artifacts a USING (node) GROUP BY ALL ORDER BY ALL`
    expect(query(sql, "--format", "csv").stdout).toBe(
      "stage,n,timed,digested\nmeasure,2,true,true\nshout,2,true,true\nwrite,2,true,true\n",
    )
    expect(query("SELECT params->>'words' AS w FROM runs WHERE node = 'write/words=2'", "--format", "csv").stdout).toBe(
      "w\n2\n",
    )
  })
})

describe("a mistake", () => {
  it.each(["SELEC 1", "SELECT nothing FROM texts", "SELECT * FROM txts", "", "/* nothing */"])(
    "in SQL is told in DuckDB's words, with the views: %s",
    (sql) => {
      const { code, stdout, stderr } = query(sql)
      expect(code).not.toBe(0)
      expect(stdout).toBe("")
      expect(stderr).toContain("DuckDB can't answer: ")
      expect(stderr).toContain("lengths")
      expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m)
    },
  )

  it("is a profile that never ran: the message says to run it", () => {
    const { code, stderr } = query("SELECT * FROM texts", "--profile", "large")
    expect(code).toBe(1)
    expect(stderr).toContain("run the pipeline first")
  })
})
