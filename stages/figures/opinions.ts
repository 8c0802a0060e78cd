/** fig-helpful: win rates against the model without safety examples, a panel for each judge. */
import type { TopLevelSpec } from "vega-lite"
import type { HelpRow } from "../results.ts"
import { linePanels } from "./lines.ts"
import { type FigureSubject, figure } from "./theme.ts"

export const helpFigure = (rows: ReadonlyArray<HelpRow>, subject: FigureSubject): TopLevelSpec => {
  const values = rows.flatMap(({ rater, model, safety, share, range, winRate, low, high }) =>
    winRate === null || low === null || high === null
      ? []
      : [{ panel: rater, rater, model, safety, share, range, value: winRate, low, high }],
  )
  const notes = ["Win rate on general prompts against the model without safety examples, in %, with 95 % intervals"]
  const y = { axis: { title: "win rate, %", tickCount: 5 }, scale: { domain: [0, 100] } }
  const even = { mark: { type: "rule", strokeDash: [4, 3], color: "#888" }, encoding: { y: { datum: 50 } } }
  return figure(
    "Helpfulness by number of safety examples",
    subject,
    notes,
    linePanels(values, { y, shares: true, height: 130, under: [even] }),
  )
}
