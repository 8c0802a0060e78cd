/** A small project in a temporary folder, for tests of code digests: two stages, helpers, a query, a lock, a worker. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

export type Files = Readonly<Record<string, string>>

export const MIX = `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { scale } from "../kit/lib/numbers.ts"
import { Stage } from "../kit/stage.ts"
import { clean } from "./text.ts"
import limits from "./limits.json" with { type: "json" }
import sql from "./mix.sql" with { type: "text" }

const Row = Schema.Struct({ id: Schema.String })
class MixError extends Schema.TaggedError<MixError>()("MixError", { reason: Schema.String }) {}
const rows = Artifact.jsonl("rows", Row)
const SHARE = 3

/** Mixes. */
export const mixData = Stage.make("mix-data", {
  params: Schema.Struct({ amount: Schema.Number.pipe(Schema.brand("Amount")) }),
  inputs: { general: rows },
  outputs: { mix: rows },
  run: ({ params, inputs }: { params: { amount: number }; inputs: { general: string } }) =>
    Effect.gen(function* () {
      const cleaned = clean(inputs.general)
      if (cleaned === "") return yield* new MixError({ reason: "empty" })
      return [cleaned, scale(params.amount) * SHARE, limits.rows, sql]
    }),
})

const Unread = Schema.Struct({ other: Schema.Number })
const unread = Effect.fn("unread")(function* () {
  return yield* Effect.succeed(1)
})

export const drawData = Stage.make("draw-data", {
  params: Unread,
  inputs: {},
  outputs: { drawn: rows },
  run: () => unread().pipe(Effect.scoped),
})
`

const TEXT = `import { trim } from "./trim.ts"

export function clean(text: string): string {
  const lower = text.toLowerCase()
  return trim(lower)
}

export const shout = (text: string): string => text.toUpperCase()
`

const lock = (version: string, schema = "9.0.0") => ({
  packages: {
    "": { name: "demo" },
    "node_modules/effect": {
      version,
      integrity: `sha512-effect-${version}`,
      dependencies: { parts: "*", "@types/node": "*" },
    },
    "node_modules/parts": { version: schema, integrity: `sha512-parts-${schema}` },
    "node_modules/@types/node": { version: "1.0.0", integrity: "sha512-types" },
    "node_modules/unread": { version: "1.0.0", integrity: "sha512-unread" },
    "node_modules/linked": { resolved: "packages/linked", link: true },
  },
})

/** Both of npm's lock files. */
export const locks = (version: string, parts?: string): Files => {
  const text = JSON.stringify(lock(version, parts))
  return { "package-lock.json": text, "node_modules/.package-lock.json": text }
}

export const PROJECT: Files = {
  ...locks("4.1.0"),
  "kit/stage.ts": "export const Stage = { make: (name: string, definition: unknown) => ({ name, definition }) }\n",
  "kit/artifact.ts": "export const Artifact = { jsonl: (name: string, schema: unknown) => ({ name, schema }) }\n",
  "kit/lib/numbers.ts": "export const scale = (amount: number): number => amount * 2\n",
  "stages/mix-data.ts": MIX,
  "stages/text.ts": TEXT,
  "stages/trim.ts": "const MARK = /\\s+$/\nexport const trim = (text: string): string => text.replace(MARK, '')\n",
  "stages/limits.json": '{ "rows": 10, "columns": 3 }\n',
  "stages/mix.sql": "select id from rows order by id\n",
}

export const WORKER: Files = {
  "worker/repro_worker/__init__.py": '"""The worker."""\n',
  "worker/repro_worker/common.py": `"""Shared helpers."""
import json
from dataclasses import dataclass, field

LIMIT = 3
UNREAD_LIMIT = 4


@dataclass(frozen=True)
class Recipe:
    """How to train."""

    steps: int = 3
    names: list = field(default_factory=list)


@dataclass
class UnreadRecipe:
    steps: int = 4


def normalise(text):
    """Lower case, cut."""
    return text.lower()[:LIMIT]


def unread(text):
    return json.dumps(text)
`,
  "worker/repro_worker/tasks/__init__.py": "",
  "worker/repro_worker/tasks/finetune.py": `from pathlib import Path

from ..common import Recipe, normalise

HERE = Path(__file__).parent


def run(task):
    """Trains."""
    # a comment
    recipe = Recipe(steps=task.steps)
    return f"{normalise(task.name)!r:>10} {recipe.steps=}" + (HERE / "boolq.yaml").read_text()


def helper(task):
    return run(task)
`,
  "worker/repro_worker/tasks/boolq.yaml": "task: boolq\n",
  "worker/repro_worker/tasks/piqa.yaml": "task: piqa\n",
}

/** Writes files under a folder. */
export const write = (root: string, files: Files): void => {
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
    fs.writeFileSync(path.join(root, name), text)
  }
}

/** A new folder that holds these files; the caller removes it with `remove`. */
export const project = (files: Files): string => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "code digest é ")))
  write(root, files)
  return root
}

/** Removes a project. */
export const remove = (root: string): void => fs.rmSync(root, { recursive: true, force: true })

/** Edits one file: a replacement that changes nothing is a mistake of the test. */
export const edit = (root: string, name: string, from: string | RegExp, to: string): void => {
  const place = path.join(root, name)
  const before = fs.readFileSync(place, "utf8")
  const after = before.replace(from, to)
  if (after === before) throw new Error(`the edit of ${name} changes nothing`)
  fs.writeFileSync(place, after)
}
