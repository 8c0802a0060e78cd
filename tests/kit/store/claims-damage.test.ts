/** A database of claims that was damaged or replaced is made anew, unless a living driver uses it. */
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { expect, it, onTestFinished } from "vitest"
import { StoreError } from "../../../kit/errors.ts"
import { openClaims } from "../../../kit/store/claims.ts"
import { temporaryFolder } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"

/** The bytes of a database that a driver with much in it left when it died. */
const filled = (): Buffer => {
  const root = temporaryFolder()
  const claims = openClaims({ root })
  for (let index = 0; index < 1500; index++) claims.claim(`key ${index}`)
  claims.uses.announce(Array.from({ length: 1500 }, (_, index) => `object ${index}`))
  const copy = `${root}/copy.db`
  const database = new DatabaseSync(`${root}/claims/claims.db`)
  database.exec(`vacuum into '${copy}'`)
  database.close()
  claims.close()
  return fs.readFileSync(copy)
}

/** A store whose claims are these bytes. */
const storeWith = (bytes: Buffer): { readonly root: string; readonly file: string } => {
  const root = temporaryFolder()
  fs.mkdirSync(`${root}/claims/drivers`, { recursive: true })
  fs.writeFileSync(`${root}/claims/claims.db`, bytes)
  return { root, file: `${root}/claims/claims.db` }
}

const works = (root: string): void => {
  const claims = openClaims({ root })
  try {
    for (const key of ["key 1", "key 700", "another"]) expect(claims.claim(key)).toBe(true)
    claims.uses.announce(["object 3", "new"])
    expect(claims.uses.removeUnused(["object 3", "object 4"], () => {})).toBe(1)
  } finally {
    claims.close()
  }
}

it("with bytes flipped anywhere", { timeout: 60_000 }, () => {
  const bytes = filled()
  for (let at = 0; at < bytes.length; at += 3001) {
    const flipped = Buffer.from(bytes)
    for (let index = at; index < Math.min(at + 24, bytes.length); index++) flipped[index] = (flipped[index] ?? 0) ^ 0xff
    works(storeWith(flipped).root)
  }
})

it.each([
  ["cut off", (file: string) => fs.truncateSync(file, 5000)],
  ["emptied", (file: string) => fs.truncateSync(file, 0)],
  ["overwritten with text", (file: string) => fs.writeFileSync(file, "no database".repeat(1000))],
  ["a log of other bytes beside it", (file: string) => fs.writeFileSync(`${file}-wal`, "junk".repeat(2000))],
  [
    "replaced by a folder",
    (file: string) => {
      fs.rmSync(file)
      fs.mkdirSync(`${file}/inner`, { recursive: true })
    },
  ],
  [
    "replaced by a link to nowhere",
    (file: string) => {
      fs.rmSync(file)
      fs.symlinkSync("/nowhere/claims.db", file)
    },
  ],
  ["a folder where its log should be", (file: string) => fs.mkdirSync(`${file}-wal`)],
  [
    "made with other tables",
    (file: string) => {
      fs.rmSync(file)
      const database = new DatabaseSync(file)
      database.exec("create table claims (name text); create table uses (id text)")
      database.close()
    },
  ],
] as const)("when it is %s", (_, damage) => {
  const { root, file } = storeWith(filled())
  damage(file)
  works(root)
})

it("is refused while another driver lives that uses it", () => {
  const { root, file } = storeWith(Buffer.alloc(0))
  const other = openClaims({ root })
  onTestFinished(() => other.close())
  for (const end of ["", "-wal", "-shm"]) fs.rmSync(`${file}${end}`, { force: true })
  fs.writeFileSync(file, "no database".repeat(1000))
  expect(() => openClaims({ root })).toThrow(StoreError)
  expect(() => openClaims({ root })).toThrow(/damaged, and another run goes on/)
  expect(fs.readFileSync(file, "utf8")).toContain("no database")
})

it("costs a run nothing", () => {
  const project = wordsProject()
  expect(project.repro(["run", "measure/words=1"]).code).toBe(0)
  fs.writeFileSync(`${project.root}/artifacts/claims/claims.db`, filled().fill(255, 20_000))
  const { code, stderr } = project.repro(["run"])
  expect(code, stderr).toBe(0)
  expect(stderr).not.toContain("damaged")
  expect(project.lines("calls.txt").filter((line) => line.startsWith("write"))).toEqual(["write 1", "write 2"])
})
