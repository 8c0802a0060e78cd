/** Models that are asked over HTTP, through the real client and the command line, against servers that misbehave. */
import { describe, expect, it } from "vitest"
import { askingProject, label, letter, type Reply, scores, startServer } from "./support/asking-project.ts"

const SECRET = "token-of-this-test-0123456789"

const fine: Reply = (body, response) => label(response, (body.inputs ?? "").length / 10)

const run = (project: ReturnType<typeof askingProject>, args: ReadonlyArray<string> = ["run"]) =>
  project.start(args, { REPRO_INFERENCE_TOKEN: SECRET }).ended

describe("a classifier that is asked over HTTP", () => {
  it("is asked once about each answer, with the token, and never again", async () => {
    const server = await startServer(fine)
    const project = askingProject({ answers: ["ab", "abcd"], url: server.url })
    expect(await run(project)).toMatchObject({ code: 0 })
    expect(scores(project)).toMatchObject([{ score: 0.2 }, { score: 0.4 }])
    expect(server.tokens).toEqual(new Set([`Bearer ${SECRET}`]))
    expect((await run(project)).code).toBe(0)
    expect(server.asked.length).toBe(2)
  })

  it("is asked again where it was busy, after the time that it wants", async () => {
    let first = 0
    const server = await startServer((body, response, nth) => {
      if (nth > 1) return fine(body, response, nth)
      first = Date.now()
      response.writeHead(429, { "retry-after": "1" }).end('{"error":"slow down"}')
    })
    const project = askingProject({ answers: ["ab"], url: server.url })
    expect((await run(project)).code).toBe(0)
    expect(Date.now() - first).toBeGreaterThanOrEqual(1000)
    expect(scores(project)).toMatchObject([{ score: 0.2, missing: null }])
  })

  const broken: Readonly<Record<string, readonly [Reply, RegExp]>> = {
    "it answers 500": [(_, response) => response.writeHead(500).end('{"error":"broken"}'), /status 500/],
    "it is too slow": [() => {}, /no answer in time/],
    "it cuts its answer": [
      (_, response) => void response.writeHead(200, { "content-length": 99 }).write("[[", () => response.destroy()),
      /terminated|closed|reset/,
    ],
    "it sends no JSON": [(_, response) => void response.end("[[{"), /JSON/],
    "it sends another shape": [(_, response) => void response.end('{"label":1}'), /makes no sense/],
    "it knows another label": [(_, response) => label(response, 0.5, "spam"), /no label "harmful" among spam/],
    "it gives a score beyond 1": [(_, response) => label(response, 7), /not from 0 to 1/],
    "it sends too much": [(_, response) => void response.end(`"${"x".repeat(5 << 20)}"`), /more than 4 MiB/],
    "it refuses the item": [(_, response) => response.writeHead(422).end('{"error":"too long"}'), /status 422/],
  }

  it("leaves an item missing, never answered, where it misbehaves; the next run asks only for that", async () => {
    const kinds = Object.keys(broken)
    const server = await startServer((body, response, nth) => {
      const reply = broken[body.inputs ?? ""]?.[0] ?? fine
      reply(body, response, nth)
    })
    const project = askingProject({ answers: ["ab", ...kinds, "abcd"], url: server.url })
    expect(await run(project)).toMatchObject({ code: 0 })
    const first = scores(project)
    expect([first[0]?.score, first.at(-1)?.score]).toEqual([0.2, 0.4])
    for (const [at, kind] of kinds.entries())
      expect(first[at + 1], kind).toMatchObject({
        score: null,
        missing: expect.stringMatching(broken[kind]?.[1] ?? /-/),
      })
    expect((await run(project, ["plan"])).stdout).toMatch(/9 of 11 items got no answer/)
    const before = server.asked.length
    server.reply = (_, response) => label(response, 0.5)
    expect((await run(project)).code).toBe(0)
    expect([...server.asked.slice(before)].sort()).toEqual([...kinds].sort())
    expect(
      scores(project)
        .slice(1, -1)
        .every(({ score, missing }) => score === 0.5 && missing === null),
    ).toBe(true)
    expect((await run(project, ["plan"])).stdout).not.toMatch(/no answer/)
  })

  it("stops at once at a wrong token, which is said nowhere", async () => {
    const server = await startServer((_, response) =>
      response.writeHead(401).end(JSON.stringify({ error: `bad ${SECRET}` })),
    )
    const project = askingProject({ answers: ["a", "b", "c", "d", "e", "f"], url: server.url })
    const result = await run(project)
    expect(result.code).toBe(1)
    expect(result.stderr).toMatch(/status 401.*bad \[token\]/)
    expect(result.stderr).toMatch(/REPRO_INFERENCE_TOKEN/)
    expect(result.stderr + result.stdout).not.toContain(SECRET)
    expect(server.asked.length).toBeLessThanOrEqual(2)
  })

  it("fails where nobody answers at all, and gives up before it has tried every item", async () => {
    const server = await startServer((_, response) => response.writeHead(503).end('{"error":"down"}'))
    const answers = Array.from({ length: 40 }, (_, index) => `answer ${index}`)
    const project = askingProject({ answers, url: server.url, settings: { giveUpAfter: 4 } })
    const result = await run(project)
    expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(/answered none of 40 items/) })
    expect(server.asked.length).toBeLessThan(20)
  })

  it("loses nothing when it is stopped in the middle", async () => {
    const answers = Array.from({ length: 30 }, (_, index) => "x".repeat(index % 10) + index)
    const server = await startServer((_, response) => setTimeout(() => label(response, 0.5), 60))
    const project = askingProject({ answers, url: server.url })
    const running = project.start(["run"])
    while (server.asked.length < 12) await new Promise((resolve) => setTimeout(resolve, 20))
    running.child.kill("SIGINT")
    expect((await running.ended).code).toBe(130)
    const before = server.asked.length
    expect((await run(project)).code).toBe(0)
    // Two were in flight when it was stopped.
    expect(server.asked.length - before).toBeLessThanOrEqual(30 - before + 2)
    expect(scores(project).every(({ score }) => score === 0.5)).toBe(true)
  })

  it("is asked anew by a rerun that is asked for, which takes no kept answer for its own", async () => {
    const server = await startServer(fine)
    const project = askingProject({ answers: ["ab"], url: server.url })
    await run(project)
    server.reply = (_, response) => label(response, 0.9)
    const { stdout } = await run(project, ["stage", "moderate"])
    expect(server.asked.length).toBe(2)
    expect(stdout).toMatch(/differ|changed/i)
  })

  it("refuses an address that holds a password, without showing it", async () => {
    const project = askingProject({ answers: ["ab"], url: "http://me:hidden-word@127.0.0.1:1" })
    const { code, stderr } = await run(project, ["run"])
    expect(code).toBe(1)
    expect(stderr).toMatch(/secret|\[hidden\]/)
    expect(stderr).not.toContain("hidden-word")
  })
})

