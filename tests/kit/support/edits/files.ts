/** The files of the small project as a state means them: stages in TypeScript, a task in Python, a package, two locks. */
import type { State } from "./state.ts"

const WORDS = [1, 2]

const joiners = ['.join(" ")', '.join("-")', '.join(" ").trimEnd()']

const helpers = ({ word, helper, harmless }: State): string => `
const WORD = "${word}"
// comment ${harmless.comment}
export const repeat = (times: number): string => Array.from({ length: times }, () => WORD)${joiners[helper]}
export const unread = (text: string): string => text + "${harmless.unreached}"
`

const stages = ({ harmless }: State): string => {
  const local = `value${harmless.local}`
  const blank = "\n".repeat(harmless.space + 1)
  const imports = [
    'import { end } from "tiny-words"',
    'import { other } from "tiny-other"',
    'import { repeat } from "./helpers.ts"',
  ]
  if (harmless.importOrder) imports.reverse()
  return `import { appendFileSync, readFileSync } from "node:fs"
import { createHash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Artifact } from "../kit/artifact.ts"
import { Stage } from "../kit/stage.ts"
${imports.join("\n")}
/** Comment ${harmless.comment}. */
export const Text = Artifact.json("texts", Schema.Struct({ text: Schema.String }))
export const Length = Artifact.json("lengths", Schema.Struct({ words: Schema.Int, length: Schema.Int }))
export const Act = Artifact.json("acts", Schema.Struct({ act: Schema.String }))
export const Sum = Artifact.json("sums", Schema.Struct({ sum: Schema.Int }))
const called = (root: string, node: string): void => appendFileSync(root + "/calls.txt", node + "\\n")
export const read = Stage.make("read", {
  params: Schema.Struct({ file: Schema.String }),
  inputs: {},
  outputs: { text: Text },
  observe: ({ file }, root) => createHash("sha256").update(readFileSync(root + "/" + file)).digest("hex"),
  run: ({ params, root }) => Effect.sync(() => {
    called(root, "read")
    return { text: { text: readFileSync(root + "/" + params.file, "utf8").trim() } }
  }),
})${blank}
export const write = Stage.make("write", {
  params: Schema.Struct({ words: Schema.Int }), inputs: {}, outputs: { text: Text },
  retries: ${harmless.retries},
  run: ({ params, root }) => Effect.sync(() => {
    called(root, "write/words=" + params.words)
    const ${local} = repeat(params.words) + end
    return { text: { text: ${local} } }
  }),
})
export const shout = Stage.make("shout", {
  params: Schema.Struct({ mark: Schema.String, words: Schema.Int }), inputs: { text: Text }, outputs: { text: Text },
  resources: { memory: ${100 + harmless.memory} },
  run: ({ inputs, params, root }) => Effect.map(inputs.text.read, (${local}) => {
    called(root, "shout/words=" + params.words)
    return { text: { text: ${local}.text.toUpperCase() + params.mark } }
  }),
})${blank}
export const measure = Stage.make("measure", {
  params: Schema.Struct({ words: Schema.Int }), inputs: { text: Text }, outputs: { length: Length },
  environment: ["LENGTH_MODE"], secrets: ["API_TOKEN"],
  run: ({ inputs, params, root }) => Effect.map(inputs.text.read, ({ text }) => {
    called(root, "measure/words=" + params.words)
    const length = (process.env.API_TOKEN ?? "") === "none" ? 0 : text.length
    return { length: { words: params.words, length: process.env.LENGTH_MODE === "twice" ? 2 * length : length } }
  }),
})
export const act = Stage.worker("act", {
  task: "act", entry: "repro_worker.tasks:act", secrets: ["API_TOKEN"],
  params: Schema.Struct({ words: Schema.Int }), inputs: { text: Text, data: Text }, outputs: { act: Act },
})
export const gather = Stage.make("gather", {
  params: Schema.Struct({}), inputs: { lengths: Artifact.many(Length), acts: Artifact.many(Act) }, outputs: { sum: Sum },
  run: ({ inputs, root }) => Effect.gen(function* () {
    called(root, "gather")
    const lengths = yield* Effect.all(inputs.lengths.map((file) => file.read))
    const acts = yield* Effect.all(inputs.acts.map((file) => file.read))
    const sum = lengths.reduce((all, { length }) => all + length, 0) + acts.reduce((all, { act }) => all + act.length, 0)
    return { sum: { sum } }
  }),
})
export const unused = (text: string): string => text + other + "${harmless.unreached}"
`
}

