/** How cost grows with the number of stages, as a picture beside this file's README. */
import * as fs from "node:fs"
import * as path from "node:path"
import type { TopLevelSpec } from "vega-lite"
import { draw } from "../../kit/lib/vega.ts"
import { root } from "../../scripts/lib/paths.ts"
import { say } from "../../scripts/lib/progress.ts"
import { inTurns, measure } from "./measure.ts"
import { type Tool, tools } from "./tools.ts"

const SIZES = [1_000, 2_000, 5_000, 10_000, 20_000]

interface Point {
  readonly stages: number
  readonly seconds: number
  /** CPU seconds, which other work on the machine changes least. */
  readonly cpu: number
  readonly work: "cold" | "nothing to do"
}

/** Measures ours at each size, writes `curve.svg` and `curve.png`, and prints the points. */
export const drawCurve = async (): Promise<void> => {
  const ours = tools[0] as Tool
  const points = SIZES.flatMap((stages): ReadonlyArray<Point> => {
    say(`curve: ${stages} stages …`)
    const { run } = ours.lay("numbers", stages)
    const cold = measure(run, 600)
    const [idle] = inTurns([run], 3)
    return [
      { stages, seconds: cold.seconds ?? Number.NaN, cpu: cold.cpu, work: "cold" },
      { stages, seconds: idle?.seconds ?? Number.NaN, cpu: idle?.cpu ?? Number.NaN, work: "nothing to do" },
    ]
  })
  const { svg, png } = await draw(specification(points), root)
  const place = path.resolve(import.meta.dirname, "..")
  fs.writeFileSync(`${place}/curve.svg`, svg)
  fs.writeFileSync(`${place}/curve.png`, png)
  console.log("\n| stages | cold, CPU | a stage | nothing to do, CPU | a stage |\n|---|---|---|---|---|")
  for (const stages of SIZES) {
    const [cold, idle] = points.filter((point) => point.stages === stages) as [Point, Point]
    const each = ({ cpu }: Point): string => `${cpu.toFixed(2)} s | ${((cpu / stages) * 1000).toFixed(3)} ms`
    console.log(`| ${stages} | ${each(cold)} | ${each(idle)} |`)
  }
}

const specification = (points: ReadonlyArray<Point>): TopLevelSpec => ({
  $schema: "https://vega.github.io/schema/vega-lite/v6.json",
  data: { values: [...points] },
  facet: { column: { field: "work", type: "nominal", title: null, sort: ["cold", "nothing to do"] } },
  resolve: { scale: { y: "independent" } },
  spec: {
    width: 260,
    height: 200,
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "stages", type: "quantitative", title: "stages" },
      y: { field: "cpu", type: "quantitative", title: "CPU seconds, whole process" },
    },
  },
})