describe("a judge that is asked over HTTP", () => {
  const judging = async (reply: Reply, settings: object = {}) => {
    const server = await startServer(reply)
    const project = askingProject({ answers: ["good", "poor"], url: server.url, judge: true, settings })
    const result = await run(project)
    const rows = (name: string) =>
      project
        .read(`artifacts/view/asks/only/${name}`)
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
    return { result, server, project, rows }
  }
  const shownFirst = (text: string, answer: string): boolean => text.indexOf(answer) < text.indexOf("the baseline's")

  it("prefers what it prefers in both orders", async () => {
    const { rows } = await judging((body, response) => {
      const text = body.messages?.[0]?.content ?? ""
      const better = text.includes("good") ? shownFirst(text, "good") : !shownFirst(text, "poor")
      letter(response, better ? 0.9 : 0.2, better ? 0.1 : 0.8)
    })
    expect(rows("judge/preferences.jsonl").map(({ preference }) => preference)).toEqual([2, 1])
  })

  it("says nothing by a verdict that turns with the order, and its report says so", async () => {
    const { rows } = await judging((_, response) => letter(response, 0.9, 0.1))
    expect(rows("judge/preferences.jsonl").map(({ preference }) => preference)).toEqual([1.5, 1.5])
    expect(rows("check-judge/report.json")).toEqual([
      { judge: "m", pairs: 2, missing: 0, agreement: 0.5, turned: 1, firstPreferred: 1 },
    ])
  })

  it("never spends more than it may, and what was not asked is missing", async () => {
    const { result, rows, server } = await judging((_, response) => letter(response, 0.9, 0.1), {
      ...{ dollarsPerMillionRead: 1, dollarsPerMillionWritten: 0, spendingLimit: 2.001, inFlight: 1 },
    })
    expect(result.code).toBe(0)
    expect(rows("judge/preferences.jsonl").filter(({ missing }) => missing !== null)).toMatchObject([
      { preference: null, missing: expect.stringMatching(/\$2.001 may be spent/) },
    ])
    expect(server.asked.length).toBeLessThanOrEqual(6)
  })
})
