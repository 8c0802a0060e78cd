/** Stores that somebody spoiled, mistook or wrote with a newer kit: told in words a person can act on, mended where that is safe. */
import * as fs from "node:fs"
import { beforeAll, expect, it } from "vitest"
import { ranProject } from "../support/held-project.ts"
import { filesUnder, type Result, type TestProject, temporaryFolder } from "../support/project.ts"
import { wordsProject } from "../support/words.ts"

let whole: TestProject
beforeAll(() => {
  const ran = ranProject(wordsProject)
  whole = ran.project
  return ran.remove
})

/** A copy of a whole store; commands run on it by `--store`. */
const copied = (): string => {
  const store = `${temporaryFolder()}/store`
  fs.cpSync(`${whole.root}/artifacts`, store, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  return store
}

const on = (store: string, ...args: ReadonlyArray<string>): Result => whole.repro([...args, "--store", store])

/** What no person should ever read. */
const RAW = /\n\s+at .*:\d+:\d+|TypeError|Cannot (read|convert|destructure)|is not (a function|iterable)|undefined|NaN/

const expectPlain = ({ stdout, stderr }: Result, what: string): void => {
  expect(stderr, what).not.toMatch(RAW)
  expect(stdout, what).not.toMatch(RAW)
}

const recordOf = (store: string, node: string): string => {
  const files = filesUnder(`${store}/records`).map((name) => `${store}/records/${name}`)
  return files.find((file) => JSON.parse(fs.readFileSync(file, "utf8")).node === node) as string
}

const CHANGES: ReadonlyArray<readonly [node: string, change: (record: Mutable) => object]> = [
  ["write/words=1", (record) => ({ ...record, outputs: { text: null } })],
  ["write/words=2", ({ run, ...record }) => ({ ...record, run: { ...run, started: "some day" } })],
  ["shout/words=1", (record) => ({ ...record, inputs: { text: 7 } })],
  ["shout/words=2", (record) => ({ ...record, labels: null, code: [] })],
  ["measure/words=1", (record) => ({ ...record, environment: null, node: 5 })],
  ["measure/words=2", leadingOut],
]

interface Mutable {
  readonly run: object
  readonly outputs: Readonly<Record<string, { readonly files: ReadonlyArray<object> }>>
}

function leadingOut(record: Mutable): object {
  const { length } = record.outputs
  return { ...record, outputs: { length: { ...length, files: [{ ...length?.files[0], path: "../../../evil" }] } } }
}

it("records that are JSON and yet none count as absent, are named by verify, and their work is done anew", () => {
  const store = copied()
  for (const [node, change] of CHANGES) {
    const file = recordOf(store, node)
    fs.writeFileSync(file, JSON.stringify(change(JSON.parse(fs.readFileSync(file, "utf8")))))
  }
  const verified = on(store, "verify")
  expect(verified.code).toBe(1)
  expect(verified.stdout.match(/its fields are not those of a record/g)).toHaveLength(CHANGES.length)
  for (const args of [["trace", "measure/words=2"], ["show", "measure/words=1"], ["gc"], ["plan"]])
    expectPlain(on(store, ...args), args.join(" "))
  const ran = on(store, "run")
  expect(ran.code, ran.stderr).toBe(0)
  expect(ran.stderr).toContain("6 computed, 0 cached of 6 nodes")
  expect(on(store, "verify").code).toBe(0)
  expect(filesUnder(store).filter((name) => name.includes("evil"))).toEqual([])
})

it("records of a newer kit are left to it: a collection removes nothing, and says whom to ask", () => {
  const store = copied()
  const file = recordOf(store, "measure/words=1")
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(file, "utf8")), format: 3 }))
  const before = filesUnder(store)
  for (const args of [["gc"], ["gc", "--delete"]]) {
    const { code, stderr } = on(store, ...args)
    expect(code).toBe(1)
    expect(stderr).toContain("A record is of a newer version of the kit")
    expect(stderr).toContain("do: Collect with that version of the kit; nothing was removed.")
  }
  expect(filesUnder(store).filter((name) => !name.startsWith("claims/"))).toEqual(
    before.filter((name) => !name.startsWith("claims/")),
  )
  expect(on(store, "run").stderr).toContain("1 computed, 5 cached of 6 nodes")
})

