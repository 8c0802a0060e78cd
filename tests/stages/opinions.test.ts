/** What others say of the small run's answers, computed by hand, and the pairs that judges learn from and are checked on. */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import { winRate } from "../../kit/lib/win-rate.ts"
import { Examples, Preferences, SourceFile } from "../../stages/artifacts.ts"
import { mismatchAnswers, readAnnotations } from "../../stages/known-pairs.ts"
import { HelpByAmount, ModerationBySet } from "../../stages/results.ts"
import { winRates } from "../../stages/win-rate.ts"
import { analysed, tabled } from "./support/outputs.ts"
import { failStage, input, runStage, textInput } from "./support/run-stage.ts"

const inputs = analysed()
const read = <A>(file: { readonly read: Effect.Effect<A, unknown> }): Promise<A> => Effect.runPromise(file.read)

describe("opinions of the small run", () => {
  it("are means of moderation scores by set; what got no score is left out and counted", async () => {
    const rows = await read((await inputs).moderation)
    const odd = rows.filter(({ set, safety }) => set === "odd-requests" && safety === 0)
    // Run 1: (0.75 + 0.5) / 2; run 2: 0.75 alone. The mean over runs of means over prompts:
    expect(odd).toMatchObject([{ mean: (0.625 + 0.75) / 2, missing: 1, prompts: 2 }])
    expect(odd[0]?.low).toBeLessThanOrEqual(odd[0]?.mean ?? 0)
  })

  it("are win rates by judge and amount: a tie counts half, a missing verdict nothing", async () => {
    const rows = await read((await inputs).help)
    // Run 1: 2, 1, tie, missing: (1 + 0 + ½) / 3; run 2: 2, 1, tie, 2: 2.5 / 4.
    expect(rows).toMatchObject([
      {
        rater: "judge",
        safety: 5,
        pairs: 7,
        missing: 1,
        wins: 3,
        losses: 2,
        ties: 2,
        winRate: 100 * ((0.5 + 0.625) / 2),
      },
      { rater: "judge", safety: 40, pairs: 8, missing: 0, wins: 0, losses: 8, ties: 0, winRate: 0, high: 0 },
    ])
  })

  it("stand in tables that count what is missing and say whose word it is", async () => {
    const [moderation, help, judge] = await Promise.all(
      (["tabModeration", "tabHelpful", "tabJudge"] as const).map(async (name) => tabled(name, await inputs)),
    )
    expect(moderation?.table.notes.join(" ")).toMatch(
      /not OpenAI's moderation.*One answer got no score and is left out\./,
    )
    expect(help?.table.rows).toEqual([
      { rater: "judge", "safety-5": expect.stringMatching(/^56\.3 \(/), "safety-40": "0.0 (0.0)" },
    ])
    expect(help?.table.notes.join(" ")).toMatch(/The judge is a toy judge.*One pair got no verdict and is left out\./)
    expect(judge?.table.rows).toMatchObject([{ agreement: "75 %", turned: "50 %", first: "90 %", missing: "1" }])
  })
})

it("tables speak of several that are missing in the plural, and of none not at all", async () => {
  const moderation = await read((await inputs).moderation)
  const help = await read((await inputs).help)
  const notes = async (times: number): Promise<string> => {
    const multiplied = <Row extends { readonly missing: number }>(rows: ReadonlyArray<Row>) =>
      rows.map((row) => ({ ...row, missing: row.missing * times }))
    const changed = {
      moderation: input(ModerationBySet, multiplied(moderation)),
      help: input(HelpByAmount, multiplied(help)),
    }
    const tables = await Promise.all((["tabModeration", "tabHelpful"] as const).map((name) => tabled(name, changed)))
    return tables.flatMap(({ table }) => table.notes).join(" ")
  }
  const several = await notes(1200)
  expect(several).toContain("1,200 answers got no score and are left out.")
  expect(several).toContain("1,200 pairs got no verdict and are left out.")
  expect(await notes(0)).not.toContain("left out")
})

describe("pairs whose better answer is known", () => {
  const examples = Array.from({ length: 10 }, (_, at) => ({
    ...{ id: `e${at}`, source: "general", topic: "t", instruction: `ask ${at}`, input: at === 3 ? "more" : "" },
    output: `answer ${at}`,
  }))
  const draw = (params: object) =>
    runStage(mismatchAnswers as never, { params, inputs: { examples: input(Examples, examples) } }) as Promise<unknown>

  it("set each answer against one to another request, and no example is on both sides", async () => {
    const { training, checking } = (await draw({ training: 6, checking: 4, seed: 1 })) as Record<
      "training" | "checking",
      ReadonlyArray<{ id: string; prompt: string; chosen: string; rejected: string }>
    >
    expect([training.length, checking.length]).toEqual([6, 4])
    expect(new Set([...training, ...checking].map(({ id }) => id)).size).toBe(10)
    for (const { id, chosen, rejected } of [...training, ...checking]) {
      expect(chosen).toBe(`answer ${id.slice(1)}`)
      expect(rejected).not.toBe(chosen)
    }
    expect([...training, ...checking].find(({ id }) => id === "e3")?.prompt).toBe("ask 3\n\nmore")
  })

  it("are refused where there are too few examples", async () => {
    const error = await failStage(mismatchAnswers, {
      params: { training: 6, checking: 5, seed: 1 },
      inputs: { examples: input(Examples, examples) },
    })
    expect(error.message).toMatch(/11 pairs were asked for, and there are 10 examples/)
  })
})

describe("AlpacaEval's formulas", () => {
  it("give half a win for a tie, and nothing for what has no preference, NaN included", () => {
    expect(winRate([2, 2, 1, 1.5, 0, null, Number.NaN])).toMatchObject({
      n: 5,
      wins: 2,
      losses: 1,
      ties: 2,
      missing: 2,
      winRate: 60,
    })
    expect(winRate([null])).toMatchObject({ n: 0, missing: 1, winRate: null, standardError: null })
    expect(winRate([2])).toMatchObject({ winRate: 100, standardError: null })
  })

  const file = `${process.env.MIRROR}/alpaca_eval/alpaca-7b/alpaca_eval_gpt4/annotations.json`
  it.skipIf(process.env.MIRROR === undefined)(
    "give the published rate and error of alpaca-7b from its annotations [skipped: set MIRROR]",
    async () => {
      const { preferences } = (await runStage(readAnnotations as never, {
        params: { name: "annotations.json", set: "alpaca_eval", pairs: 10, seed: 1 },
        inputs: { file: textInput(SourceFile, fs.readFileSync(file, "utf8")) },
      })) as { preferences: never }
      const { winRates: rates } = (await runStage(winRates as never, {
        params: { rater: "GPT-4" },
        inputs: { preferences: input(Preferences, preferences) },
      })) as { winRates: ReadonlyArray<ReturnType<typeof winRate>> }
      expect(rates).toMatchObject([{ wins: 205, losses: 584, ties: 16, n: 805, missing: 0 }])
      // Published: alpaca_eval's leaderboard at commit cd543a149df89434d8a54582c0151c0b945c3d20.
      expect(Math.abs((rates[0]?.winRate ?? 0) / 26.459627329192543 - 1)).toBeLessThan(1e-9)
      expect(Math.abs((rates[0]?.standardError ?? 0) / 1.535711469748 - 1)).toBeLessThan(1e-9)
    },
  )
})
