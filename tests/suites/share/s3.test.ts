import * as fs from "node:fs"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { authored, objectOf, objects, overwrite, recordFiles } from "../../kit/share/support/share-project.ts"
import { filesUnder, type TestProject, temporaryFolder, until } from "../../kit/support/project.ts"
import { wordsProject } from "../../kit/support/words.ts"
import { BYTES, bigProject } from "./support/big-project.ts"
import { type FaultyLine, faultyLine } from "./support/faulty-line.ts"
import { type Gateway, startGateway } from "./support/gateway.ts"

const cleanups: Array<() => void> = []
let gateway: Gateway
let line: FaultyLine
let prefix = 0

beforeAll(async () => {
  gateway = await startGateway(temporaryFolder((remove) => void cleanups.push(remove)))
  line = await faultyLine(gateway.port)
})
afterAll(async () => {
  await line.stop()
  await gateway.stop()
  for (const remove of cleanups) remove()
})
afterEach(() => {
  line.fault = "none"
  line.requests.length = 0
})

/** A place that no other test uses. */
const place = (): { readonly url: string; readonly folder: string } => {
  const name = `p${prefix++}`
  return { url: `s3://results/${name}`, folder: `${gateway.folder}/results/${name}` }
}

const env = (more: Readonly<Record<string, string>> = {}) => ({ ...gateway.environment, ...more })

/** Every text that a project keeps, but for its code. */
const kept = (project: TestProject): string =>
  filesUnder(`${project.root}/artifacts`)
    .map((name) => fs.readFileSync(`${project.root}/artifacts/${name}`, "latin1"))
    .join("\n")

