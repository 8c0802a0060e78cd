import { execFileSync } from "node:child_process"
import * as path from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { pythonDigests } from "../../../kit/code/python.ts"
import type { CodeDigest } from "../../../kit/code/types.ts"
import { edit, project, remove, WORKER, write } from "./project.ts"

const ENTRY = "repro_worker.tasks.finetune:run"
const COMMON = "worker/repro_worker/common.py"
const FINETUNE = "worker/repro_worker/tasks/finetune.py"

let root = ""
beforeEach(() => {
  root = project(WORKER)
})
afterEach(() => remove(root))

const digest = async (python?: string): Promise<CodeDigest> => {
  const found = await pythonDigests(root, [ENTRY], python === undefined ? {} : { python })
  return found.get(ENTRY) ?? expect.fail("no digest")
}
const inCommon = (from: string | RegExp, to: string) => () => edit(root, COMMON, from, to)
const inTask = (from: string | RegExp, to: string) => () => edit(root, FINETUNE, from, to)

type Edit = readonly [title: string, apply: () => void]
const HARMLESS: ReadonlyArray<Edit> = [
  ["a comment (snakemake#1694)", inTask("# a comment", "# another")],
  ["a docstring", inCommon('"""Lower case, cut."""', '"""Cuts."""')],
  ["a module's docstring", inCommon('"""Shared helpers."""\n', "")],
  ["whitespace and line ends", inTask(/\n/g, "\r\n")],
  ["brackets and quotes", inCommon("text.lower()[:LIMIT]", "(text.lower() [ : LIMIT ])")],
  ["an unreached function", inCommon("json.dumps(text)", "json.dumps(text, indent=2)")],
  ["a new function", inCommon("def unread", "def newer():\n    pass\n\n\ndef unread")],
  ["an unreached constant", inCommon("UNREAD_LIMIT = 4", "UNREAD_LIMIT = 5")],
  ["an unreached dataclass", inCommon("steps: int = 4", "steps: int = 5")],
  ["a caller of the entry point", inTask("return run(task)", "return [run(task)]")],
  ["the order of functions", inCommon(/(def normalise[\s\S]*?)(def unread[\s\S]*)$/, "$2\n\n$1")],
  ["the order of imports", inCommon(/(import json\n)(from dataclasses.*\n)/, "$2$1")],
  ["a data file that nothing names", () => write(root, { "worker/repro_worker/tasks/piqa.yaml": "task: other\n" })],
  [
    "what runs only as a program",
    inTask("def helper", 'if __name__ == "__main__":\n    print(helper(1))\n\n\ndef helper'),
  ],
  [
    "imports for types only",
    inTask("HERE =", "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import torch\n\nHERE ="),
  ],
]

const CHANGES: ReadonlyArray<readonly [title: string, names: ReadonlyArray<string>, apply: () => void]> = [
  ["a helper's body (redun#99)", [`${COMMON}#normalise`], inCommon("text.lower()", "text.upper()")],
  ["a global constant (redun#23)", [`${COMMON}#LIMIT`], inCommon("LIMIT = 3", "LIMIT = 4")],
  ["a reached dataclass", [`${COMMON}#Recipe`], inCommon("steps: int = 3", "steps: int = 4")],
  ["the entry point", [`${FINETUNE}#run`], inTask("!r:>10", "!s:>10")],
  ["a call on import", [`${COMMON}#(statements)`], inCommon("def normalise", "print(1)\n\n\ndef normalise")],
  [
    "a decorated function, for it may be registered",
    [`${COMMON}#(imports)`, `${COMMON}#unread`],
    inCommon("def unread", "import x\n\n\n@x.register\ndef unread"),
  ],
  ["a package imported for its effect", [`${FINETUNE}#(imports)`], inTask("HERE =", "import unsloth\n\nHERE =")],
  [
    "a YAML file that reached code names",
    ["worker/repro_worker/tasks/boolq.yaml"],
    () => write(root, { "worker/repro_worker/tasks/boolq.yaml": "task: other\n" }),
  ],
]

const changedNames = (before: CodeDigest, after: CodeDigest): ReadonlyArray<string> =>
  [...new Set([...Object.keys(before.declarations), ...Object.keys(after.declarations)])]
    .filter((name) => before.declarations[name] !== after.declarations[name])
    .sort()

