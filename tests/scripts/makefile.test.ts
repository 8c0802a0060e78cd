/** The Makefile's doors: what a person types reaches the kit as typed, set-up runs only when due, results are safe. */
import { existsSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { type Checkout, makeCheckout, markSetUp } from "./checkout.ts"

/** A checkout that is set up and whose launcher prints its arguments and MIRROR, a line each. */
const ready = (): Checkout => {
  const checkout = makeCheckout()
  markSetUp(checkout)
  checkout.write("bin/repro", '#!/bin/sh\nprintf \'<%s>\\n\' "$@" "MIRROR=$MIRROR"\n', 0o755)
  return checkout
}

describe("what a person types", () => {
  const awkward = 'it\'s "quoted", $HOME $(x) `y` \\ ü'

  it.each([
    ["stage", "S"],
    ["query", "Q"],
  ])("reaches `repro %s` as it was typed", (target, variable) => {
    const result = ready().run(["make", target, `${variable}=${awkward}`], { MIRROR: "" })
    expect(result.stderr).toBe("")
    expect(result.stdout.trimEnd().split("\n").slice(0, -1)).toEqual(
      [target, "--profile", "smoke", "--", awkward].map((word) => `<${word}>`),
    )
  })

  it("hands a mirror folder on, given as an argument or in the environment", () => {
    const checkout = ready()
    expect(checkout.run(["make", "reproduce", "MIRROR=/a folder/$b"]).stdout).toContain("<MIRROR=/a folder/$b>")
    expect(checkout.run(["make", "reproduce"], { MIRROR: "/c d" }).stdout).toContain("<MIRROR=/c d>")
  })

  it.each([
    ["reproduce", ["run", "--profile", "paper"]],
    ["plan", ["plan", "--profile", "paper"]],
    ["notebooks", ["run", "--profile", "paper", "notebook*"]],
    ["paper", ["run", "--profile", "paper", "paper"]],
  ])("make %s PROFILE=paper", (target, expected) => {
    const { stdout } = ready().run(["make", target, "PROFILE=paper"], { MIRROR: "" })
    expect(stdout).toBe([...expected, "MIRROR="].map((word) => `<${word}>\n`).join(""))
  })

  it.each(["stage", "query"])("make %s without its variable says how to write it", (target) => {
    const result = ready().run(["make", target])
    expect(result.code).not.toBe(0)
    expect(result.stdout).toBe("")
    expect(result.stderr).toMatch(new RegExp(`make ${target} [SQ]='`))
  })
})

describe("set-up", () => {
  /** Would make install something? */
  const due = (checkout: Checkout, environment: Readonly<Record<string, string>> = {}): boolean =>
    /setup-node\.sh|setup\.ts/.test(checkout.run(["make", "-n", "setup"], environment).stdout)

  it("is not due when its stamps are newer than the locks, and costs little", () => {
    const checkout = ready()
    expect(due(checkout)).toBe(false)
    const began = performance.now()
    expect(checkout.run(["make", "reproduce"]).code).toBe(0)
    expect(performance.now() - began).toBeLessThan(1000)
  })

  it.each(["package-lock.json", "scripts/uv.lock.txt"])("is due again when %s is newer", (lock) => {
    const checkout = ready()
    const later = new Date(Date.now() + 60_000)
    utimesSync(join(checkout.folder, lock), later, later)
    expect(due(checkout)).toBe(true)
  })

  it("is due when another worker lock is asked for, or an environment was removed", () => {
    const checkout = ready()
    expect(due(checkout, { REPRO_WORKER_LOCK: "gpu" })).toBe(true)
    expect(due(checkout)).toBe(false)
    checkout.run(["rm", ".cache/worker-venv/.installed"])
    expect(due(checkout)).toBe(true)
  })
})

it("lists its targets by default, suites that exist among them", () => {
  const checkout = ready()
  expect(checkout.run(["make"]).stdout).not.toContain("test-faults")
  checkout.write("tests/suites/faults/a.test.ts", "")
  const { code, stdout } = checkout.run(["make"])
  expect(code).toBe(0)
  for (const target of ["reproduce", "test ", "query", "clean", "test-faults"])
    expect(stdout).toContain(`make ${target}`)
  expect(checkout.run(["make", "-n", "test-faults"]).stdout).toContain("scripts/test.ts faults")
})

it("clean keeps the results, and removing those needs a yes", () => {
  const checkout = ready()
  checkout.write("artifacts/README.md", "kept")
  checkout.write("artifacts/objects/ab/object", "a result", 0o444)
  expect(checkout.run(["make", "clean"]).stdout).toContain("clean-artifacts CONFIRM=yes")
  expect(existsSync(join(checkout.folder, ".cache"))).toBe(false)
  expect(checkout.run(["make", "clean-artifacts"]).code).not.toBe(0)
  expect(existsSync(join(checkout.folder, "artifacts/objects/ab/object"))).toBe(true)
  expect(checkout.run(["make", "clean-artifacts", "CONFIRM=yes"]).code).toBe(0)
  expect(existsSync(join(checkout.folder, "artifacts/objects"))).toBe(false)
  expect(existsSync(join(checkout.folder, "artifacts/README.md"))).toBe(true)
})
