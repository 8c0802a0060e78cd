/** Names of functions count where code may see them, and nowhere else; what a name means is told by file. */
import { afterEach, describe, expect, it } from "vitest"
import type { CodeDigest } from "../../../kit/code/types.ts"
import { typescriptDigest } from "../../../kit/code/typescript.ts"
import { type Files, PROJECT, project, remove, write } from "./project.ts"

const roots: Array<string> = []
afterEach(() => {
  for (const root of roots.splice(0)) remove(root)
})

const stage = (body: string, head: string): Files => ({
  "stages/score.ts": `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Stage } from "../kit/stage.ts"
${head}
export const score = Stage.make("score", {
  params: Schema.Struct({}), inputs: {}, outputs: {},
  run: () => Effect.sync(() => { ${body} }),
})
`,
})

const digests = async (before: Files, after: Files): Promise<readonly [CodeDigest, CodeDigest]> => {
  const root = project({ ...PROJECT, ...before })
  roots.push(root)
  const target = { file: "stages/score.ts", export: "score" }
  const first = await typescriptDigest(root, target)
  write(root, after)
  return [first, await typescriptDigest(root, target)]
}

const changed = ([before, after]: readonly [CodeDigest, CodeDigest]): ReadonlyArray<string> =>
  [...new Set([...Object.keys(before.declarations), ...Object.keys(after.declarations)])]
    .filter((name) => before.declarations[name] !== after.declarations[name])
    .sort()

const SEEN: ReadonlyArray<readonly [title: string, body: string, head: string]> = [
  ["in a list", "return [recall].map((metric) => metric.name)", "const recall = () => 1"],
  ["as an argument", "return label(recall)", "const recall = () => 1\nconst label = (metric: Function) => metric.name"],
  ["in an object", "return Object.values({ recall }).map(({ name }) => name)", "function recall() { return 1 }"],
  ["of a class", "return [recall].map((metric) => metric.name)", "class recall { x = 1 }"],
  [
    "of a local function",
    "const recall = () => 1\nreturn label(recall)",
    "const label = (metric: Function) => metric.name",
  ],
  [
    "in a list of another module",
    "return metrics.map((metric) => metric.name)",
    'import { metrics } from "./metrics.ts"',
  ],
]
const METRICS: Files = { "stages/metrics.ts": "const recall = () => 1\nexport const metrics = [recall]\n" }

const renamed = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replace(/\brecall\b/g, "sensitivity")]))

describe("a function's new name", () => {
  it.each(SEEN)("counts where code reads names, %s", async (_, body, head) => {
    const files = { ...stage(body, head), ...METRICS }
    const both = await digests(files, renamed(files))
    expect(both[1].digest).not.toBe(both[0].digest)
    expect(changed(both)).not.toEqual([])
  })

  it("counts where two functions change theirs with each other", async () => {
    const body = "return [recall, precision].map((metric) => metric.name)"
    const [first, second] = await digests(
      stage(body, "const recall = () => 1\nconst precision = () => 2"),
      stage(
        "return [precision, recall].map((metric) => metric.name)",
        "const precision = () => 1\nconst recall = () => 2",
      ),
    )
    expect(second.digest).not.toBe(first.digest)
  })

  it.each([
    ["is only called", "return rows.map((row) => recall(row.name))"],
    ["is passed on where no name is read", "return [1].map(recall)"],
  ])("doesn't count where the function %s", async (_, body) => {
    const files = stage(body, "const recall = (value: unknown) => value\nconst rows = [{ name: 1 }]")
    const [first, second] = await digests(files, renamed(files))
    expect(second.digest).toBe(first.digest)
  })
})

describe("the text of a function", () => {
  it.each(["String(recall)", `\`\${recall}\``, 'recall + ""'])("is refused: %s", async (read) => {
    const files = stage(`return ${read}`, "const recall = () => 1")
    await expect(digests(files, {})).rejects.toMatchObject({
      _tag: "CodeRefused",
      message: expect.stringContaining("the text of the function or class recall is read"),
    })
  })
})

it("which of two functions of one name is meant is told by the declaration that means it", async () => {
  const names = (first: string, second: string): Files => ({
    "stages/names.ts": `export { step as one } from "./${first}.ts"\nexport { step as two } from "./${second}.ts"\n`,
  })
  const both = await digests(
    {
      ...stage("return [one(), two()]", 'import { one, two } from "./names.ts"'),
      ...names("a", "b"),
      "stages/a.ts": "export const step = () => 1\n",
      "stages/b.ts": "export const step = () => 2\n",
    },
    names("b", "a"),
  )
  expect(changed(both)).toEqual(["stages/score.ts#score"])
})