const pipeline = ({ mark, harmless }: State): string => {
  const shouted = harmless.keyOrder
    ? `{ words, mark: ${JSON.stringify(mark)} }`
    : `{ mark: ${JSON.stringify(mark)}, words }`
  const words = harmless.gridOrder ? [...WORDS].reverse() : WORDS
  return `import { grid, Pipeline } from "../kit/pipeline.ts"
import { act, gather, measure, read, shout, write } from "../stages/text.ts"
export default Pipeline.make("edits", {
  profiles: { small: {} },
  defaultProfile: "small",
  workerLock: () => "worker/lock.txt",
  body: () => {
    const data = read({}, { file: "data.txt" }).text
    const made = grid({ words: [${words}] }, ({ words }) => {
      const { text } = shout({ text: write({}, { words }).text }, ${shouted})
      return { length: measure({ text }, { words }).length, act: act({ text, data }, { words }).act }
    })
    const { sum } = gather({ lengths: made.map(({ length }) => length), acts: made.map(({ act }) => act) }, {})
    return { sum }
  },
})
`
}

const turns = ["text[::-1]", "text.lower()", "text.swapcase().lower()"]

const tasks = ({ pyConstant, pyLocal, harmless }: State): string => `"""Tasks, ${harmless.docstring}."""
from .helpers import turn, unread

MARK = "${pyConstant}"
UNREAD = ${harmless.pyUnreached}


def act(task, inputs):
    """Acts, ${harmless.docstring}."""
    # comment ${harmless.pyComment}
    value${pyLocal} = turn(inputs["text"]) + MARK + inputs["data"]
    return value${pyLocal}


def unreached(text):
    return unread(text) * UNREAD
`

const pyHelpers = ({ pyHelper, harmless }: State): string => `def turn(text):
    """Turns, ${harmless.docstring}."""
    return ${turns[pyHelper]}


def unread(text):
    return text + "${harmless.pyUnreached}"
`

const SERVE = `import json, os, sys
from pathlib import Path

from repro_worker.tasks import act

out = os.fdopen(os.dup(1), "w")


def say(event):
    out.write(json.dumps(event) + "\\n")
    out.flush()


say({"event": "ready"})
for line in sys.stdin:
    request = json.loads(line)
    folder = Path(request["folder"])
    task = json.loads((folder / "task.json").read_text())
    inputs = {name: json.loads((folder / place).read_text())["text"] for name, place in task["inputs"].items()}
    with open(Path(__file__).parents[2] / "calls.txt", "a") as calls:
        calls.write(f"act/words={task['params']['words']}\\n")
    value = act(task, inputs)
    (folder / task["outputs"]["act"]).write_text(json.dumps({"act": value}))
    (folder / "result.json").write_text(json.dumps({"status": "done"}))
    say({"id": request["id"], "event": "done"})
`

const lock = ({ locked, lockHash, harmless }: State): string =>
  `# comment ${harmless.lockComment}\nfake==${locked} \\\n    --hash=sha256:${lockHash}\n`

/** The sources by path; the locks of npm, the engine's format and variables are set apart from them. */
export const sources = (state: State): Readonly<Record<string, string>> => ({
  "stages/helpers.ts": helpers(state),
  "stages/text.ts": stages(state),
  "pipelines/main.ts": pipeline(state),
  "worker/repro_worker/__init__.py": "",
  "worker/repro_worker/serve.py": SERVE,
  "worker/repro_worker/tasks.py": tasks(state),
  "worker/repro_worker/helpers.py": pyHelpers(state),
  "worker/lock.txt": lock(state),
  "data.txt": state.data,
})

/** Packages of the project's own, beside the kit's: name, version, text of the module. */
export const ownPackages = ({
  npm,
  harmless,
}: State): ReadonlyArray<{ readonly name: string; readonly version: string; readonly module: string }> => [
  { name: "tiny-words", version: npm, module: 'export const end = "."\n' },
  { name: "tiny-other", version: harmless.otherPackage, module: 'export const other = ","\n' },
]

/** Variables that the command line is called with. */
export const variables = ({ mode, harmless }: State): Readonly<Record<string, string>> => ({
  ...(mode === undefined ? {} : { LENGTH_MODE: mode }),
  API_TOKEN: `hf_secret_token_${harmless.secret}`,
  UNDECLARED: `${harmless.undeclared}`,
})
