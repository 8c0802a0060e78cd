import * as fs from "node:fs"
import * as path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { packageClosure, pythonLockDigest } from "../../../kit/code/lock.ts"
import { edit, type Files, project, remove, write } from "./project.ts"

let root = ""
beforeEach(() => {
  root = project({})
})
afterEach(() => remove(root))

const npm = (packages: Record<string, object>, installed = packages): Files => ({
  "package-lock.json": JSON.stringify({ packages }),
  "node_modules/.package-lock.json": JSON.stringify({ packages: installed }),
})
const at = (version: string, more: object = {}) => ({ version, integrity: `sha512-${version}`, ...more })

describe("packages of npm", () => {
  it("nested copies, optional and peer dependencies, cycles", () => {
    const packages = {
      "node_modules/@scope/a": at("1.0.0", { dependencies: { b: "*", c: "*" }, optionalDependencies: { native: "*" } }),
      "node_modules/@scope/a/node_modules/b": at("2.0.0", {
        dependencies: { "@scope/a": "*" },
        peerDependencies: { d: "*" },
      }),
      "node_modules/b": at("1.0.0"),
      "node_modules/c": at("3.0.0"),
      "node_modules/d": at("4.0.0"),
      "node_modules/native": at("5.0.0", { optional: true }),
      "node_modules/other": at("6.0.0"),
    }
    const { "node_modules/native": _, ...installed } = packages
    write(root, npm(packages, installed as typeof packages))
    expect(packageClosure(root, ["@scope/a/deep/module", "@scope/a"])).toEqual({
      "@scope/a": "1.0.0",
      "@scope/a/node_modules/b": "2.0.0",
      c: "3.0.0",
      d: "4.0.0",
      native: "5.0.0",
    })
  })

  it("no package needs no lock", () => {
    expect(packageClosure(root, [])).toEqual({})
  })

  it("a package from elsewhere than a registry counts with its source", () => {
    write(root, npm({ "node_modules/a": { version: "1.0.0", resolved: "git+ssh://host/a.git#abc" } }))
    expect(packageClosure(root, ["a"]).a).toContain("#abc")
  })

  it.each([
    ["another version installed", { "node_modules/a": at("1.0.1") }],
    ["other bytes installed", { "node_modules/a": { version: "1.0.0", integrity: "sha512-other" } }],
    ["not installed", {}],
  ])("%s: an error that says what to run", (_, installed) => {
    write(root, npm({ "node_modules/a": at("1.0.0") }, installed as never))
    expect(() => packageClosure(root, ["a"])).toThrow(/node_modules\/a is locked at 1\.0\.0.*Run npm ci/)
  })

  it("nothing installed, no lock, a damaged lock", () => {
    expect(() => packageClosure(root, ["a"])).toThrow(/package-lock\.json: there is no such file.*npm install/)
    write(root, npm({ "node_modules/a": at("1.0.0") }))
    fs.rmSync(path.join(root, "node_modules"), { recursive: true })
    expect(() => packageClosure(root, ["a"])).toThrow(
      /node_modules\/\.package-lock\.json: there is no such file.*npm ci/,
    )
    write(root, { "package-lock.json": "{" })
    expect(() => packageClosure(root, ["a"])).toThrow(/can't be read/)
  })
})

const LOCK = `# made by a tool
numpy==2.0.1 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
    # via torch
Torch[Extra_One]==2.15.0 ; sys_platform == 'linux' \\
    --hash=sha256:cc
`

describe("a Python lock", () => {
  const digest = () => pythonLockDigest(path.join(root, "cpu.txt"))
  beforeEach(() => write(root, { "cpu.txt": LOCK }))

  it("names and versions", () => {
    expect(digest().packages).toEqual({ numpy: "2.0.1", torch: "2.15.0" })
  })

  it.each<readonly [string, string | RegExp, string]>([
    ["a comment", "# made by a tool", "# made by another"],
    ["the order of hashes", /(--hash=sha256:aa)([\s\S]*)(--hash=sha256:bb)/, "$3$2$1"],
    ["the order of packages", /(numpy[\s\S]*?torch\n)([\s\S]*)/, "$2$1"],
    ["line ends", /\n/g, "\r\n"],
    ["spelling of a name", "Torch[Extra_One]", "torch[extra-one]"],
    ["an index's address", "numpy", "--index-url https://example.org/simple\nnumpy"],
  ])("%s doesn't matter", (_, from, to) => {
    const before = digest()
    edit(root, "cpu.txt", from, to)
    expect(digest()).toEqual(before)
  })

  it.each<readonly [string, string, string]>([
    ["a version", "2.0.1", "2.0.2"],
    ["a hash", "sha256:bb", "sha256:dd"],
    ["a marker", "linux", "darwin"],
    ["an extra", "[Extra_One]", ""],
  ])("%s matters", (_, from, to) => {
    const before = digest()
    edit(root, "cpu.txt", from, to)
    expect(digest().digest).not.toBe(before.digest)
  })

  it.each(["numpy>=2", "-r other.txt", "-e ."])("%s pins nothing: an error", (line) => {
    write(root, { "cpu.txt": `${line}\n` })
    expect(digest).toThrow(/pins no version.*--generate-hashes/)
  })

  it("a missing file", () => {
    expect(() => pythonLockDigest(path.join(root, "none.txt"))).toThrow(/none\.txt: it can't be read/)
  })
})