it("a format file that can't be read is told with how to mend it", () => {
  const store = copied()
  const spoilt = (what: string, args: ReadonlyArray<string>): void => {
    const { code, stderr } = on(store, ...args)
    expect(code, what).toBe(1)
    expect(stderr, what).toMatch(/which format the store has can't be read\n[\s\S]*write 1 into it/)
  }
  fs.writeFileSync(`${store}/format`, Buffer.from([255, 0, 7, 27, 91, 51, 49, 109]))
  spoilt("noise", ["plan"])
  fs.writeFileSync(`${store}/format`, "")
  spoilt("nothing", ["verify"])
  fs.rmSync(`${store}/format`)
  fs.mkdirSync(`${store}/format`)
  spoilt("a folder", ["run"])
})

it("a place without a store is no whole store: verify, gc and pins say so and make none", () => {
  const nowhere = `${temporaryFolder()}/nowhere`
  for (const args of [["verify"], ["gc", "--delete"], ["unpin", "x"]]) {
    const { code, stdout, stderr } = on(nowhere, ...args)
    expect({ code, stdout }, args.join(" ")).toEqual({ code: 1, stdout: "" })
    expect(stderr).toContain("There is no store here")
  }
  expect(on(nowhere, "pin", "x").stderr).toContain("has no results yet")
  expect(fs.existsSync(nowhere)).toBe(false)
  fs.writeFileSync(nowhere, "")
  for (const args of [["plan"], ["verify"]])
    expect(on(nowhere, ...args).stderr, args.join(" ")).toContain("The store is no folder")
})

it("a link to a disk that is not there is no store in which nothing ever ran", () => {
  const link = `${temporaryFolder()}/link`
  fs.symlinkSync("/no/such/disk", link)
  for (const args of [["plan"], ["run"], ["ls"], ["verify"]]) {
    const { code, stderr } = on(link, ...args)
    expect(code, args.join(" ")).toBe(1)
    expect(stderr, args.join(" ")).toContain("The store is a link to /no/such/disk, which is not there")
  }
})

it("names that were spoiled count as lost, and no command trips over them", () => {
  const store = copied()
  for (const [text, args] of [
    ['{"format":1}', ["trace", "measure/words=1"]],
    ['{"format":1,"pipeline":"words","profile":"small","nodes":{"a":null},"types":{}}', ["ls"]],
    ['{"format":1,"pipeline":"words","profile":"small","nodes":{},"types":{"texts":7}}', ["query", "SHOW TABLES"]],
    ["null", ["gc"]],
  ] as const) {
    fs.writeFileSync(`${store}/heads/words/small.json`, text)
    expectPlain(on(store, ...args), args.join(" "))
  }
  expect(on(store, "run").code).toBe(0)
  expect(on(store, "trace", "measure/words=1").code).toBe(0)
})

it("a pin that holds no records stops a collection; one without a name is refused", () => {
  const store = copied()
  fs.mkdirSync(`${store}/pins`)
  fs.writeFileSync(
    `${store}/pins/x.json`,
    '{"format":1,"name":"x","made":"","pipeline":"","profile":"","records":[{"key":1}]}',
  )
  for (const args of [["pin"], ["gc", "--delete"]]) {
    const { code, stderr } = on(store, ...args)
    expect(code).toBe(1)
    expect(stderr).toContain("A pin can't be read")
  }
  expect(on(store, "unpin", "x").code).toBe(0)
  expect(on(store, "pin", " ").stderr).toContain("A pin needs a name")
})

it("trace says of a name that no file can have that nothing has it", () => {
  const { code, stderr } = whole.repro(["trace", "a".repeat(5000)])
  expect(code).toBe(1)
  expect(stderr).toMatch(/No node, stage or glob of profile "small" matches/)
  expect(stderr).not.toContain("ENAMETOOLONG")
})
