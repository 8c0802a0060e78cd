/** A project whose pipeline moderates answers through a server of the test, run by the real command line. */
import * as fs from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import * as path from "node:path"
import { onTestFinished } from "vitest"
import { makeProject, type TestProject } from "../../kit/support/project.ts"
import { ROOT } from "./run-stage.ts"

/** How the server answers a request; `nth` counts the requests that had the same body. */
export type Reply = (body: Request, response: ServerResponse, nth: number) => void

export interface Request {
  readonly inputs?: string
  readonly messages?: ReadonlyArray<{ readonly content: string }>
}

export interface AskedServer {
  readonly url: string
  /** Texts that were asked about, in order. */
  readonly asked: ReadonlyArray<string>
  readonly tokens: ReadonlySet<string | undefined>
  reply: Reply
}

const textOf = (body: Request): string => body.inputs ?? body.messages?.[0]?.content ?? ""

const read = async (request: IncomingMessage): Promise<Request> => {
  let text = ""
  for await (const part of request) text += part
  return JSON.parse(text) as Request
}

/** A server that ends with the test. */
export const startServer = async (reply: Reply): Promise<AskedServer> => {
  const asked: Array<string> = []
  const tokens = new Set<string | undefined>()
  const state = { reply }
  const server = createServer(async (request, response) => {
    const body = await read(request)
    asked.push(textOf(body))
    tokens.add(request.headers.authorization)
    response.setHeader("content-type", "application/json")
    state.reply(body, response, asked.filter((text) => text === textOf(body)).length)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(state, { url, asked, tokens })
}

/** Labels as a classification service gives them. */
export const label = (response: ServerResponse, score: number, name = "harmful"): void => {
  response.end(JSON.stringify([[{ label: name, score }]]))
}

/** A chat answer of one token with its log-probabilities. */
export const letter = (response: ServerResponse, a: number, b: number): void => {
  const top = [
    ["A", a],
    ["B", b],
  ].map(([token, share]) => ({ token, logprob: Math.log(share as number) }))
  const message = { role: "assistant", content: a > b ? "A" : "B" }
  const choice = { index: 0, message, finish_reason: "length", logprobs: { content: [{ top_logprobs: top }] } }
  const usage = { prompt_tokens: 1_000_000, completion_tokens: 1, total_tokens: 1_000_001 }
  response.end(JSON.stringify({ id: "1", created: 1, model: "m", system_fingerprint: "", choices: [choice], usage }))
}

const copied = (...names: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(
    names.flatMap((name): Array<[string, string]> => {
      const place = path.join(ROOT, name)
      if (fs.statSync(place).isFile()) return [[name, fs.readFileSync(place, "utf8")]]
      return fs.readdirSync(place).map((file) => [`${name}/${file}`, fs.readFileSync(path.join(place, file), "utf8")])
    }),
  )

const STAGES = ["moderate", "judge", "with-baseline", "artifacts", "import-model"].map((name) => `stages/${name}.ts`)

const GIVEN = `import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { Stage } from "../kit/stage.ts"
import { Answers, PreferencePairs } from "./artifacts.ts"

const row = (answer: string, index: number) => ({
  ...{ id: String(index), set: "general", topic: "", prompt: "a prompt", unsafe: false },
  ...{ answer, tokens: 1, finished: true },
})
export const given = Stage.make("given", {
  params: Schema.Struct({ answers: Schema.Array(Schema.String) }),
  inputs: {},
  outputs: { answers: Answers, pairs: PreferencePairs },
  run: ({ params }) =>
    Effect.succeed({
      answers: params.answers.map(row),
      pairs: params.answers.map((chosen, index) => ({ id: String(index), prompt: "a prompt", chosen, rejected: "worse" })),
    }),
})
`

const MODERATES = `const { moderation } = moderate({ answers }, { endpoint, label: "harmful", otherLabel: "harmless", maxTokens: 16 }, settings)
  return { moderation }`

const JUDGES = `const [other] = grid({ model: ["baseline"] }, () => given({}, { answers: answers_.map(() => "the baseline's") }).answers)
  const judging = { endpoint, reading: "probabilities", dtype: "float32" } as const
  const { preferences } = judgePreferences({ answers, baseline: other }, { ...judging, sets: ["general"] }, settings)
  const { report } = checkJudge({ pairs }, judging, settings)
  return { preferences, report }`

interface Shape {
  readonly answers: ReadonlyArray<string>
  readonly url: string
  readonly settings?: object
  readonly judge?: boolean
}

const QUICK = { tries: 1, firstWaitMilliseconds: 5, timeoutSeconds: 1, inFlight: 2, giveUpAfter: 100 }

/** The project; `settings` say how its stage asks. */
export const askingProject = ({ answers, url, settings = {}, judge = false }: Shape): TestProject =>
  makeProject({
    ...copied(...STAGES, "stages/inference", "stages/judge"),
    "stages/given.ts": GIVEN,
    "worker/lock.txt": "fake==1.0 --hash=sha256:00\n",
    "worker/repro_worker/__init__.py": "",
    "worker/repro_worker/services/__init__.py": "",
    "worker/repro_worker/services/classify.py": "def main():\n    return 0\n",
    "worker/repro_worker/services/chat.py": "def main():\n    return 0\n",
    "pipelines/asks.ts": `import { grid, Pipeline } from "../kit/pipeline.ts"
import { given } from "../stages/given.ts"
import { checkJudge, judgePreferences } from "../stages/judge.ts"
import { moderate } from "../stages/moderate.ts"

const answers_ = ${JSON.stringify(answers)}
const endpoint = { kind: "address", url: ${JSON.stringify(url)}, name: "m", revision: "1" } as const
const settings = ${JSON.stringify({ ...QUICK, ...settings })}
export const used = [grid, checkJudge, judgePreferences, moderate]
export default Pipeline.make("asks", { profiles: { only: {} }, defaultProfile: "only", workerLock: () => "worker/lock.txt", body: () => {
  const { answers, pairs } = given({}, { answers: answers_ })
  void pairs
  ${judge ? JUDGES : MODERATES}
} })
`,
    "package.json": JSON.stringify({ type: "module", repro: { pipeline: "asks" } }),
  })

/** Rows of the moderation scores by answer number. */
export const scores = (
  project: TestProject,
): ReadonlyArray<{ readonly score: number | null; readonly missing: string | null }> =>
  project
    .read("artifacts/view/asks/only/moderate/moderation.jsonl")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as never)