describe("what doesn't change a Python digest", () => {
  it.each(HARMLESS)("%s", async (_, apply) => {
    const before = await digest()
    apply()
    expect((await digest()).digest).toBe(before.digest)
  })

  it("another folder", async () => {
    const before = await digest()
    const elsewhere = project(WORKER)
    try {
      expect((await pythonDigests(elsewhere, [ENTRY])).get(ENTRY)).toEqual(before)
    } finally {
      remove(elsewhere)
    }
  })
})

describe("what changes a Python digest", () => {
  it.each(CHANGES)("%s", async (_, names, apply) => {
    const before = await digest()
    apply()
    const after = await digest()
    expect(after.digest).not.toBe(before.digest)
    expect(changedNames(before, after)).toEqual(names)
  })

  it("a docstring that reached code reads", async () => {
    inTask("recipe = ", "print(normalise.__doc__)\n    recipe = ")()
    const before = await digest()
    inCommon('"""Lower case, cut."""', '"""Cuts."""')()
    expect((await digest()).digest).not.toBe(before.digest)
  })

  it("an unreached function, once names are looked up at run time", async () => {
    inTask("recipe = ", "getattr(task, task.method)()\n    recipe = ")()
    const before = await digest()
    inCommon("json.dumps(text)", "json.dumps(text, indent=2)")()
    expect((await digest()).digest).not.toBe(before.digest)
  })

  it.each([
    ["by its ending", 'f"{task.name}.yaml"'],
    ["by a pattern", '"*.yaml"'],
  ])("a data file named %s", async (_, name) => {
    inTask('"boolq.yaml"', name)()
    const before = await digest()
    write(root, { "worker/repro_worker/tasks/piqa.yaml": "task: other\n" })
    expect((await digest()).digest).not.toBe(before.digest)
  })

  it("a data file in a folder that reached code names, added later", async () => {
    write(root, { "worker/repro_worker/configs/a.yaml": "a: 1\n" })
    inTask('"boolq.yaml"', '"configs" / task.name')()
    const before = await digest()
    write(root, { "worker/repro_worker/configs/deep/b.yaml": "b: 1\n" })
    const after = await digest()
    expect(changedNames(before, after)).toEqual(["worker/repro_worker/configs/deep/b.yaml"])
  })
})

describe("several at once, and failures", () => {
  it("many entry points in one start give what each gives alone", async () => {
    const other = "repro_worker.tasks.finetune:helper"
    const both = await pythonDigests(root, [ENTRY, other])
    expect(both.get(ENTRY)).toEqual(await digest())
    expect(both.get(other)?.digest).not.toBe(both.get(ENTRY)?.digest)
  })

  it.each([
    ["repro_worker.tasks.none:run", /no such module/],
    ["repro_worker.tasks.finetune:none", /defines no none/],
  ])("%s", async (entry, what) => {
    await expect(pythonDigests(root, [entry])).rejects.toMatchObject({
      _tag: "CodeUnreadable",
      what: expect.stringMatching(what),
    })
  })

  it("a syntax error, with its place", async () => {
    inCommon("def unread(text):", "def unread(text:")()
    await expect(digest()).rejects.toMatchObject({
      _tag: "CodeUnreadable",
      where: expect.stringMatching(/^worker\/repro_worker\/common\.py:\d+$/),
    })
  })

  it("no interpreter", async () => {
    await expect(digest(path.join(root, "none"))).rejects.toMatchObject({
      _tag: "CodeUnreadable",
      what: expect.stringMatching(/can't be started/),
    })
  })
})

const version = (python: string): string | undefined => {
  try {
    return execFileSync(python, ["-I", "-c", "import sys; print(sys.executable)"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim()
  } catch {
    return undefined
  }
}
const INTERPRETERS = ["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"].flatMap((minor) => version(`python${minor}`) ?? [])

/** The digest of the edited fixture: what every version of Python must give. */
const EVERYWHERE = "86d0aded2e0ae328eb2ac6af88ffa1c86bbc0fc5324aeb57a38e1e16364901a5"

describe("versions of Python", () => {
  it("give the same digest, on every machine", async () => {
    inTask("recipe = ", 'text = f"a{task:{task.width}.2f}" "b" f"{task!s}{{c}}"\n    recipe = ')()
    expect(INTERPRETERS.length).toBeGreaterThan(0)
    const found = await Promise.all(INTERPRETERS.map((python) => digest(python)))
    for (const each of found) expect(each.digest).toBe(EVERYWHERE)
  })
})
