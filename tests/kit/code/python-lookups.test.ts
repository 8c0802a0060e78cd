/** What Python code finds while it runs rather than by a name in its sources: each of these must count. */
import { afterEach, describe, expect, it } from "vitest"
import { pythonDigests } from "../../../kit/code/python.ts"
import { type Files, project, remove, write } from "./project.ts"

const ENTRY = "pack.task:run"
const roots: Array<string> = []
afterEach(() => {
  for (const root of roots.splice(0)) remove(root)
})

const placed = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`worker/pack/${name}`, text]))

/** The digests of a package before and after an edit that replaces files of it. */
const digests = async (before: Files, edited: Files): Promise<ReadonlyArray<string | undefined>> => {
  const root = project({ "worker/pack/__init__.py": "", ...placed(before) })
  roots.push(root)
  const first = await pythonDigests(root, [ENTRY])
  write(root, placed(edited))
  const second = await pythonDigests(root, [ENTRY])
  return [first.get(ENTRY)?.digest, second.get(ENTRY)?.digest]
}

const task = (body: string, head = ""): string => `${head}\ndef run(task):\n    ${body}\n`
const config = (limit: number): Files => ({ "config.py": `LIMIT = ${limit}\n` })
const tool = (value: number): Files => ({
  "tool.py": `def main():\n    print(${value})\n\n\nif __name__ == "__main__":\n    main()\n`,
})

type Case = readonly [title: string, task: string, before: Files, after: Files]

const FOUND: ReadonlyArray<Case> = [
  [
    "a module's dictionary",
    task("return config.__dict__[task.name.upper()]", "from . import config"),
    config(1),
    config(2),
  ],
  [
    "a module's members",
    task("return inspect.getmembers(config)", "import inspect\nfrom . import config"),
    config(1),
    config(2),
  ],
  [
    "an attribute getter",
    task("return attrgetter(task.name)(config)", "from operator import attrgetter\nfrom . import config"),
    config(1),
    config(2),
  ],
  [
    "getattr under another name",
    task("return get(config, task.name)", "from . import config\nget = getattr"),
    config(1),
    config(2),
  ],
  ["getattr of unpacked arguments", task("return getattr(*task.place)", "from . import config"), config(1), config(2)],
  ["a format's field", task('return "{0.LIMIT}".format(config)', "from . import config"), config(1), config(2)],
  [
    "a module's own __getattr__",
    task("return config.anything", "from . import config"),
    { "config.py": "def __getattr__(name):\n    return 1\n" },
    { "config.py": "def __getattr__(name):\n    return 2\n" },
  ],
  [
    "subclasses of a class from elsewhere",
    task("return [list(kind) for kind in Enum.__subclasses__()]", "from enum import Enum\nfrom . import config"),
    { "config.py": "from enum import Enum\nclass Kind(Enum):\n    A = 1\n" },
    { "config.py": "from enum import Enum\nclass Kind(Enum):\n    A = 2\n" },
  ],
  [
    "a relative import by text",
    task('return importlib.import_module(".config", __package__).LIMIT', "import importlib"),
    config(1),
    config(2),
  ],
  [
    "an import by a computed text under another name",
    task('return load("pack." + task.name).LIMIT', "from importlib import import_module as load"),
    config(1),
    config(2),
  ],
  [
    "a module run as a program",
    task('return call(["-m", "pack.tool"])', "from subprocess import call"),
    tool(1),
    tool(2),
  ],
  [
    "a package run as a program",
    task('return call(["-m", "pack.inner"])', "from subprocess import call"),
    { "inner/__init__.py": "", "inner/__main__.py": "print(1)\n" },
    { "inner/__main__.py": "print(2)\n" },
  ],
  [
    "a file run as a program",
    task('return call([Path(__file__).parent / "tool.py"])', "from pathlib import Path\nfrom subprocess import call"),
    tool(1),
    tool(2),
  ],
  [
    "a data file whose name is computed",
    task("return (HERE / task.name).read_text()", "from pathlib import Path\nHERE = Path(__file__).parent"),
    { "words.txt": "one" },
    { "words.txt": "two" },
  ],
  [
    "a data file beside the package",
    task('return (Path(__file__).parents[1] / "words.txt").read_text()', "from pathlib import Path"),
    { "../words.txt": "one" },
    { "../words.txt": "two" },
  ],
]

describe("what Python code finds while it runs changes its digest", () => {
  it.each(FOUND)("%s", async (_, code, before, after) => {
    const [first, second] = await digests({ "task.py": code, ...before }, after)
    expect(second).not.toBe(first)
  })
})

const ORDERS: ReadonlyArray<readonly [title: string, before: string, after: string]> = [
  [
    "two imports of one name",
    "from .one import step\nfrom .two import step\n",
    "from .two import step\nfrom .one import step\n",
  ],
  [
    "an import and a function of one name",
    "from .one import step\ndef step(x):\n    return 3\n",
    "def step(x):\n    return 3\nfrom .one import step\n",
  ],
  ["a constant that is set twice", "A = 1\nstep = A\nA = 2\n", "A = 1\nA = 2\nstep = A\n"],
  [
    "what runs unless the module is a program",
    'step = []\nif __name__ != "__main__":\n    step.append(1)\n',
    'step = []\nif __name__ != "__main__":\n    step.append(2)\n',
  ],
]

describe("which statement of a module comes last changes a digest where it decides what a name means", () => {
  it.each(ORDERS)("%s", async (_, before, after) => {
    const steps = { "one.py": "def step(x):\n    return 1\n", "two.py": "def step(x):\n    return 2\n" }
    const [first, second] = await digests(
      { ...steps, "task.py": before + task("return step") },
      { "task.py": after + task("return step") },
    )
    expect(second).not.toBe(first)
  })
})
