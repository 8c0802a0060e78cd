/** Names of benchmark tasks and metrics for people. */
import { describe, expect, it } from "vitest"
import { metricTitle, taskTitle } from "../../stages/analysis/wording.ts"
import { BenchmarkScores } from "../../stages/artifacts.ts"
import { analysed, drawn, tabled } from "./support/outputs.ts"
import { input } from "./support/run-stage.ts"

describe("benchmarks", () => {
  it("of this project say whose form they have, those of the harness their own name", () => {
    expect(["repro_boolq", "repro_boolq_closed_book", "boolq", "arc_easy"].map(taskTitle)).toEqual([
      "BoolQ's form",
      "BoolQ's form, no passages",
      "BoolQ",
      "arc_easy",
    ])
    expect(["acc", "acc_norm", "f1"].map(metricTitle)).toEqual(["accuracy", "accuracy, length-normalised", "f1"])
  })

  it("never show the worker's own names in tables, figures or verdicts", async () => {
    const row = { metric: "acc", value: 0.5, standardError: 0.05, n: 80, shots: 0, version: "1", taskHash: "x" }
    const labels = [{ model: "untuned" }, { safety: 0, seed: 1 }, { safety: 5, seed: 1 }]
    const tasks = ["repro_boolq", "repro_boolq_closed_book", "repro_piqa", "repro_openbookqa"]
    const benchmarks = labels.map((label) =>
      input(
        BenchmarkScores,
        tasks.flatMap((task) => [
          { ...row, task },
          { ...row, task, metric: "acc_norm" },
        ]),
        label,
      ),
    )
    const inputs = await analysed(undefined, { benchmarks })
    const shown = [
      (await tabled("tabBenchmarks", inputs)).markdown,
      (await drawn("figBenchmarks", inputs)).svg,
      JSON.stringify(await tabled("tabReference", inputs)),
    ]
    for (const text of shown) expect(text).not.toContain("repro_")
    expect(shown[0]).toContain("PIQA's form")
    expect(shown[0]).toContain("not those of the benchmark")
  })
})