describe("a bucket of a real S3 server", () => {
  it("takes what is missing, gives it back lazily, and no secret is kept or shown", async () => {
    const author = authored()
    const { url } = place()
    const pushed = author.repro(["push", url], env())
    expect(pushed).toMatchObject({ code: 0 })
    expect(pushed.stdout).toContain("sent 6 records and 7 objects")
    expect(author.repro(["push", url], env()).stdout).toContain("sent 0 records and 0 objects")
    const reviewer = wordsProject()
    const ran = reviewer.repro(["run", "--from", url], env())
    expect(ran).toMatchObject({ code: 0 })
    expect(reviewer.lines("calls.txt")).toEqual([])
    expect(objects(`${reviewer.root}/artifacts`)).toHaveLength(2)
    expect(ran.stderr).toContain(`On trust from ${url}?endpoint=`)
    const later = reviewer.repro(["run", "shout/words=1"], {
      AWS_ACCESS_KEY_ID: env().AWS_ACCESS_KEY_ID ?? "",
      AWS_SECRET_ACCESS_KEY: env().AWS_SECRET_ACCESS_KEY ?? "",
    })
    expect(later).toMatchObject({ code: 0 })
    expect(objects(`${reviewer.root}/artifacts`)).toHaveLength(3)
    const secret = gateway.environment.AWS_SECRET_ACCESS_KEY as string
    expect(JSON.stringify([pushed, ran, later]) + kept(reviewer)).not.toContain(secret)
  })

  it("ends well for two who push at once, and each object is there once", async () => {
    const [one, two] = [authored(), authored()]
    const { url, folder } = place()
    const both = await Promise.all([one, two].map((project) => project.start(["push", url], env()).ended))
    expect(both.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0])
    expect(filesUnder(`${folder}/objects`)).toHaveLength(7)
    expect(recordFiles(folder)).toHaveLength(6)
  })

  it("says what is wrong: no bucket, a wrong secret, no secret, no server", () => {
    const author = authored()
    const wrong = env({ AWS_SECRET_ACCESS_KEY: "wrong-secret-0123456789" })
    const cases: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, string]> = [
      ["s3://no-such-bucket/x", env(), 'There is no bucket "no-such-bucket"'],
      ["s3://results/x", wrong, "doesn't know these secrets"],
      ["s3://results/x", env({ AWS_SECRET_ACCESS_KEY: "" }), "are not both set"],
      ["s3://results/x", env({ AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" }), "can't be reached"],
    ]
    for (const [url, environment, message] of cases) {
      const result = author.repro(["push", url], environment)
      expect(result).toMatchObject({ code: 1, stdout: "" })
      expect(result.stderr).toContain(message)
      expect(result.stderr).toMatch(/\n {2}do: \S/)
      expect(result.stderr).not.toContain("wrong-secret")
      expect(result.stderr).not.toMatch(/at .*\.[jt]s:\d+/)
    }
    const nothing = author.repro(["pull", place().url], env())
    expect(nothing.stderr).toContain("Nothing was shared at")
  })

  it("is refused where bits of an object changed there", () => {
    const author = authored()
    const { url, folder } = place()
    author.repro(["push", url], env())
    const object = objectOf(folder, "measure/words=2")
    const bytes = fs.readFileSync(object)
    bytes[0] = (bytes[0] as number) ^ 1
    overwrite(object, bytes)
    const reviewer = wordsProject()
    const pulled = reviewer.repro(["pull", url, "measure/words=2"], env())
    expect(pulled).toMatchObject({ code: 1 })
    expect(pulled.stderr).toContain("is not what its digest says")
    expect(objects(`${reviewer.root}/artifacts`)).toEqual([])
    overwrite(object, Buffer.concat([bytes, bytes]))
    expect(author.repro(["push", url], env()).stderr).toContain("it is damaged there")
  })
})

describe("a large object", () => {
  it("travels in parts, arrives whole over a line that breaks, and a killed pull goes on where it stopped (dvc#10525)", async () => {
    const author = bigProject()
    expect(author.repro(["run"])).toMatchObject({ code: 0 })
    const { url } = place()
    expect(author.repro(["push", url], env()).stdout).toContain("sent 2 records")

    const reviewer = bigProject()
    Object.assign(line, { fault: "cut", limit: 7_000_000 })
    const environment = env({ AWS_ENDPOINT_URL_S3: line.url })
    const pulled = await reviewer.start(["pull", url, "make"], environment).ended
    expect(pulled).toMatchObject({ code: 0 })
    expect(line.requests.filter((request) => /range: bytes=[1-9]/iu.test(request)).length).toBeGreaterThanOrEqual(2)
    expect(fs.statSync(objectOf(`${reviewer.root}/artifacts`, "make")).size).toBe(BYTES)
    expect(reviewer.repro(["verify"])).toMatchObject({ code: 0 })

    const other = bigProject()
    Object.assign(line, { fault: "stall", limit: 7_000_000 })
    const running = other.start(["pull", url, "make"], environment)
    const incoming = `${other.root}/artifacts/incoming`
    const arrived = (): number =>
      fs.existsSync(incoming)
        ? fs.readdirSync(incoming).reduce((sum, name) => sum + fs.statSync(`${incoming}/${name}`).size, 0)
        : 0
    await until(() => arrived() > 5_000_000, "some bytes arrived", 120_000)
    running.child.kill("SIGKILL")
    await running.ended
    expect(objects(`${other.root}/artifacts`)).toEqual([])
    expect(other.repro(["ls"]).stdout).toMatch(/make +fetch/)
    Object.assign(line, { fault: "none" })
    line.requests.length = 0
    expect(await other.start(["pull", url, "make"], environment).ended).toMatchObject({ code: 0 })
    expect(line.requests.some((request) => /range: bytes=[1-9]/iu.test(request))).toBe(true)
    expect(fs.readdirSync(incoming)).toEqual([])
    expect(other.repro(["verify"])).toMatchObject({ code: 0 })
  })

  it("is never downloaded by who reruns what is made from what is made from it", () => {
    const author = bigProject()
    author.repro(["run"])
    const { url } = place()
    author.repro(["push", url], env())
    const reviewer = bigProject()
    expect(reviewer.repro(["run", "--from", url], env())).toMatchObject({ code: 0 })
    const total = objects(`${reviewer.root}/artifacts`).length
    expect(total).toBe(1)
    expect(reviewer.lines("calls.txt")).toEqual([])
  })
})
